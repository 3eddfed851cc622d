"""A real containerd of a generation, with folders and sockets of its own: started, killed, started again and ended."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

from grpclib.exceptions import GRPCError, StreamTerminatedError

from pullwatch.monitoring import process
from tests.e2e.containerd import cri, generations
from tests.e2e.containerd.polled import eventually
from tests.e2e.started import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from tests.e2e.containerd.generations import Generation

NAMESPACE = "k8s.io"


class Containerd:
    """A containerd that can be started; what it has outlives its process, and its log goes on."""

    def __init__(
        self, generation: Generation, folder: Path, *, mirrors: Mapping[str, str], discard_layers: bool = False, downloads: int = 3
    ) -> None:
        self.generation = generation
        self.folder = folder
        self.socket = folder / "c.sock"
        self.log = folder / "containerd.log"
        """JSON lines, from debug upwards."""
        self._program = generation.program()
        self._metrics = process.free_address()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.snapshotter = generations.snapshotter(folder)
        for name, address in mirrors.items():
            hosts = folder / "certs" / name / "hosts.toml"
            hosts.parent.mkdir(parents=True)
            hosts.write_text(f'server = "http://{address}"\n[host."http://{address}"]\ncapabilities = ["pull", "resolve"]\n')
        self._images = f'snapshotter = "{self.snapshotter}"\ndiscard_unpacked_layers = {str(discard_layers).lower()}\n'
        self._downloads = f"max_concurrent_downloads = {downloads}\n"

    @property
    def metrics_url(self) -> str:
        return f"http://{self._metrics}/v1/metrics"

    async def start(self) -> None:
        """Start it; returns when it answers a kubelet."""
        for _ in range(3):
            (self.folder / "config.toml").write_text(self._configuration())
            command = (*generations.confinement(), str(self._program), "--config", str(self.folder / "config.toml"))
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)  # noqa: ASYNC220 - it returns at once
            await eventually(self._answers_or_ended)
            if self._process.poll() is None:
                return
            # Somebody else took the address since it was found to be free.
            self._metrics = process.free_address()
        raise AssertionError(f"containerd ended at its start: {self.log.read_text()[-500:]}")

    async def kill(self) -> None:
        """End it as a crash of it does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(DEADLINE_SECONDS)
        self._process = None

    async def stop(self) -> None:
        """End it, should it run."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            await self.kill()
        self._process = None

    async def _answers_or_ended(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            return True
        async with cri.kubelet(self.socket) as kubelet:
            try:
                await kubelet.images()
            except (OSError, GRPCError, StreamTerminatedError):
                return False
        return True

    def _configuration(self) -> str:
        root = f"""
root = "{self.folder}/root"
state = "{self.folder}/state"
oom_score = 0
[grpc]
address = "{self.socket}"
[debug]
level = "debug"
format = "json"
[metrics]
address = "{self._metrics}"
[plugins."io.containerd.internal.v1.opt"]
path = "{self.folder}/opt"
[plugins."io.containerd.nri.v1.nri"]
disable = true
"""
        registry = f'config_path = "{self.folder}/certs"\n'
        # Its own network configuration, lest it makes and watches the machine's.
        network = f'conf_dir = "{self.folder}/cni"\nbin_dir = "{self.folder}/cni/bin"\n'
        if self.generation is not generations.Generation.V2:
            cri = 'plugins."io.containerd.grpc.v1.cri"'
            return f"version = 2\n{root}[{cri}]\n{self._downloads}[{cri}.containerd]\n{self._images}[{cri}.registry]\n{registry}[{cri}.cni]\n{network}"
        cri = 'plugins."io.containerd.cri.v1'
        return f'version = 3\n{root}[{cri}.images"]\n{self._images}{self._downloads}[{cri}.images".registry]\n{registry}[{cri}.runtime".cni]\n{network}{self._unpacking()}'

    def _unpacking(self) -> str:
        """Tell the transfer service, which images go through from containerd 2 on, whom it unpacks for if not for overlayfs."""
        if self.snapshotter == "overlayfs":
            return ""
        section = '[[plugins."io.containerd.transfer.v1.local".unpack_config]]'
        return f'{section}\nplatform = "linux"\nsnapshotter = "{self.snapshotter}"\n'


@contextlib.asynccontextmanager
async def running(
    generation: Generation, folder: Path, *, mirrors: Mapping[str, str], discard_layers: bool = False, downloads: int = 3
) -> AsyncIterator[Containerd]:
    """Run a containerd as long as the context is open, or skip the test.

    `mirrors`: HOST:PORT for each name of a registry. `downloads`: layers of a pull at a time; with any number but three
    containerd 2 pulls as the generations before it did, and not through its transfer service.
    """
    containerd = Containerd(generation, folder, mirrors=mirrors, discard_layers=discard_layers, downloads=downloads)
    try:
        await containerd.start()
        yield containerd
    finally:
        await containerd.stop()

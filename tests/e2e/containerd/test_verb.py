"""`pullwatch agent` as a process of its own beside a containerd."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

from pullwatch.monitoring import process
from tests.e2e.chain import found
from tests.e2e.containerd import images
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.started import PULLWATCH, fetched, started

if TYPE_CHECKING:
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Relay

MEBIBYTE = 1024 * 1024


async def test_agent_watches_a_pull_in_little_memory(
    hub: Registry, way: Relay, containerd: Containerd, kubelet: Kubelet, tmp_path: Path
) -> None:
    """It is ready when it hears containerd, shows a pull while that runs, needs 60 MiB at most, and ends well when told to."""
    image = images.image(*images.plans(3, seed="verb"))
    await hub.push(image, repository="team/verb")
    hold = way.hold(image.layers[0].digest, after_bytes=2 * MEBIBYTE + MEBIBYTE // 2)
    address = process.free_address()
    command = (*PULLWATCH, "agent", "--containerd", str(containerd.socket), "--node", "node-7", "--listen", address)
    labels = f'digest="{image.manifest.digest}",layer="0",node="node-7",registry="{REGISTRY}",repository="team/verb"'
    with started(command, output=tmp_path / "agent.log") as agent:
        await found(lambda: fetched(f"http://{address}/-/ready"), what="the agent to be ready")
        async with kubelet.pulling(f"{REGISTRY}/team/verb:1") as pull:
            await hold.until_reached()
            shown = f"pullwatch_layer_downloaded_bytes{{{labels}}} 2.097152e+06"
            await found(lambda: shown in (fetched(f"http://{address}/metrics") or ""), what=shown)
            way.release()
            await pull
        await found(lambda: "layer_downloaded_bytes{" not in (fetched(f"http://{address}/metrics") or "{"), what="the end of the pull")
        resident = resident_bytes(agent.process.pid)
        code, _ = agent.stop(signal.SIGTERM)

    assert code == 0, agent.said()
    assert "Traceback" not in agent.said()
    assert resident <= 60 * MEBIBYTE


def resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024

"""The verb `agent`: one node's containerd in, metrics, probes and reports out."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import grpclib
import pytest
import structlog.testing

from pullwatch.app import agent as verb
from pullwatch.app import node, node_images, node_pulls
from pullwatch.publish.listening import Server
from tests.app.given import exit_code
from tests.containerd.cable import laid
from tests.containerd.images import MIB, Image, image
from tests.containerd.server import Containerd, serving
from tests.containerd.store import Store

DEADLINE_SECONDS = 20.0


@dataclass
class Running:
    """An agent, and the containerd that it reads."""

    agent: node.Agent
    server: Server
    containerd: Containerd

    @property
    def store(self) -> Store:
        return self.containerd.store

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.server.url}{path}") as response:
            return response.status, await response.text()

    async def layers(self) -> dict[str, float]:
        """Return the layer series of a scrape, by their labels without the digest."""
        _, text = await self.get("metrics")
        lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("pullwatch_layer_") and "node=" in line]
        return {name: float(value) for name, _, value in lines if "_total" not in name}

    def value(self, name: str, **labels: str) -> float | None:
        return self.agent.registry.get_sample_value(name, labels)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or fail."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for is on the other end of a socket
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def running(folder: Path, *, socket: Path | None = None, store: Store | None = None) -> AsyncIterator[Running]:
    """Run an agent beside a containerd of ours, on its clock."""
    store = store or Store()
    async with serving(Containerd(store), folder / "c.sock") as containerd:
        serving_agent = node.serving(socket or folder / "c.sock", node="node-1", host="127.0.0.1", port=0, clock=lambda: store.now)
        async with serving_agent as (agent, server):
            yield Running(agent, server, containerd)


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MutableMapping[str, Any]]]:
    """Let looks follow each other in milliseconds, and return what is logged."""
    monkeypatch.setattr(node_pulls, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(node_pulls, "SETTLE_SECONDS", 0.0)
    with structlog.testing.capture_logs() as lines:
        yield lines


def pulled(store: Store, app: Image) -> None:
    """Begin a pull and let some bytes come."""
    store.wait(0.5)
    store.begin(app)
    store.prepare(app, 0)
    for layer in range(len(app.layers)):
        store.open(app, layer)
    store.wait(1)
    store.grow(app, 0, 3 * MIB)


async def test_shows_the_layers_of_a_running_pull_and_drops_them_with_its_end(tmp_path: Path) -> None:
    """Series exist as long as their pull: bytes, sizes and seconds of each layer, keyed by place and manifest."""
    app = image("team/app", base=8 * MIB, top=2 * MIB)
    async with running(tmp_path) as given:
        await until(lambda: given.agent.readiness()[0])
        pulled(given.store, app)
        await until(lambda: bool(given.agent.running()) and given.agent.running()[0].layers[0].downloaded_bytes == 3 * MIB)
        labels = f'digest="{app.manifest}",layer="0",node="node-1"'
        place = 'registry="registry.example",repository="team/app"'

        shown = await given.layers()

        assert shown[f"pullwatch_layer_downloaded_bytes{{{labels},{place}}}"] == 3 * MIB
        assert shown[f"pullwatch_layer_size_bytes{{{labels},{place}}}"] == 8 * MIB
        assert shown[f'pullwatch_layer_seconds{{{labels},phase="download",{place}}}'] == pytest.approx(1.0, abs=0.01)
        given.store.finish(app, 0)
        given.store.commit(app, 0)
        given.store.finish(app, 1)
        given.store.unpack(app, 1)
        given.store.end(app)
        await until(lambda: not given.agent.running())
        assert await given.layers() == {}
        await until(lambda: given.value("pullwatch_layer_fetched_bytes_total", node="node-1") == 10 * MIB)
        assert given.value("pullwatch_layer_repulled_bytes_total", node="node-1") == 0


async def test_a_cancelled_pull_leaves_no_series(tmp_path: Path) -> None:
    """With its lease everything of a pull is gone."""
    async with running(tmp_path) as given:
        await until(lambda: given.agent.readiness()[0])
        pulled(given.store, image(base=8 * MIB))
        await until(lambda: bool(given.agent.running()))

        given.store.cancel()

        await until(lambda: not given.agent.running())
        assert await given.layers() == {}


async def test_an_image_that_was_pulled_between_two_looks_is_counted(tmp_path: Path) -> None:
    """What nobody saw on its way is found when its name comes; what was there before the agent is not counted."""
    before, after = image("team/before", base=8 * MIB), image("team/after", base=8 * MIB, top=2 * MIB)
    store = Store()
    store.whole(before)
    store.wait(60)
    async with running(tmp_path, store=store) as given:
        await until(lambda: len(given.agent.held.images) == 1)
        store.wait(1)
        store.whole(after)

        await until(lambda: given.value("pullwatch_layer_fetched_bytes_total", node="node-1") == 2 * MIB)

        assert [held.names for held in given.agent.held.images] != []
        assert given.value("pullwatch_layer_repulled_bytes_total", node="node-1") == 0


async def test_answers_three_paths_and_nothing_else(tmp_path: Path) -> None:
    """Whoever can reach the socket is root on the node: this process answers no more than it has to."""
    async with running(tmp_path) as given:
        await until(lambda: given.agent.readiness()[0])

        assert await given.get("-/healthy") == (200, "ok\n")
        assert await given.get("-/ready") == (200, "containerd: ok, version v2.2.9\n")
        assert (await given.get("metrics"))[0] == 200
        for path in ("", "api/v1/pulls", "metrics/../secret", "runbooks/"):
            assert (await given.get(path))[0] == 404


async def test_a_missing_socket_is_waited_for(tmp_path: Path, logged: list[MutableMapping[str, Any]]) -> None:
    """A DaemonSet's pod starts before its containerd does: it says what is missing, and goes on when it is there."""
    async with node.serving(tmp_path / "c.sock", node="node-1", host="127.0.0.1", port=0) as (agent, _):
        await until(lambda: "no such socket" in agent.readiness()[1][0])
        ready, (line,) = agent.readiness()
        assert not ready
        assert line.endswith("c.sock: no such socket: name containerd's with --containerd")

        async with serving(Containerd(Store()), tmp_path / "c.sock"):
            await until(lambda: agent.readiness()[0])
        await until(lambda: not agent.readiness()[0])
    told = [line["event"] for line in logged]
    assert told.count("containerd is heard") == 1
    assert told.index("containerd is not heard, and tried again") < told.index("containerd is heard"), "one line each time it changes"


async def test_a_killed_containerd_ends_what_ran(tmp_path: Path) -> None:
    """Series go with the connection, and what the crash left behind does not bring them back."""
    store = Store()
    async with (
        laid(tmp_path / "c.sock", tmp_path / "cut.sock") as cable,
        running(tmp_path, socket=tmp_path / "cut.sock", store=store) as given,
    ):
        await until(lambda: given.agent.readiness()[0])
        pulled(store, image(base=8 * MIB))
        await until(lambda: bool(given.agent.running()))
        store.wait(1)

        cable.cut()

        await until(lambda: not given.agent.running())
        await until(lambda: given.agent.readiness()[0])
        looks = given.value("pullwatch_agent_looks_total") or 0
        await until(lambda: (given.value("pullwatch_agent_looks_total") or 0) > looks + 3)
        assert given.agent.running() == ()
        assert given.value("pullwatch_agent_watch_restarts_total", reason="unavailable") == 1


async def test_looks_are_rare_when_nothing_is_pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle node is asked no more than twice in a minute: it is the long pause that it waits for, and not the short one."""
    assert node_pulls.IDLE_SECONDS >= 30
    monkeypatch.setattr(node_pulls, "IDLE_SECONDS", 0.01)
    async with running(tmp_path) as given:
        await until(lambda: (given.value("pullwatch_agent_looks_total") or 0) > 0)
        given.store.wait(60)
        await until(lambda: not given.agent._progress.is_stirred(given.store.now))
        # The look that was waiting when time passed may still come.
        looks = (given.value("pullwatch_agent_looks_total") or 0) + 1

        monkeypatch.setattr(node_pulls, "LOOK_SECONDS", 3600.0)

        await until(lambda: (given.value("pullwatch_agent_looks_total") or 0) > looks + 2)


async def test_images_that_could_not_be_read_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that failed is not the last one, also where no event comes."""
    monkeypatch.setattr(node_images, "RETRY_SECONDS", 0.01)
    store = Store()
    store.whole(image(base=8 * MIB))
    async with serving(Containerd(store), tmp_path / "c.sock") as containerd:
        containerd.failing["Images/List"] = grpclib.Status.INTERNAL
        async with node.serving(tmp_path / "c.sock", node="node-1", host="127.0.0.1", port=0) as (agent, _):
            await until(lambda: containerd.asked["Images/List"] > 2)
            assert agent.held.images == ()

            del containerd.failing["Images/List"]

            await until(lambda: len(agent.held.images) == 1)


async def test_a_failing_call_is_counted_and_tried_again(tmp_path: Path) -> None:
    """One look that fails costs one look."""
    async with running(tmp_path) as given:
        await until(lambda: given.agent.readiness()[0])
        given.containerd.failing["Leases/List"] = grpclib.Status.INTERNAL
        pulled(given.store, image(base=8 * MIB))
        await until(lambda: (given.value("pullwatch_agent_calls_total", method="Leases/List", outcome="refused") or 0) > 1)

        del given.containerd.failing["Leases/List"]

        await until(lambda: bool(given.agent.running()))


def test_says_which_extra_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without grpclib there is one line that says what to install."""
    monkeypatch.delitem(sys.modules, "pullwatch.app.node")
    for name in [name for name in sys.modules if name.startswith("pullwatch.sources.containerd")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grpclib", None)

    assert exit_code("agent") == 2

    assert capsys.readouterr().err == "pullwatch: the agent needs grpclib: pip install 'pullwatch[agent]'\n"


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--listen", "nowhere"], "listen address 'nowhere' is not HOST:PORT"),
        (["--server", "ftp://x"], "--server is no address of pullwatch serve"),
        (["--server", "https://user:secret@x"], "--server is no address of pullwatch serve"),
        (["--server", "https://x:99999"], "--server is no address of pullwatch serve"),
        (["--server", "https://x", "--server-token", "/no/token"], "/no/token: No such file or directory: --server-token names a file"),
        (["--server", "https://x", "--server-ca", "/no/ca"], "/no/ca: No such file or directory: --server-ca names a file"),
        (["--server-token", "/no/token"], "--server-token and --server-ca are for a server: name it with --server"),
    ],
)
def test_wrong_settings_are_one_line(flags: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with a flag is said before anything runs, without the secret in it."""
    assert exit_code("agent", *flags) == 2

    said = capsys.readouterr().err
    assert said.startswith(f"pullwatch: {line}")
    assert said.count("\n") == 1
    assert "secret" not in said


def test_the_extra_is_what_the_package_lists() -> None:
    """What is taken for missing is what `pullwatch[agent]` brings."""
    assert {"grpclib", "google"} <= verb.EXTRA


async def test_a_containerd_that_hangs_ends_what_ran(tmp_path: Path) -> None:
    """Looks that fail in a row leave no old numbers, although the stream of events is still open."""
    async with running(tmp_path) as given:
        await until(lambda: given.agent.readiness()[0])
        pulled(given.store, image(base=8 * MIB))
        await until(lambda: bool(given.agent.running()))
        given.store.wait(1)

        given.containerd.failing["Content/ListStatuses"] = grpclib.Status.DEADLINE_EXCEEDED

        await until(lambda: not given.agent.running())

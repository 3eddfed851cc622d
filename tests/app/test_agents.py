"""Reports of agents to a running exporter, whose API server says whose their tokens are."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from pullwatch import settings
from pullwatch.app.serve import serving
from pullwatch.pulls import known_layers, received, reported
from pullwatch.pulls.reported import HeldImage, ImagesReport, LayersReport, RunningPull, RunningReport, Told
from pullwatch.sim import objects, refusals
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.catalogue import Image
from pullwatch.sim.store import Store
from pullwatch.sim.tokenreviews import Issued
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.pulls import made_images
from tests.pulls.made_images import digest

DEADLINE_SECONDS = 20.0
AGENTS = settings.Agents(agents=True)
CONFIG, CONFIG_DIGEST = made_images.config([{"created_by": "ADD rootfs"}, {"created_by": "RUN pip install torch"}])
CONTENT, NAME = made_images.manifest_of(made_images.described({"base": 100, "torch": 300}), config_digest=CONFIG_DIGEST)
INDEX = digest("index")


class Fleet:
    """Agents beside an exporter."""

    def __init__(self, api: ApiServer, client: aiohttp.ClientSession) -> None:
        self.api = api
        self.client = client

    async def send(self, path: str, report: object, *, token: str = "node-a") -> tuple[int, Any]:  # noqa: S107 - of a test
        headers = {"Authorization": f"Bearer {token}"}
        async with self.client.post(path, data=msgspec.json.encode(report), headers=headers) as response:
            body = await response.read()
            return response.status, json.loads(body) if response.content_type == "application/json" and body else body.decode()

    async def images(self, *held: HeldImage, node: str = "node-a", token: str | None = None) -> tuple[int, Any]:
        return await self.send(reported.IMAGES_PATH, ImagesReport(node, held), token=token or node)

    async def layers(self, *told: Told, node: str = "node-a", token: str | None = None) -> tuple[int, Any]:
        return await self.send(reported.LAYERS_PATH, LayersReport(node, told), token=token or node)

    async def running(self, *pulls: RunningPull, node: str = "node-a", token: str | None = None) -> tuple[int, Any]:
        return await self.send(reported.RUNNING_PATH, RunningReport(node, pulls), token=token or node)

    async def read(self, path: str) -> Any:
        async with self.client.get(path) as response:
            return json.loads(await response.read())

    async def figures(self, family: str) -> dict[str, float]:
        """Return a family's values by the last of their labels."""
        async with self.client.get("/metrics") as response:
            text = await response.text()
        found = {}
        for metric in text_string_to_metric_families(text):
            for sample in metric.samples:
                if sample.name == family:
                    found[list(sample.labels.values())[-1] if sample.labels else ""] = sample.value
        return found

    async def refused(self) -> dict[str, float]:
        return {reason: count for reason, count in (await self.figures("pullwatch_agent_refusals_total")).items() if count}


@contextlib.asynccontextmanager
async def fleet_of(agents: settings.Agents) -> AsyncIterator[Fleet]:
    async with ApiServer(Store()) as api:
        for node in ("node-a", "node-b"):
            api.issued[node] = Issued(node=node)
        cluster = ClusterAccess(url=api.url, credentials=NoCredentials(), origin="a test")
        async with serving(cluster, host="127.0.0.1", port=0, agents=agents) as (_, server), aiohttp.ClientSession(server.url) as client:
            yield Fleet(api, client)


@pytest_asyncio.fixture
async def fleet() -> AsyncIterator[Fleet]:
    async with fleet_of(AGENTS) as fleet:
        yield fleet


HELD = HeldImage(("docker.io/team/app:1", f"docker.io/team/app@{INDEX}"), NAME, INDEX)
TOLD = Told(NAME, CONTENT, CONFIG)


async def test_layers_are_asked_for_once_and_shown(fleet: Fleet) -> None:
    """An agent says what its node holds, is asked for what nobody knows, and tells it for all nodes."""
    assert await fleet.images(HELD) == (200, {"digests": [NAME], "again_in_seconds": 300.0})
    assert await fleet.layers(TOLD) == (204, "")
    assert (await fleet.images(HELD, node="node-b"))[1]["digests"] == []

    (row,) = (await fleet.read("/api/v1/images?image=team/app:1"))["images"]
    assert (row["image"], row["digest"], row["index_digest"], row["nodes"], row["size_bytes"]) == (
        "docker.io/team/app:1",
        NAME,
        INDEX,
        2,
        400,
    )
    assert [layer["instruction"] for layer in row["layers"]] == ["ADD rootfs", "RUN pip install torch"]
    assert await fleet.figures("pullwatch_image_layers") == {"team/app": 2.0}
    assert await fleet.figures("pullwatch_image_largest_layer_bytes") == {"team/app": 300.0}
    assert await fleet.figures("pullwatch_image_size_bytes") == {"compressed": 400.0}
    assert await fleet.figures("pullwatch_agents") == {"": 2.0}
    assert await fleet.figures("pullwatch_agent_reports_total") == {"images": 2.0, "layers": 1.0}
    assert await fleet.refused() == {}


@pytest.mark.parametrize(
    ("token", "issued", "status", "refusal"),
    [
        ("forged", None, 401, "token"),
        ("a", Issued(expired=True), 401, "token"),
        ("a", Issued(audiences=("somebody-else",)), 401, "token"),
        ("a", Issued(user="system:serviceaccount:shop:default"), 403, "account"),
        ("a", Issued(user="pullwatch-agent:pullwatch-agent"), 403, "account"),
        ("a", Issued(node="node-b"), 403, "node"),
    ],
)
async def test_a_stranger_tells_nothing(fleet: Fleet, token: str, issued: Issued | None, status: int, refusal: str) -> None:
    """Forged, expired, for another audience, of another account, of another node: each is counted by its name."""
    if issued is not None:
        fleet.api.issued[token] = issued
    for send in (fleet.images(HELD, token=token), fleet.layers(TOLD, token=token), fleet.running(token=token)):
        assert (await send)[0] == status

    assert await fleet.refused() == {refusal: 3.0}
    assert (await fleet.read("/api/v1/images"))["images"] == []


async def test_a_token_without_a_node_speaks_of_the_one_it_names(fleet: Fleet) -> None:
    """Clusters before 1.30 do not tell the node of a token."""
    fleet.api.issued["older"] = Issued()

    assert (await fleet.images(HELD, token="older"))[0] == 200
    assert (await fleet.images(HELD, node="", token="older"))[0] == 403


@pytest.mark.parametrize("header", ["", "Basic bm9kZTphCg==", "Bearer", "Bearer  "])
async def test_a_report_without_a_token_is_refused(fleet: Fleet, header: str) -> None:
    """The API server is not asked."""
    async with fleet.client.post(reported.IMAGES_PATH, data=b"{}", headers={"Authorization": header}) as response:
        assert response.status == 401

    assert fleet.api.requests["create", "tokenreviews"] == 0
    assert await fleet.refused() == {"no_token": 1.0}


async def test_an_api_server_that_is_down_lets_nobody_in(fleet: Fleet) -> None:
    """An agent is to come again; once the server answers, it is heard."""
    fault = fleet.api.faults.add(refusals.ServerError(resource="tokenreviews"))
    assert [(await fleet.images(HELD))[0] for _ in range(2)] == [503, 503]
    assert await fleet.refused() == {"not_checked": 2.0}

    fleet.api.faults.remove(fault)

    assert (await fleet.images(HELD))[0] == 200


async def test_a_missing_right_is_logged_once(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    """A thousand agents do not fill the log."""
    assert (await fleet.images(node="node-b"))[0] == 200
    fleet.api.forbidden.add("tokenreviews")
    for _ in range(3):
        assert (await fleet.images(HELD))[0] == 503
        assert (await fleet.images(node="node-b"))[0] == 200, "its token was reviewed before"

    assert capsys.readouterr().out.count("their tokens cannot be checked") == 1


async def test_nobody_tells_layers_of_what_his_node_does_not_hold(fleet: Fleet) -> None:
    """Nor such whose bytes are not those of their digest: an agent in strange hands changes no other image."""
    await fleet.images(HELD)
    forged, _ = made_images.manifest_of(made_images.described({"base": 1}))

    assert (await fleet.layers(TOLD, node="node-b"))[0] == 204
    assert (await fleet.layers(Told(NAME, forged), Told("sha256:x", CONTENT)))[0] == 204

    assert await fleet.refused() == {"not_held": 1.0, "digest_mismatch": 1.0, "bad_digest": 1.0}
    assert (await fleet.read("/api/v1/images?image=team/app:1"))["images"][0]["layers"] == []
    await fleet.layers(TOLD)
    assert len((await fleet.read("/api/v1/images?image=team/app:1"))["images"][0]["layers"]) == 2


async def test_a_manifest_that_cannot_be_used_is_not_asked_for_again(fleet: Fleet) -> None:
    """Its bytes are the right ones; it is no image."""
    index, name = made_images.document({"schemaVersion": 2, "manifests": []})
    held = HeldImage(("team/list:1",), name)
    assert (await fleet.images(held))[1]["digests"] == [name]

    await fleet.layers(Told(name, index))

    assert await fleet.refused() == {"not_a_manifest": 1.0}
    assert (await fleet.images(held, node="node-b"))[1]["digests"] == []


async def test_where_there_is_no_room_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known stays."""
    monkeypatch.setattr(known_layers.KnownLayers.__init__, "__kwdefaults__", {"capacity": 1, "most_bytes": 1 << 20})
    other, name = made_images.manifest_of(made_images.described({"other": 5}))
    async with fleet_of(AGENTS) as fleet:
        await fleet.images(HELD, HeldImage(("team/other:1",), name))
        await fleet.layers(TOLD, Told(name, other))

        assert await fleet.refused() == {"no_room": 1.0}
        assert (await fleet.figures("pullwatch_layers_dropped_total"))["table"] == 1.0
        assert await fleet.figures("pullwatch_layer_tables") == {"": 1.0}


@pytest.mark.parametrize("path", [reported.IMAGES_PATH, reported.LAYERS_PATH, reported.RUNNING_PATH])
async def test_what_is_no_report_is_refused(fleet: Fleet, path: str) -> None:
    """With one line, and no traceback in the log."""
    status, text = await fleet.send(path, {"node": "node-a", "images": 1, "manifests": 1, "pulls": 1})

    assert (status, text.count("\n")) == (400, 1)
    assert await fleet.refused() == {"unreadable": 1.0}


async def test_one_agent_does_not_take_the_time_of_all(fleet: Fleet) -> None:
    """A node that reports without end is told to come later; others are heard."""
    statuses = [(await fleet.images())[0] for _ in range(80)]

    assert statuses[:60] == [200] * 60
    assert 503 in statuses[60:]
    assert (await fleet.images(node="node-b"))[0] == 200


async def test_reports_beyond_the_turns_of_a_node_are_not_read(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read what a node sends without end would take the time of all: also where it is no report, and of an older server's token."""
    read: list[bytes] = []
    original = received.images_of

    def images_of(content: bytes) -> Any:
        read.append(content)
        return original(content)

    monkeypatch.setattr(received, "images_of", images_of)
    fleet.api.issued["nowhere"] = Issued()
    for token in ("node-a", "nowhere"):
        read.clear()
        for _ in range(80):
            await fleet.send(reported.IMAGES_PATH, "no report", token=token)
        assert 60 <= len(read) < 80


def pod_asks(store: Store, image: str) -> None:
    """Let a kubelet tell that a pod waits for an image."""
    plan = objects.NodePlan("node-a", "blue", "m7.large", "eu-1a", "uid-a", 0.0)
    store.create("nodes", objects.node(plan, [Image("docker.io/library/redis:7", 5)]))
    involved = {"kind": "Pod", "namespace": "shop", "name": "web", "uid": "p-1", "fieldPath": "spec.containers{web}"}
    stamp = "2026-11-24T12:00:00Z"
    store.create(
        "events",
        {
            "metadata": {"name": "web.1", "namespace": "shop", "uid": "e-1", "creationTimestamp": stamp},
            "involvedObject": involved, "reason": "Pulling", "message": f'Pulling image "{image}"', "type": "Normal", "count": 1,
            "firstTimestamp": stamp, "lastTimestamp": stamp, "source": {"component": "kubelet", "host": "node-a"},
            "reportingComponent": "kubelet",
        },
    )  # fmt: skip


async def test_a_running_pull_is_joined_to_the_pod_that_waits(fleet: Fleet) -> None:
    """Until the agent says that it ended."""
    layer = reported.LayerProgress(0, digest("base"), 100, reported.LayerState.DOWNLOADING, 40)
    pull = RunningPull("docker.io", "team/app", NAME, 1.7e9, (layer,), bytes_per_second=10.0)
    status, answer = await fleet.running(pull)
    assert (status, answer) == (200, {"again_in_seconds": 2.0})
    told = await fleet.read("/api/v1/running")
    assert [one["repository"] for one in told["unmatched"]] == ["team/app"]

    pod_asks(fleet.api.store, "team/app:1")
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not (told := await fleet.read("/api/v1/running"))["pulls"]:
            pass
    (row,) = told["pulls"]
    assert (row["pod"], row["digest_running"], row["downloaded_bytes"], row["total_bytes"]) == ("web", NAME, 40, 100)
    assert told["unmatched"] == []

    await fleet.running()

    (row,) = (await fleet.read("/api/v1/running"))["pulls"]
    assert (row["digest_running"], row["layers"]) == (None, None)


async def test_a_node_that_is_gone_says_nothing_more(fleet: Fleet) -> None:
    """What its agent told goes with it."""
    pod_asks(fleet.api.store, "team/app:1")
    await fleet.images(HELD)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await fleet.figures("pullwatch_node_info"):
            pass

    fleet.api.store.delete("nodes", ("", "node-a"))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await fleet.figures("pullwatch_node_info"):
            pass

    assert all(row["image"] != "docker.io/team/app:1" or row["nodes"] is None for row in (await fleet.read("/api/v1/images"))["images"])
    assert await fleet.figures("pullwatch_agents") == {"": 0.0}


async def test_nothing_is_taken_unless_it_is_asked_for() -> None:
    """The default tells the address of nobody."""
    async with fleet_of(settings.Agents()) as fleet:
        assert (await fleet.images(HELD))[0] == 405
        assert fleet.api.requests["create", "tokenreviews"] == 0

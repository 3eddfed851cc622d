"""Pulls that run now, as JSON."""

from __future__ import annotations

import json

import msgspec

from pullwatch.publish import running_document
from pullwatch.publish.report import schema
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.live import Live
from pullwatch.pulls.reported import LayerProgress, LayerState, RunningPull
from tests.publish.given import NOW, running
from tests.pulls.made_images import LAYER, digest

NGINX = digest("nginx")
LAYERS = (
    LayerProgress(0, digest("base"), 100, LayerState.DONE, 100, 1.5, 0.5),
    LayerProgress(1, digest("app"), 300, LayerState.DOWNLOADING, 150),
)
PULL = RunningPull("docker.io", "library/nginx", NGINX, NOW - 4, LAYERS, bytes_per_second=50.0, eta_seconds=3.0)
OTHER = RunningPull("reg.example", "app", digest("other"), NOW - 7, (), waits_for_pull=True)


def test_the_line_of_a_first_pull_is_the_nodes_until_its_manifest_is_verified() -> None:
    """What is slow is told while it is pulled for the first time; what was held against its digest is believed before that."""
    said = msgspec.structs.replace(LAYERS[0], instruction="RUN what the node says")
    layers, live = KnownLayers(), Live()
    live.tell("node-a", (msgspec.structs.replace(PULL, layers=(said,)),), at=NOW)

    def lines() -> list[str | None]:
        joined = live.joined([running("nginx:1.27")], now=NOW, manifests=lambda _: ())
        (row,) = json.loads("".join(running_document.parts(joined, layers, now=NOW)))["pulls"]
        return [layer["instruction"] for layer in row["layers"]]

    assert lines() == ["RUN what the node says"]

    layers.tell(LayerTable(NGINX, "m", digest("config"), (Layer(digest("base"), 100, LAYER, "ADD rootfs"),)))

    assert lines() == ["ADD rootfs"]


def test_it_tells_how_far_each_pull_is() -> None:
    """The row of the pod's pull, with bytes and layers where an agent tells them, and what fits no pod beside it."""
    layers = KnownLayers()
    rows = (Layer(digest("base"), 100, LAYER, "ADD rootfs"), Layer(digest("app"), 300, LAYER))
    layers.tell(LayerTable(NGINX, "m", digest("config"), rows))
    live = Live()
    live.tell("node-a", (PULL, OTHER), at=NOW)
    pulls = [running("nginx:1.27"), running("redis:7", pod="db", ahead=1)]

    joined = live.joined(pulls, now=NOW, manifests=lambda _: ())
    told = json.loads("".join(running_document.parts(joined, layers, now=NOW)))

    nothing = dict.fromkeys(["digest_running", "downloaded_bytes", "total_bytes", "bytes_per_second", "eta_seconds", "layers"])
    first, second = (json.loads(schema.json_of(schema.pull_row(pull))) for pull in pulls)
    live_fields = {
        "digest_running": NGINX, "downloaded_bytes": 250, "total_bytes": 400, "bytes_per_second": 50.0, "eta_seconds": 3.0,
        "waits_for_pull": False,
        "layers": [
            {
                "position": 0, "digest": digest("base"), "size_bytes": 100, "state": "done", "downloaded_bytes": 100,
                "download_seconds": 1.5, "unpack_seconds": 0.5, "instruction": "ADD rootfs",
            },
            {
                "position": 1, "digest": digest("app"), "size_bytes": 300, "state": "downloading", "downloaded_bytes": 150,
                "download_seconds": None, "unpack_seconds": None, "instruction": None,
            },
        ],
    }  # fmt: skip
    assert told == {
        "schema": 1,
        "generated_at": "2023-11-14T22:13:20Z",
        "pulls": [
            first | {"elapsed_seconds": 30.0, "ahead": 0} | live_fields,
            second | {"elapsed_seconds": 30.0, "ahead": 1, "waits_for_pull": False} | nothing,
        ],
        "unmatched": [
            {
                "node": "node-a", "registry": "reg.example", "repository": "app", "digest": digest("other"),
                "started_at": "2023-11-14T22:13:13Z", "elapsed_seconds": 7.0, "ahead": None, "digest_running": digest("other"),
                "downloaded_bytes": 0, "total_bytes": 0, "bytes_per_second": None, "eta_seconds": None, "waits_for_pull": True,
                "layers": [],
            }
        ],
    }  # fmt: skip

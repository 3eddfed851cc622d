"""The report as JSON, schema version 1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pullwatch.publish.report import schema
from pullwatch.pulls.pull import Outcome, Reason
from tests.publish.reported import TRAINER, small, written
from tests.pulls.made import T0
from tests.pulls.made_pulls import failed, pulled, summarise

KEYS = [
    "image", "image_as_written", "registry", "repository", "tag", "digest", "namespace", "pod", "container", "workload", "node",
    "outcome", "started_at", "finished_at", "pull_seconds", "wait_seconds", "total_seconds", "at_most_seconds", "size_bytes", "size_kind",
    "reason", "cause", "count", "message",
]  # fmt: skip


def document(*args: Any, **fields: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(written(summarise(*args, **fields), output="json"))
    return loaded


def test_a_pull_has_all_keys_and_what_is_unknown_is_null() -> None:
    """The row of a pull by digest, whole."""
    (row,) = document([pulled(8.754, TRAINER, at=10.5, wait=0.25, container=None, workload=None, node=None)])["pulls"]

    assert list(row) == KEYS
    assert row == {
        "image": TRAINER,
        "image_as_written": TRAINER,
        "registry": "registry.example.com",
        "repository": "ml/trainer",
        "tag": None,
        "digest": f"sha256:{'ab' * 32}",
        "namespace": "shop",
        "pod": "web-0",
        "container": None,
        "workload": None,
        "node": None,
        "outcome": "pulled",
        "started_at": "2023-11-14T22:13:30.500Z",
        "finished_at": "2023-11-14T22:13:39.504Z",
        "pull_seconds": 8.754,
        "wait_seconds": 0.25,
        "total_seconds": 9.004,
        "at_most_seconds": None,
        "size_bytes": 20_000_000,
        "size_kind": "compressed",
        "reason": None,
        "cause": None,
        "count": 1,
        "message": None,
    }


def test_the_document_is_schema_1() -> None:
    """All keys of the contract, each once, and moments in UTC."""
    text = written(small(), output="json")
    found = json.loads(text)

    assert list(found) == [
        "schema",
        "generated_at",
        "window",
        "pulls",
        "images",
        "nodes",
        "registries",
        "workloads",
        "diagnoses",
        "coverage",
    ]
    assert (found["schema"], found["diagnoses"]) == (1, [])
    assert found["generated_at"] == "2023-11-14T23:13:20Z"
    assert found["window"] == {"first": "2023-11-14T22:13:20Z", "last": "2023-11-14T23:13:20Z"}
    assert found["coverage"] == {"events": 30, "unparsed": 1, "coalesced": 0, "rejected": 0, "unseen": 2}
    assert {row["outcome"] for row in found["pulls"]} == set(Outcome) - {Outcome.UNSEEN}


def test_aggregates_have_a_name_and_figures() -> None:
    """A group's figures, with a workload's namespace beside its name."""
    found = document([pulled(2.0), pulled(4.0, wait=1.0), failed(Reason.AUTH, count=2)])

    figures = {
        "pulls": 2,
        "failures": 2,
        "p50_seconds": 2.0,
        "p90_seconds": 4.0,
        "max_seconds": 4.0,
        "wait_seconds": 1.0,
        "max_wait_seconds": 1.0,
        "bytes": 40_000_000,
        "bytes_per_second": 40_000_000 / 6,
        "size_kind": "compressed",
        "outcomes": {"pulled": 2, "revalidated": 0, "cached": 0, "failed": 2, "refused": 0, "running": 0, "unseen": 0},
        "reasons": {"auth": 2},
    }
    assert found["images"] == [{"image": "registry.example.com/team/web:1.0"} | figures]
    assert found["nodes"] == [{"node": "node-a"} | figures]
    assert found["registries"] == [{"registry": "registry.example.com"} | figures]
    assert found["workloads"] == [{"workload": "Deployment/web", "namespace": "shop"} | figures]


def test_an_empty_report_is_a_whole_document() -> None:
    """Empty arrays, and no window that nobody saw."""
    found = document([])

    assert [found[key] for key in ("pulls", "images", "nodes", "registries", "workloads", "diagnoses")] == [[]] * 6


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1000, 1001])
def test_rows_are_whole_over_the_edges_of_pieces(count: int) -> None:
    """Each row once, in order, whatever its place in a piece."""
    found = document([pulled(pod=f"web-{index}") for index in range(count)])

    assert [row["pod"] for row in found["pulls"]] == [f"web-{index}" for index in range(count)]


def test_it_is_written_in_pieces_of_bounded_size() -> None:
    """Memory does not grow with the pulls: no piece is larger than its few hundred rows."""
    pieces = list(schema.parts(summarise([pulled()] * 5000)))

    assert max(map(len, pieces)) < 500 * 800


def test_hostile_names_stay_strings() -> None:
    """Quotes, marks and letters of all scripts make a round trip."""
    name = '"},{"x":1} \\ 漢字 \ufffd \U0001f600'

    (row,) = document([pulled(1, name, node=name)])["pulls"]

    assert (row["node"], row["image_as_written"], row["image"]) == (name, name, None)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, None),
        (T0, "2023-11-14T22:13:20Z"),
        (T0 + 0.0004, "2023-11-14T22:13:20Z"),
        (T0 + 0.9996, "2023-11-14T22:13:21Z"),
        (1e18, None),
    ],
)
def test_moments_are_rfc_3339(seconds: float | None, text: str | None) -> None:
    """To the millisecond where there are any; what no calendar has is null."""
    assert schema.moment(seconds) == text

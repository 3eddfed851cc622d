"""Every recording of a real cluster, in each form that kubectl prints, is reported as it really happened.

Watch frames tell everything. In a List an Event holds only its last text, so there what is reported must have happened,
and nothing may be invented; the pods beside the Events then tell which pulls no Event told.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pullwatch import settings
from pullwatch.app import report
from pullwatch.pulls.pull import Outcome, Reason, SizeKind
from tests.recorded import RECORDINGS, SCENARIOS, rows

if TYPE_CHECKING:
    from types import UnionType

Row = dict[str, Any]

REAL = rows("expected.jsonl")
CACHED = rows("cached.jsonl")

SUCCESSES = {"pulled", "revalidated"}

SUFFIXES = {"frames": "events.jsonl", "list": "list.json", "kubectl": "kubectl.json"}
FORMS = [
    (scenario, form)
    for scenario in SCENARIOS
    for form, suffix in SUFFIXES.items()
    # Pods were not listed where none ever ran.
    if (RECORDINGS / f"{scenario}.{suffix}").exists()
]

ASKED_FOR = ("namespace", "pod", "node", "image_as_written")
IMAGE = ("image", "registry", "repository", "tag", "digest")
SECONDS = ("pull_seconds", "wait_seconds", "total_seconds")

NUMBER = float | int | None
SCHEMA: dict[str, type | UnionType] = {
    **dict.fromkeys((*IMAGE, "container", "workload", "node", "started_at", "finished_at", "cause", "message"), str | None),
    **dict.fromkeys((*SECONDS, "at_most_seconds"), NUMBER),
    **dict.fromkeys(("image_as_written", "namespace", "pod", "outcome", "size_kind"), str),
    "reason": str | None,
    "size_bytes": int | None,
    "count": int,
}
TOP = {"schema", "generated_at", "window", "pulls", "images", "nodes", "registries", "workloads", "diagnoses", "coverage"}
COVERAGE = {"events", "unparsed", "coalesced", "rejected", "unseen"}
WORDS: dict[str, set[Any]] = {"outcome": set(Outcome), "size_kind": set(SizeKind), "reason": {None, *Reason}}

STAMPS_ARE_WHOLE_SECONDS = 2.5


@pytest.mark.parametrize(("scenario", "form"), FORMS)
def test_it_reports_what_happened(scenario: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Pulls, failed attempts, cached and unseen images are those that runtime, registry and pods know of."""
    reported = reported_pulls(RECORDINGS / f"{scenario}.{SUFFIXES[form]}", capsys)

    whole = form == "frames"
    told = [row for row in REAL[scenario] if row["event"] != "none"]
    check_successes([row for row in told if row["outcomes"] != ["failed"]], reported, whole=whole)
    check_failures([row for row in told if row["outcomes"] == ["failed"]], reported, whole=whole)
    check_cached(CACHED[scenario], reported, whole=whole)
    check_untold(REAL[scenario], reported, form=form)


def test_it_reports_all_recordings_as_one_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Frames of many nodes, kubelets and runtimes one after the other are told apart."""
    stream = tmp_path / "all.jsonl"
    stream.write_text("".join((RECORDINGS / f"{scenario}.events.jsonl").read_text() for scenario in SCENARIOS))

    reported = reported_pulls(stream, capsys)

    # The nodes were wiped between the recordings, so an image that an earlier one pulled may look as if it were still there.
    told = [row | {"either": True} for scenario in SCENARIOS for row in REAL[scenario] if row["event"] != "none"]
    check_successes([row for row in told if row["outcomes"] != ["failed"]], reported, whole=True)
    check_failures([row for row in told if row["outcomes"] == ["failed"]], reported, whole=True)
    check_cached([row for scenario in SCENARIOS for row in CACHED[scenario]], reported, whole=True)
    check_untold([row for scenario in SCENARIOS for row in REAL[scenario]], reported, form="frames")


def reported_pulls(file: Path, capsys: pytest.CaptureFixture[str]) -> list[Row]:
    """Return the pulls that the JSON report of a file lists, having checked that it keeps to schema 1."""
    report.run([file], settings.Report(output="json"))
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert set(document) >= TOP
    assert set(document["coverage"]) >= COVERAGE
    pulls: list[Row] = document["pulls"]
    for row in pulls:
        check_schema(row)
    return pulls


def check_schema(row: Row) -> None:
    odd = {key: row.get(key, "missing") for key, kind in SCHEMA.items() if not isinstance(row.get(key, ...), kind)}
    assert odd == {}
    assert not any(isinstance(value, bool) for value in row.values())
    assert {key: row[key] for key, words in WORDS.items() if row[key] not in words} == {}
    if row["outcome"] in SUCCESSES:
        assert row["count"] == 1, "each success has a row of its own"
        ended = moment(row["finished_at"])
        if row["started_at"] is not None and row["total_seconds"] is not None:
            assert ended - moment(row["started_at"]) == pytest.approx(row["total_seconds"], abs=STAMPS_ARE_WHOLE_SECONDS)


def moment(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()


def check_successes(real: list[Row], reported: list[Row], *, whole: bool) -> None:
    """Compare image, place, size and times; then outcome and container, which not every recording can tell."""
    successes = [row for row in reported if row["outcome"] in SUCCESSES]
    happened, said = Counter(map(success, real)), Counter(map(success, successes))
    assert said - happened == Counter(), "never happened"
    if whole:
        assert happened - said == Counter(), "not reported"
    for row in successes:
        assert any(success(other) == success(row) and agree(other, row, whole=whole) for other in real), row


def success(row: Row) -> tuple[Any, ...]:
    seconds = [None if row[key] is None else round(row[key], 6) for key in SECONDS]
    return (*(row[key] for key in (*ASKED_FOR, *IMAGE, "size_bytes")), *seconds)


def agree(real: Row, reported: Row, *, whole: bool) -> bool:
    # Two ends within one second have no order in a List, so which of them moved the bytes is open there.
    right = real["outcomes"] if whole and not real.get("either") else SUCCESSES
    # Events of volumes name no container, and a combined one keeps the name of its first.
    named = real["event"] == "own" and real["container_kind"] != "volumes"
    return reported["outcome"] in right and (not named or reported["container"] == real["container"])


def check_failures(real: list[Row], reported: list[Row], *, whole: bool) -> None:
    """Compare the attempts of each pod and image, and their reasons."""
    failed = [row for row in reported if row["outcome"] == "failed"]
    happened, said = Counter(map(asker, real)), Counter[tuple[Any, ...]]()
    for row in failed:
        said[asker(row)] += row["count"]
    assert said - happened == Counter(), "never failed"
    if whole:
        assert happened - said == Counter(), "not reported"
    reasons = {(asker(row), reason) for row in real for reason in row["reasons"]}
    assert {(asker(row), row["reason"]) for row in failed} <= reasons


def asker(row: Row) -> tuple[Any, ...]:
    return tuple(row[key] for key in ASKED_FOR)


def check_cached(real: list[Row], reported: list[Row], *, whole: bool) -> None:
    happened = sum(row["count"] for row in real)
    said = sum(row["count"] for row in reported if row["outcome"] == "cached")
    assert said == happened if whole else said <= happened


def check_untold(real: list[Row], reported: list[Row], *, form: str) -> None:
    """Compare what no Event told: with pods it is unseen, without them it is not known, and never does it run for ever."""
    hidden = [row for row in real if row["event"] == "none"]
    unseen = sum(row["outcome"] == "unseen" for row in reported)
    if form != "list":
        assert unseen == 0
    else:
        containers = sum(row["container_kind"] != "volumes" and row["outcomes"] != ["failed"] for row in hidden)
        # Where Events were combined, the lost text of one cached container looks like that of a pull.
        assert containers <= unseen <= containers + any(row["event"] == "combined" for row in real)
    if form == "frames":
        may_run = {(row["namespace"], row["pod"]) for row in hidden}
        assert {(row["namespace"], row["pod"]) for row in reported if row["outcome"] == "running"} <= may_run

"""The report as JSON, schema version 1: stable keys for programs, also behind `/api/v1/pulls`.

A number that is not known is null, never 0. Pulls are written row by row, so that memory does not grow with them.
"""

from __future__ import annotations

import datetime
import itertools
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullwatch.pulls.pull import Coverage, Pull
    from pullwatch.pulls.summary import Group, Summary

VERSION = 1

_ROWS_AT_ONCE = 500


def write(summary: Summary, stream: TextIO) -> None:
    """Write the whole document, one pull per line."""
    stream.writelines(parts(summary))


def parts(summary: Summary) -> Iterator[str]:
    """Yield the document in pieces of bounded size."""
    yield f'{{"schema":{VERSION},"generated_at":{json_of(moment(summary.now))},"window":{json_of(_window(summary))},\n"pulls":['
    yield from rows_of(pull_row(pull) for pull in summary.pulls)
    for title, key, groups in (
        ("images", "image", summary.images),
        ("nodes", "node", summary.nodes),
        ("registries", "registry", summary.registries),
        ("workloads", "workload", summary.workloads),
    ):
        yield f'],\n"{title}":['
        yield from rows_of(group_row(group, key=key) for group in groups)
    yield f'],\n"diagnoses":[],\n"coverage":{json_of(coverage_row(summary.coverage))}}}\n'


def pull_row(pull: Pull) -> dict[str, Any]:
    """Return a pull in the words of the schema."""
    image = pull.image
    return {
        "image": image.canonical,
        "image_as_written": image.as_written,
        "registry": image.registry,
        "repository": image.repository,
        "tag": image.tag,
        "digest": image.digest,
        "namespace": pull.namespace,
        "pod": pull.pod,
        "container": pull.container,
        "workload": pull.workload,
        "node": pull.node,
        "outcome": pull.outcome,
        "started_at": moment(pull.started_at),
        "finished_at": moment(pull.finished_at),
        "pull_seconds": pull.pull_seconds,
        "wait_seconds": pull.wait_seconds,
        "total_seconds": pull.total_seconds,
        "at_most_seconds": pull.at_most_seconds,
        "size_bytes": pull.size_bytes,
        "size_kind": pull.size_kind,
        "reason": pull.reason,
        "cause": pull.cause,
        "count": pull.count,
        "message": pull.message,
    }


def group_row(group: Group, *, key: str) -> dict[str, Any]:
    """Return the figures of an image, node, registry or workload; `key` names it. A workload has its namespace beside it."""
    named = {key: group.name} if group.namespace is None else {key: group.name, "namespace": group.namespace}
    return named | {
        "pulls": group.pulls,
        "failures": group.failures,
        "p50_seconds": group.p50_seconds,
        "p90_seconds": group.p90_seconds,
        "max_seconds": group.max_seconds,
        "wait_seconds": group.wait_seconds,
        "max_wait_seconds": group.max_wait_seconds,
        "bytes": group.bytes,
        "bytes_per_second": group.bytes_per_second,
        "size_kind": group.size_kind,
        "outcomes": group.outcomes,
        "reasons": group.reasons,
    }


def coverage_row(coverage: Coverage) -> dict[str, int]:
    """Return what the Events told and what they did not."""
    return {
        "events": coverage.events,
        "unparsed": coverage.unparsed,
        "coalesced": coverage.coalesced,
        "rejected": coverage.rejected,
        "unseen": coverage.unseen,
    }


def moment(seconds: float | None) -> str | None:
    """Return RFC 3339 in UTC, with milliseconds where there are any; None for what no calendar has."""
    if seconds is None:
        return None
    try:
        stamp = datetime.datetime.fromtimestamp(round(seconds, 3), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return stamp.replace(tzinfo=None).isoformat(timespec="milliseconds" if stamp.microsecond else "seconds") + "Z"


def _window(summary: Summary) -> dict[str, str | None]:
    return {"first": moment(summary.first), "last": moment(summary.last)}


def rows_of(rows: Iterable[dict[str, Any]], *, at_once: int = _ROWS_AT_ONCE) -> Iterator[str]:
    """Yield the inside of a JSON array, some rows at a time."""
    separator = "\n"
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, at_once)):
        yield separator + ",\n".join(map(json_of, chunk))
        separator = ",\n"


def json_of(value: object) -> str:
    """Return a value as JSON."""
    return _ENCODER.encode(value).decode()


_ENCODER = msgspec.json.Encoder()

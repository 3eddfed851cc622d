"""`/api/v1/running` as JSON, schema version 1: pulls that run now, with what the agents of their nodes see (docs/json.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pullwatch.publish.report import schema

if TYPE_CHECKING:
    from pullwatch.pulls.known_layers import KnownLayers
    from pullwatch.pulls.live import Joined, Seen
    from pullwatch.pulls.pull import Pull

_NOTHING_SEEN = {
    "digest_running": None,
    "downloaded_bytes": None,
    "total_bytes": None,
    "bytes_per_second": None,
    "eta_seconds": None,
    "waits_for_pull": False,
    "layers": None,
}


def parts(joined: Joined, layers: KnownLayers, *, now: float) -> Iterator[str]:
    """Yield the document in pieces of bounded size."""
    yield f'{{"schema":{schema.VERSION},"generated_at":{schema.json_of(schema.moment(now))},"pulls":['
    yield from schema.rows_of((pull_row(pull, seen, layers, now=now) for pull, seen in joined.pulls), at_once=_ROWS_AT_ONCE)
    yield '],\n"unmatched":['
    yield from schema.rows_of((unmatched_row(seen, layers, now=now) for seen in joined.unmatched), at_once=_ROWS_AT_ONCE)
    yield "]}\n"


def pull_row(pull: Pull, seen: Seen | None, layers: KnownLayers, *, now: float) -> dict[str, Any]:
    """Return a pull that a pod waits for."""
    live = _NOTHING_SEEN if seen is None else live_fields(seen, layers)
    return schema.pull_row(pull) | {"elapsed_seconds": _elapsed(pull.started_at, now), "ahead": pull.ahead} | live


def unmatched_row(seen: Seen, layers: KnownLayers, *, now: float) -> dict[str, Any]:
    """Return a pull for which no pod is known to wait."""
    pull = seen.pull
    named = {"node": seen.node, "registry": pull.registry, "repository": pull.repository, "digest": pull.digest}
    times = {"started_at": schema.moment(pull.started_at), "elapsed_seconds": _elapsed(pull.started_at, now), "ahead": None}
    return named | times | live_fields(seen, layers)


def live_fields(seen: Seen, layers: KnownLayers) -> dict[str, Any]:
    """Return how far a pull is."""
    pull = seen.pull
    table = layers.table(pull.digest)
    lines = {layer.digest: layer.instruction for layer in table.layers} if table else {}
    return {
        "digest_running": pull.digest,
        "downloaded_bytes": seen.downloaded_bytes,
        "total_bytes": seen.total_bytes,
        "bytes_per_second": pull.bytes_per_second,
        "eta_seconds": pull.eta_seconds,
        "waits_for_pull": pull.waits_for_pull,
        "layers": [
            {
                "position": layer.position,
                "digest": layer.digest,
                "size_bytes": layer.size_bytes,
                "state": layer.state,
                "downloaded_bytes": layer.downloaded_bytes,
                "download_seconds": layer.download_seconds,
                "unpack_seconds": layer.unpack_seconds,
                # A manifest that was held against its digest is to be believed before the node that pulls it.
                "instruction": lines.get(layer.digest, layer.instruction),
            }
            for layer in pull.layers
        ],
    }


def _elapsed(started_at: float | None, now: float) -> float | None:
    return None if started_at is None else round(max(0.0, now - started_at), 3)


_ROWS_AT_ONCE = 10
"""A row has up to some hundred layers, which take 0.2 ms; of the thousand that an agent may make up these take 20."""

"""Lists in pages: each page is cut from the state at the first page's version, unless that was compacted meanwhile."""

from __future__ import annotations

import base64
import binascii
import bisect
from collections.abc import Mapping, Sequence

import msgspec

from pullwatch.sim import statuses
from pullwatch.sim.resources import Key, Object
from pullwatch.sim.selector import Selection
from pullwatch.sim.store import Compacted, Store, Stored

Rows = Sequence[tuple[Key, Stored]]

INCONSISTENT = -1
"""Version in a continue token that means: from here on, whatever there is now."""


class Token(msgspec.Struct, frozen=True):
    """A continue token: the list's version and the last key already sent."""

    v: str
    rv: int
    start: str


def page(store: Store, selection: Selection, query: Mapping[str, str]) -> bytes:
    """Answers one LIST request; raises a Status for versions and tokens that cannot be served."""
    version, after = _position(store, query)
    rows = _rows(store, selection, version=version, after=after)
    limit = _limit(selection, query)
    more = 0 < limit < len(rows)
    sent = rows[:limit] if more else rows
    metadata: Object = {"resourceVersion": str(version)}
    if more:
        metadata["continue"] = encode_token(version, sent[-1][0])
        if selection.everything:
            metadata["remainingItemCount"] = len(rows) - limit
    return _encode(selection.resource.kind, metadata, sent)


def encode_token(version: int, key: Key) -> str:
    """Writes a continue token in the real server's form."""
    token = Token(v="meta.k8s.io/v1", rv=version, start=f"{key[0]}/{key[1]}\0")
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).rstrip(b"=").decode()


def parse_version(text: str) -> int:
    """Reads a resourceVersion; raises the real server's 500 for anything but digits."""
    if not (text.isascii() and text.isdigit()):
        raise statuses.invalid_version(text)
    return int(text)


def _position(store: Store, query: Mapping[str, str]) -> tuple[int, Key | None]:
    if query.get("continue"):
        return _continued(store, query["continue"])
    asked = parse_version(query.get("resourceVersion") or "0")
    if asked > store.version:
        raise statuses.too_large_version(asked=asked, current=store.version)
    if query.get("resourceVersionMatch") != "Exact":
        return store.version, None
    if asked < store.compacted_version:
        raise statuses.gone("list")
    return asked, None


def _continued(store: Store, text: str) -> tuple[int, Key]:
    token = _decode_token(text)
    namespace, _, name = token.start.rstrip("\0").partition("/")
    if token.rv == INCONSISTENT:
        return store.version, (namespace, name)
    if token.rv < store.compacted_version:
        raise statuses.gone_continue(encode_token(INCONSISTENT, (namespace, name)))
    return token.rv, (namespace, name)


def _decode_token(text: str) -> Token:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Token)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise statuses.bad_request(f"continue key is not valid: {error}") from error


def _rows(store: Store, selection: Selection, *, version: int, after: Key | None) -> Rows:
    try:
        rows = store.snapshot(selection.resource.name, version)
    except Compacted as error:
        raise statuses.gone("list") from error
    if after is not None:
        rows = rows[bisect.bisect_right(rows, after, key=_key) :]
    if selection.everything:
        return rows
    return [row for row in rows if selection.matches(row[1].object)]


def _key(row: tuple[Key, Stored]) -> Key:
    return row[0]


def _limit(selection: Selection, query: Mapping[str, str]) -> int:
    # The watch cache answers version 0 at once and in full; clients that rely on pages there get one large answer.
    if selection.resource.cached and query.get("resourceVersion") == "0":
        return 0
    text = query.get("limit") or "0"
    if not (text.isascii() and text.isdigit()):
        raise statuses.bad_request(f'limit: Invalid value: "{text}"')
    return int(text)


def _encode(kind: str, metadata: Object, rows: Rows) -> bytes:
    head = b'{"kind":"%bList","apiVersion":"v1","metadata":%b,"items":[' % (kind.encode(), msgspec.json.encode(metadata))
    return head + b",".join(stored.item for _, stored in rows) + b"]}\n"

"""RFC3339 stamps inside objects: finding the newest, and moving all of them to another time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from pullwatch.sim.resources import Object

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def parse(text: object) -> float | None:
    """Reads a stamp as seconds since the epoch; None for anything that is not one."""
    if not isinstance(text, str) or not _STAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def write(seconds: float, *, digits: int = 0) -> str:
    """Writes seconds since the epoch, cut to a number of decimals as Kubernetes does."""
    moment = datetime.fromtimestamp(seconds, UTC)
    fraction = f".{moment.microsecond:06d}000"[: digits + 1] if digits else ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def moved(object_: Object, move: Callable[[float], float]) -> Object:
    """Copies an object with each of its stamps moved; their precision stays."""
    return {name: _moved(value, move) for name, value in object_.items()}


def newest(object_: Object) -> float | None:
    """Finds the newest stamp in an object; who wrote which field when (`managedFields`) does not count."""
    return max(_stamps({name: value for name, value in object_.items() if name != "managedFields"}), default=None)


def of_event(event: Object) -> float | None:
    """Tells when an Event last happened, by the first of its stamps that is set."""
    series = event.get("series") or {}
    candidates = (event.get("lastTimestamp"), series.get("lastObservedTime"), event.get("eventTime"), created_text(event))
    return next((stamp for stamp in map(parse, candidates) if stamp is not None), None)


def created_text(object_: Object) -> object:
    """Reads the creation stamp as it is written."""
    return object_["metadata"].get("creationTimestamp")


def _moved(value: object, move: Callable[[float], float]) -> object:
    if isinstance(value, dict):
        return {name: _moved(part, move) for name, part in value.items()}
    if isinstance(value, list):
        return [_moved(part, move) for part in value]
    # Most texts are no stamps: the cheap look at one character spares them the pattern.
    if isinstance(value, str) and value[4:5] == "-":
        return _moved_text(value, move)
    return value


def _moved_text(text: str, move: Callable[[float], float]) -> str:
    seconds = parse(text)
    if seconds is None:
        return text
    match = _STAMP.fullmatch(text)
    return write(move(seconds), digits=len(match[1] or "") if match else 0)


def _stamps(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "managedFields":
                yield from _stamps(part)
    elif isinstance(value, list):
        for part in value:
            yield from _stamps(part)
    elif (seconds := parse(value)) is not None:
        yield seconds

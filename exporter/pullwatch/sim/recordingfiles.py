"""Reading recording files into frames: JSON lines of watch frames or objects, a printed List, gzip, and sibling files.

Every unreadable input ends as one `RecordingError` line; what a recording does not need (other kinds, bookmarks) is passed over.
"""

from __future__ import annotations

import gzip
import pathlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from pullwatch.sim import resources
from pullwatch.sim.resources import Object

FRAME_TYPES = ("ADDED", "MODIFIED", "DELETED")


class RecordingError(Exception):
    """Input that is not a recording: where (path and line, if one is to blame) and what was expected."""

    def __init__(self, path: str | pathlib.Path, line: int | None, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")
        self.path = str(path)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Frame:
    """One object as it was seen; `type` is ADDED for objects that came without a frame."""

    resource: str
    type: str
    object: Object


@dataclass(frozen=True, slots=True)
class Files:
    """What was found: the file's frames, their arrival times if there are any, the frames of the pods' file."""

    frames: tuple[Frame, ...]
    watched: bool
    """Whether the frames came from a watch, whose order is the cluster's own."""
    times: tuple[float, ...] | None
    pods: tuple[Frame, ...]


def read(path: pathlib.Path) -> Files:
    """Reads a file and the siblings that belong to it."""
    found = list(_frames(path))
    numbers = [line for line, _ in found]
    frames = tuple(frame for _, frame in found)
    watched = bool(frames) and all(number is not None for number in numbers)
    return Files(frames, watched, _times(path, numbers) if watched else None, _pods(path) if watched else ())


def _pods(path: pathlib.Path) -> tuple[Frame, ...]:
    sibling = _sibling(path, "pods")
    return tuple(frame for _, frame in _frames(sibling)) if sibling else ()


def _times(path: pathlib.Path, numbers: list[int | None]) -> tuple[float, ...] | None:
    sibling = _sibling(path, "times")
    if sibling is None:
        return None
    lines = _content(sibling).splitlines()
    return tuple(_time(sibling, lines, number) for number in numbers if number is not None)


def _time(path: pathlib.Path, lines: list[bytes], number: int) -> float:
    try:
        return float(lines[number - 1])
    except (IndexError, ValueError) as error:
        raise RecordingError(path, number, f"expected the seconds of frame {number}") from error


def _sibling(path: pathlib.Path, kind: str) -> pathlib.Path | None:
    name, found, _ = path.name.rpartition(".events.jsonl")
    candidates = [path.with_name(f"{name}.{kind}.jsonl{end}") for end in ("", ".gz")] if found else []
    return next((candidate for candidate in candidates if candidate.exists()), None)


def _frames(path: pathlib.Path) -> Iterator[tuple[int | None, Frame]]:
    """Yields frames with the number of their line; None for objects that did not come as watch frames."""
    content = _content(path)
    if not content.strip():
        raise RecordingError(path, None, "expected JSON, found nothing")
    if not _is_lines(content):
        yield from ((None, frame) for object_ in _items(_document(path, content)) if (frame := _of_object(object_)))
        return
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield from _of_line(_decode(path, number, line), number)


def _content(path: pathlib.Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" or path.suffix == ".gz" else content
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise RecordingError(path, None, f"expected gzip, {str(error).lower()}") from error
    except OSError as error:
        raise RecordingError(path, None, (error.strerror or str(error)).lower()) from error


def _is_lines(content: bytes) -> bool:
    """Tells JSON lines from one document: in the former the first line is a whole object, unless it is cut, and others follow."""
    lines = content.split(b"\n", 2)
    try:
        msgspec.json.decode(lines[0])
    except msgspec.DecodeError:
        return lines[0].startswith(b'{"')
    return True


def _document(path: pathlib.Path, content: bytes) -> object:
    try:
        document: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        position = str(error).rpartition("(byte ")[2].rstrip(")")
        offset = int(position) if position.isdigit() else len(content)
        raise RecordingError(path, content.count(b"\n", 0, offset) + 1, f"expected JSON: {error}") from error
    return document


def _decode(path: pathlib.Path, number: int, line: bytes) -> object:
    try:
        decoded: object = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordingError(path, number, f"expected JSON: {error}") from error
    if not isinstance(decoded, (dict, list)):
        raise RecordingError(path, number, f"expected a watch frame or an object, found {type(decoded).__name__}")
    return decoded


def _of_line(decoded: object, number: int) -> Iterator[tuple[int | None, Frame]]:
    if isinstance(decoded, dict) and isinstance(decoded.get("object"), dict):
        frame = _of_object(decoded["object"], type_=decoded.get("type", ""))
        if frame and frame.type in FRAME_TYPES:
            yield number, frame
        return
    yield from ((None, frame) for object_ in _items(decoded) if (frame := _of_object(object_)))


def _items(decoded: object) -> list[object]:
    """Opens a List; the items of an EventList carry no kind of their own."""
    if isinstance(decoded, list):
        return decoded
    if not isinstance(decoded, dict) or not isinstance(decoded.get("items"), list):
        return [decoded]
    kind = str(decoded.get("kind", "")).removesuffix("List")
    return [{"kind": kind, **item} if isinstance(item, dict) else item for item in decoded["items"]]


def _of_object(object_: object, *, type_: str = "ADDED") -> Frame | None:
    if not isinstance(object_, dict):
        return None
    resource = resources.BY_KIND.get(object_.get("kind", ""))
    metadata = object_.get("metadata")
    if resource is None or object_.get("apiVersion", "v1") != "v1" or not isinstance(metadata, dict) or not metadata.get("name"):
        return None
    return Frame(resource.name, type_, object_)

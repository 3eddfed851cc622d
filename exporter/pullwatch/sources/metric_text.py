"""The text format of Prometheus (version 0.0.4), read as it arrives: lines of the names that are asked for become samples.

All others are dropped unread, and nothing of the text is kept but the beginning of a line whose end has not come. What
anybody may send instead ends in one `MetricsError`, whose reason is a label of the metric that counts reads.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from pullwatch.pulls import observed
from pullwatch.pulls.sample import Sample
from pullwatch.sources import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LINE_BYTES = 16 << 10
"""Of a line; those of kubelets and runtimes are below 1 KiB."""

MOST_BYTES = 32 << 20
"""Of the whole text. A kubelet of a full node sends 1 MB, a containerd 0.6 MB."""

MOST_SAMPLES = 5_000
"""Kept of one text."""

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*')
_VALUE = re.compile(r"[ \t]+([-+.0-9A-Za-z]{1,40})(?:[ \t]+-?[0-9]{1,20})?[ \t]*$")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n"}


class Reason(enum.StrEnum):
    """Why metrics could not be read."""

    NO_ADDRESS = "no_address"
    """There is no address that may be asked."""
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    """Its certificate is not trusted, or not of this name."""
    TIMEOUT = "timeout"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    REDIRECT = "redirect"
    STATUS = "status"
    """Any other status than 200."""
    NOT_METRICS = "not_metrics"
    """Something else, such as a page."""
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    NOT_BELIEVED = "not_believed"
    """Read, and cannot be true."""


class MetricsError(errors.SourceError):
    """Metrics could not be read; str() is a line for people."""

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message)
        self.reason = reason


class MetricText:
    """One text, fed in pieces. `where` names its origin in errors."""

    def __init__(self, names: Iterable[str], *, where: str) -> None:
        self._names = frozenset(names)
        self._beginnings = tuple(name.encode() for name in self._names)
        self._where = where
        self._samples: list[Sample] = []
        self._rest = b""
        self._bytes = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the text. Raises MetricsError."""
        self._bytes += len(piece)
        if self._bytes > MOST_BYTES:
            raise self._error(Reason.TOO_LARGE, f"the text has more than {MOST_BYTES >> 20} MiB")
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MOST_LINE_BYTES:
            raise self._error(Reason.TOO_LARGE, f"a line has more than {MOST_LINE_BYTES >> 10} KiB")
        for line in lines:
            # Thousands of lines begin otherwise; this one look is all that they cost.
            if line.startswith(self._beginnings):
                self._take(line)
            elif line.startswith(b"<"):
                raise self._error(Reason.NOT_METRICS, "the text is a page and no metrics")

    def end(self) -> list[Sample]:
        """Return what was found, once the text is whole. Raises MetricsError."""
        if self._rest:
            # The format ends each line, the last one too.
            raise self._error(Reason.TRUNCATED, "the text ends in the middle of a line")
        return self._samples

    def _take(self, line: bytes) -> None:
        if len(line) > MOST_LINE_BYTES:
            raise self._error(Reason.TOO_LARGE, f"a line has more than {MOST_LINE_BYTES >> 10} KiB")
        text = line.decode("utf-8", "replace").removesuffix("\r")
        name = _NAME.match(text)
        if name is None or name.group() not in self._names:
            return
        if len(self._samples) >= MOST_SAMPLES:
            raise self._error(Reason.TOO_LARGE, f"there are more than {MOST_SAMPLES} series of those asked for")
        sample = _sample(text, name)
        if sample is None:
            raise self._error(Reason.MALFORMED, f"not a line of metrics: {observed.clean(text[:100])!r}")
        self._samples.append(sample)

    def _error(self, reason: Reason, what: str) -> MetricsError:
        return MetricsError(f"{self._where}: {what}", reason=reason)


def _sample(text: str, name: re.Match[str]) -> Sample | None:
    """Return a line's sample, None where it is none. Each character is looked at once."""
    labels: dict[str, str] = {}
    at = name.end()
    if text[at : at + 1] == "{":
        at += 1
        while (label := _LABEL.match(text, at)) is not None:
            labels[label[1]] = observed.clean(_plain(label[2]))
            at = label.end()
            if text[at : at + 1] != ",":
                break
            at += 1
        if text[at : at + 1] != "}":
            return None
        at += 1
    value = _VALUE.match(text, at)
    try:
        return None if value is None else Sample(name.group(), labels, float(value[1]))
    except ValueError:
        return None


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), value) if "\\" in value else value

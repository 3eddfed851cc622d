"""Prometheus' remote write, as far as it is needed to hand it samples of any time: one message, written by hand.

The message is `prometheus.WriteRequest` of Prometheus' prompb/remote.proto, compressed in the block form of Snappy. Beside numbers it can
carry what an exposition cannot: the mark that a series has ended (`model/value/value.go`), without which its last value would be seen for
five minutes more.
"""

from __future__ import annotations

import struct
import urllib.request
from collections.abc import Iterable, Iterator, Mapping

STALE = struct.pack("<Q", 0x7FF0000000000002)
"""The not-a-number that ends a series."""

MOST_BYTES = 4 << 20
"""Of one request, or some more where a series is longer."""

_MESSAGE_BYTES = 16
"""Of a sample after 2001 and before 2100: a tag and 8 bytes of value, a tag and 6 bytes of milliseconds."""


class Samples:
    """What is to be written, by series. A moment is milliseconds since the epoch; those of a series come in their order."""

    def __init__(self) -> None:
        self._of_series: dict[bytes, bytearray] = {}
        self.count = 0

    def add(self, series: bytes, value: bytes, moment: bytes) -> None:
        """Take a sample: what `encoded`, `number` and `at` return."""
        known = self._of_series.get(series)
        if known is None:
            known = self._of_series[series] = bytearray()
        known += b"\x12\x10\x09" + value + moment
        self.count += 1

    def by_series(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each series with its samples, of 18 bytes each."""
        for series, samples in self._of_series.items():
            yield series, bytes(samples)

    def requests(self) -> Iterator[bytes]:
        """Yield messages of about `MOST_BYTES` that hold all of it."""
        body = bytearray()
        for series, samples in self._of_series.items():
            body += b"\x0a" + _varint(len(series) + len(samples)) + series + samples
            if len(body) > MOST_BYTES:
                yield bytes(body)
                body.clear()
        if body:
            yield bytes(body)


def encoded(labels: Mapping[str, str]) -> bytes:
    """Return a series' labels, its name as `__name__` among them; an empty label is none."""
    pairs = ((name.encode(), value.encode()) for name, value in sorted(labels.items()) if value)
    return b"".join(_field(b"\x0a", _field(b"\x0a", name) + _field(b"\x12", value)) for name, value in pairs)


def number(value: float) -> bytes:
    return struct.pack("<d", value)


def at(seconds: float) -> bytes:
    """Return a moment, in seconds since the epoch."""
    written = b"\x10" + _varint(round(seconds * 1000))
    assert len(written) + 9 == _MESSAGE_BYTES, f"{seconds} is no time of this century"
    return written


def post(url: str, requests: Iterable[bytes]) -> None:
    """Write to a Prometheus that has --web.enable-remote-write-receiver. Raises HTTPError with the reason as its text."""
    headers = {
        "Content-Encoding": "snappy",
        "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    for body in requests:
        asked = urllib.request.Request(f"{url}/api/v1/write", data=snappy(body), headers=headers, method="POST")  # noqa: S310 - of this machine
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
            answer.read()


def snappy(content: bytes) -> bytes:
    """Return a block of Snappy that is one literal: to compress it would cost more than to send it to this machine."""
    return _varint(len(content)) + b"\xfc" + struct.pack("<I", len(content) - 1) + content


def _field(tag: bytes, content: bytes) -> bytes:
    return tag + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)

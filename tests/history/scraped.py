"""A target of Prometheus whose scrapes are handed over in place of being fetched.

As a scrape does it: the target's labels are added where a series has none of that name, `up` is written, and a series that was there and
is there no longer ends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

from prometheus_client.parser import text_string_to_metric_families

from tests.history import remote_write
from tests.history.remote_write import STALE, Samples

_UP = "up"


class Scraped:
    """One target, with these labels."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._encoded: dict[bytes, bytes] = {}
        """Series as they are written, by how they are exposed."""
        self._present: set[bytes] = set()

    def scrape(self, exposed: bytes, samples: Samples, *, at: float) -> None:
        """Take what the target exposes at this moment."""
        moment = remote_write.at(at)
        encoded, pack = self._encoded, struct.Struct("<d").pack
        present: set[bytes] = set()
        for line in exposed.splitlines():
            if line.startswith(b"#"):
                continue
            name, _, value = line.rpartition(b" ")
            series = encoded.get(name) or self._learn(name)
            samples.add(series, pack(float(value)), moment)
            present.add(series)
        self._end(samples, self._present - present, moment)
        self._present = present
        samples.add(self._up(), remote_write.number(1), moment)

    def missed(self, samples: Samples, *, at: float) -> None:
        """Take that nothing answered."""
        moment = remote_write.at(at)
        self._end(samples, self._present, moment)
        self._present = set()
        samples.add(self._up(), remote_write.number(0), moment)

    def gone(self, samples: Samples, *, at: float) -> None:
        """Take that there is no such target any more."""
        moment = remote_write.at(at)
        self._end(samples, self._present | {self._up()}, moment)
        self._present = set()

    def _end(self, samples: Samples, ended: Iterable[bytes], moment: bytes) -> None:
        for series in ended:
            samples.add(series, STALE, moment)

    def _up(self) -> bytes:
        return remote_write.encoded({"__name__": _UP} | dict(self._labels))

    def _learn(self, exposed: bytes) -> bytes:
        (family,) = text_string_to_metric_families(f"{exposed.decode()} 0\n")
        sample = family.samples[0]
        series = remote_write.encoded(dict(self._labels) | sample.labels | {"__name__": sample.name})
        self._encoded[exposed] = series
        return series

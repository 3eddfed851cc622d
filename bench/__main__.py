"""`make bench`: measure everything, print it, keep it in docs/performance.md, and fail where a ratio got much worse.

A ratio is against a reference of the same run, so it means the same on any machine; absolute values are for the reader.
"""

from __future__ import annotations

import datetime
import platform
import re
import sys
from pathlib import Path

from bench import burst, exposition, known_layers, kubelets, process, stream
from bench.rows import Row

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"

_MISSES = """
## What is missed, and why

**An Event.** The goals were set with a loop that reads a duration and counts it in one histogram. Of the time of an Event of
a rollout a sampling profile gives 18 % to decoding, 8 % to TLS and the socket, 12 % to the scrapes that never stop in this
measurement, and 56 % to what becomes of it: 16 % for the parts of the pull (asked, queue of its node, whether the node had
the image, whether its container failed before), 9 % for the text and the check against its pod, 19 % for the eight
series that one pull moves, the last pulls and the sizes. What was tried: Structs in place of dataclasses (16 times as fast to
make), one look at all texts of an Event, one pattern for its text, children touched once a minute, self metrics once a batch;
together they took 44 us to 22 us for an Event of a pull. Thresholds of the garbage collector and bundles of series by
repository gave less than the noise of this machine. A compiled extension could halve what is left; none is planned.

**500 Events a second.** Half of it is the same, with cold caches, as the process sleeps nine tenths of the time; the other half
are wake-ups. Resting between reads takes the wake-ups from 125 to 20 a second also with TLS. A rest of 0.25 s in place of 0.1 s
would cost 1.3 % in place of 1.8 %, one of 0.5 s 1.04 %, for metrics that are as much older.

**100 MiB.** 52 MiB are the process with its libraries before it has read anything, 25 MiB what is kept of 5,000 nodes and
20,000 images, 20 MiB the values and queues of their pulls, 14 MiB the text of the series, without which a scrape would take
fifteen times as long. Not more than 1 MiB is lost between objects, and as much to what malloc keeps. rich takes 4 MiB, which
structlog imports wherever it is installed. Python without docstrings and tables of columns takes 0.4 MiB less.
"""

WORSE = 0.3
"""Share by which a ratio may get worse from one run that was kept to the next."""

_HEAD = """# What it costs

Written by `make bench ARGS=--keep`. A ratio is the value over its reference in the same run; a limit without a reference
is an absolute one. `make bench` fails where a ratio is more than 30 % worse than here. "missed" is short of the goal.

| what | value | reference | ratio | limit | |
|---|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    """Print the rows; 1 where a ratio fell behind the one that was kept."""
    rows = [*exposition.measure(), *stream.measure(), *burst.measure(), *kubelets.measure(), *process.measure(), *known_layers.measure()]
    print("\n".join(row.line() for row in rows))  # noqa: T201 - the user interface
    if "--keep" in arguments:
        PAGE.write_text(_HEAD + "".join(f"{row.line()}\n" for row in rows) + f"\n{_where()}\n{_MISSES}", encoding="utf-8")
        return 0
    behind = fallen_behind(rows, kept(PAGE.read_text(encoding="utf-8")))
    for name in behind:
        print(f"fell behind by more than {WORSE:.0%}: {name}")  # noqa: T201 - the user interface
    return 1 if behind else 0


def kept(page: str) -> dict[str, float]:
    """Return the ratios of a page by name."""
    return {row[1].strip(): float(row[2]) for row in re.finditer(r"^\| ([^|]+) \|[^|]*\|[^|]*\| ([0-9.]+) \|", page, re.MULTILINE)}


def fallen_behind(rows: list[Row], before: dict[str, float]) -> list[str]:
    """Return the names of rows whose ratio is much higher than it was: less is better in all of them."""
    now = {row.name: row.ratio for row in rows if row.ratio is not None}
    return [name for name, ratio in now.items() if name in before and ratio > before[name] * (1 + WORSE)]


def _where() -> str:
    """Say when and on what this was measured."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8")) if Path("/proc/cpuinfo").exists() else None
    processor = model[1] if model else platform.processor()
    return f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {processor}, {platform.system()}, Python {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

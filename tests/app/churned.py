"""`python -m tests.app.churned HOURS`: what some hours of churn take of the memory of a process that had all it ever needs."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import tempfile
import tracemalloc
from pathlib import Path

from pullwatch.checkpoint.file import Checkpoint
from tests.app.churn import Churn

WARM_UP_HOURS = 60
"""What nothing touches for a day goes, series as well as what is known of nodes that were there for up to a day before that; and
some hours later the fullest moments of all caches have fallen together once."""


async def _measured(hours: int, churn: Churn) -> dict[str, object]:
    """Return what was in memory at each hour after the warm-up, the most of it, and what grew since if that is traced.

    What is resident rises and falls by some MiB, as generations of a cache come and go and their tables are made larger.
    """
    await churn.pass_hours(WARM_UP_HOURS)
    before = tracemalloc.take_snapshot() if tracemalloc.is_tracing() else None
    resident = [_mib("VmRSS")]
    for _ in range(hours):
        await churn.pass_hours(1)
        resident.append(_mib("VmRSS"))
    grown = tracemalloc.take_snapshot().compare_to(before, "lineno")[:20] if before else []
    series = sum(text.series for text in churn.exporter.texts)
    found = [str(one) for one in grown]
    return {"resident_mib": resident, "most_mib": _mib("VmHWM"), "events": churn.told, "series": series, "grown": found}


def _mib(line: str) -> float:
    """Return a line of the process' status."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


def _main(hours: int, *arguments: str) -> dict[str, object]:
    with contextlib.ExitStack() as stack:
        checkpoint = None
        if "--checkpoint" in arguments:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            checkpoint = stack.enter_context(contextlib.closing(Checkpoint(Path(folder) / "checkpoint", server="a made cluster")))
        return asyncio.run(_measured(hours, Churn(sees_nodes="--without-nodes" not in arguments, checkpoint=checkpoint)))


if __name__ == "__main__":
    print(json.dumps(_main(int(sys.argv[1]), *sys.argv[2:])))  # noqa: T201 - its answer

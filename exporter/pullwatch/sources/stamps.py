"""RFC 3339 stamps as the Kubernetes API writes them, turned into seconds since the epoch."""

from __future__ import annotations

import functools
from datetime import datetime

LONGEST = 40
"""Characters of a stamp with nanoseconds and an offset; anything longer is none."""

_FIRST_SECOND = 365 * 86400
"""Stamps of 1970 and before are zero values of somebody's clock, Go's year 1 among them."""

_LAST_SECOND = 230 * 365 * 86400
"""No cluster runs after the year 2199; the end of the calendar is where arithmetic with times fails."""


def seconds(stamp: str | None) -> float | None:
    """Return the seconds since the epoch; None where there is no stamp, a zero value or something else."""
    if not stamp or len(stamp) > LONGEST:
        return None
    return _parsed(stamp)


# The stamps of a stream are whole seconds and come in bursts, so most are in the cache.
@functools.lru_cache(maxsize=16384)
def _parsed(stamp: str) -> float | None:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    since_epoch = moment.timestamp()
    return since_epoch if _FIRST_SECOND <= since_epoch <= _LAST_SECOND else None

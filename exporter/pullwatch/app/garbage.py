"""The garbage collector's part in how late the event loop may be.

A full collection looks at each object that can hold others: 70 ms for the half million of a big cluster, in which nobody is
served. What lives here is freed by its reference count; cycles come from failed requests and are few.
"""

from __future__ import annotations

import gc

YOUNG, MIDDLE, FULL = 5_000, 5, 100
"""Objects made, and collections of the generation before, between two collections of a generation."""


def rarely_collected() -> None:
    """Collect once, leave what is there now out of all later collections, and make those rare.

    For a process whose first lists are read: most of what it will ever hold is there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, FULL)

"""How often each of many may come: some times at once, and then at a steady rate."""

from __future__ import annotations


class Turns:
    """A budget for each name; past the capacity the one that came longest ago begins anew."""

    def __init__(self, *, burst: int, per_second: float, capacity: int = 20_000) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._capacity = capacity
        self._left: dict[str, tuple[float, float]] = {}
        """What was left of a budget, and when."""

    def take(self, name: str, *, at: float) -> bool:
        """Take a turn; False where none is left."""
        left, since = self._left.pop(name, (self._burst, at))
        left = min(self._burst, left + max(0.0, at - since) * self._per_second)
        if len(self._left) >= self._capacity:
            del self._left[next(iter(self._left))]
        self._left[name] = (left - 1 if left >= 1 else left, at)
        return left >= 1

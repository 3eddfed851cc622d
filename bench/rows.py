"""A measured row: a figure beside its reference of the same run and the goal it is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Less is better in all of them."""

    name: str
    value: float
    unit: str = ""
    reference: float | None = None
    """In the same unit, from the same run."""
    limit: float | None = None
    """Of the ratio to the reference, or of the value where there is none."""

    @property
    def ratio(self) -> float | None:
        return None if self.reference is None else self.value / self.reference

    @property
    def met(self) -> bool:
        """Tell whether the goal is reached; a row without one is for the reader."""
        return self.limit is None or (self.value if self.ratio is None else self.ratio) <= self.limit

    def line(self) -> str:
        """Return the row of a Markdown table."""
        reference = "" if self.reference is None else f"{self.reference:,.2f} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.3f}"
        limit = "" if self.limit is None else f"{self.limit:.3g}"
        return f"| {self.name} | {self.value:,.2f} {self.unit} | {reference} | {ratio} | {limit} | {'' if self.met else 'missed'} |"

"""A gauge family as it is shown: told its values anew at each look, it writes only those that differ."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping

from pullwatch.publish import family_text
from pullwatch.publish.metrics import Family
from pullwatch.publish.samples import Labels

STEP = 500
"""Rows looked at before other tasks may run: about 1 ms."""

MAX_LABEL = 1024
"""Characters kept of a label value: as long as the longest image reference that is read."""


class _Row(family_text.Child):
    __slots__ = ("value",)

    def __init__(self, labels: Labels, value: float) -> None:
        super().__init__(labels)
        self.value = value

    def shown(self) -> float:
        return self.value


class Shown:
    """One gauge family. What takes long works in steps, between which other tasks may run."""

    def __init__(self, family: Family) -> None:
        self.text = family_text.FamilyText(family)
        self.left_out = 0
        """Label sets that are true now and found no room."""
        self._cap = family.cap
        self._rows: dict[Labels, _Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def show(self, ranked: Mapping[Labels, float]) -> Iterator[None]:
        """Show these values and no others, up to the family's cap: the mapping comes with those to keep first."""
        self.left_out = max(0, len(ranked) - self._cap)
        kept = ranked if not self.left_out else dict(itertools.islice(ranked.items(), self._cap))
        yield from self._set(kept)
        if len(self._rows) > len(kept):
            self._forget(self._rows.keys() - kept.keys())

    def show_largest(self, values: Mapping[Labels, float]) -> Iterator[None]:
        """Show these values and no others; past the cap the largest. Where all find room their order does not matter."""
        if len(values) > self._cap:
            values = dict(sorted(values.items(), key=lambda item: item[1], reverse=True))
        yield from self.show(values)

    def update(self, values: Mapping[Labels, float], *, gone: Collection[Labels]) -> Iterator[None]:
        """Show these values beside what is shown, without those that are gone. Minds no cap."""
        self.left_out = 0
        self._forget([labels for labels in gone if labels in self._rows])
        yield from self._set(values)

    def _set(self, values: Mapping[Labels, float]) -> Iterator[None]:
        for number, (labels, value) in enumerate(values.items(), start=1):
            row = self._rows.get(labels)
            if row is None:
                self._add(labels, value)
            elif row.value != value:
                row.value = value
                row.changed()
            if number % STEP == 0:
                yield

    def _add(self, labels: Labels, value: float) -> None:
        row = self._rows[labels] = _Row(labels, value)
        self.text.add(row)

    def _forget(self, gone: Collection[Labels]) -> None:
        self.text.remove({self._rows.pop(labels) for labels in gone})


def cut(text: str) -> str:
    """Return a label value of bounded length."""
    return text[:MAX_LABEL]

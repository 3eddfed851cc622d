"""What a declaration of a dashboard sees of the configuration: values that it may write, and that it cannot compute with.

A declaration is evaluated twice: by `render` with the values of a user, and by `make docs` with a mark in place of each
value, of which `jsonnet_dashboards` makes references for users of plain jsonnet. Both draw the same only as long as nothing
was made of a value on the way; what has to be computed is computed in alerts/lib/drawn.libsonnet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

BEGIN, END = "\ue000", "\ue001"
"""Around the name of a marked value: characters for private use, which no text of ours has."""

MARKED_TEXT = re.compile(rf"{BEGIN}(\w+)(?:/([^{END}]*))?{END}")
"""A name, and for a pattern with %s what stands in place of that."""

_FIRST_NUMBER = 7_031_900_000_000
"""Marked numbers are counted from here: no declaration has one of its own up there."""


class Number:
    """A number of the configuration: JSON takes it as it is, a text as the alerts write it."""

    __slots__ = ("_text", "_value", "key")

    def __init__(self, key: str, value: float, text: str) -> None:
        self.key = key
        self._value = value
        self._text = text

    def to_json_data(self) -> float:
        """Return what JSON takes; grafanalib's encoder asks for it by this name."""
        return self._value

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        if spec not in {"", "g"}:
            self._refuse()
        return self._text

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(f"{self.key} is written and not computed with: what follows from it belongs into alerts/lib/drawn.libsonnet")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _refuse
    __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = __round__ = __int__ = __float__ = __index__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __bool__ = __hash__ = _refuse


class Drawn(Mapping[str, Any]):
    """Numbers and texts of the configuration by their keys. One that is neither, or none, is refused with what to do."""

    def __init__(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        self._values = {key: value if isinstance(value, str) else Number(key, value, texts[key]) for key, value in values.items()}

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            raise LookupError(
                f"the configuration has no number and no text {key}: see alerts/config.libsonnet and alerts/lib/drawn.libsonnet"
            )
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def marked(drawn: Drawn) -> Drawn:
    """Return the same keys with a mark in place of each value."""
    marks = {key: BEGIN + key + ("/%s" if "%s" in str(value) else "") + END for key, value in drawn.items()}
    numbers = {key: number for number, key in marked_numbers(drawn).items()}
    return Drawn({key: numbers.get(key, mark) for key, mark in marks.items()}, marks)


def marked_numbers(drawn: Drawn) -> dict[int, str]:
    """Return the keys of numbers by what marks them."""
    return dict(enumerate((key for key, value in drawn.items() if isinstance(value, Number)), start=_FIRST_NUMBER))

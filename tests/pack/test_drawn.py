"""Values of the configuration in the hands of a declaration: what may be done with them, and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from grafanalib import _gen

from pullwatch.pack import drawn, mixin
from pullwatch.pack.drawn import Drawn, Number

SLOW = Number("slowBaseSeconds", 1e7, "10000000")


def test_a_number_is_written_as_the_alerts_write_it() -> None:
    """In a text and in JSON alike: Python's own 1e+07 is nobody's way to write seconds."""
    assert f"{SLOW} {SLOW:g} {SLOW!s}" == "10000000 10000000 10000000"
    assert json.loads(json.dumps([SLOW], cls=_gen.DashboardEncoder)) == [1e7]


@pytest.mark.parametrize(
    "compute",
    [
        lambda number: number * 2,
        lambda number: 2 / number,
        lambda number: number < 60,
        lambda number: number == 60,
        lambda number: max(number, 60),
        lambda number: 60 if number else 0,
        round,
        math.log,
        lambda number: f"{number:.1f}",
        lambda number: {number: 1},
    ],
    ids=["times", "divided", "less", "equal", "max", "if", "round", "log", "format", "key"],
)
def test_a_number_cannot_be_computed_with(compute: Callable[[Any], Any]) -> None:
    """What would be a fixed number for users of jsonnet is refused, and the place for it is named."""
    with pytest.raises(TypeError, match=r"slowBaseSeconds is written and not computed with: .* alerts/lib/drawn\.libsonnet"):
        compute(SLOW)


@pytest.mark.parametrize("key", ["slowBaseSecond", "mutedNamespaces", "enabled"])
def test_what_cannot_be_drawn_is_refused_by_name(key: str) -> None:
    """A key that is none, and one whose value is a list or a map."""
    with pytest.raises(LookupError, match=f"no number and no text {key}: see alerts/config"):
        mixin.config()[key]


def test_a_mark_tells_which_value_stands_where() -> None:
    """In texts by characters that no text has, among numbers by numbers that no board has."""
    marks = drawn.marked(Drawn({"a": 1, "b": "https://x/%s", "c": 0.5}, {"a": "1", "b": "https://x/%s", "c": "0.5"}))

    text = f"{marks['a']} and {marks['b'].replace('%s', 'Page')}"

    assert [found.groups() for found in drawn.MARKED_TEXT.finditer(text)] == [("a", None), ("b", "Page")]
    assert drawn.marked_numbers(marks) == {marks["a"].to_json_data(): "a", marks["c"].to_json_data(): "c"}

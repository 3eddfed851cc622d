"""What a tree tells of itself."""

from __future__ import annotations

import pytest

from tests.rulelint.expression import Matcher


@pytest.mark.parametrize(
    ("matcher", "value", "accepted"),
    [
        (Matcher("x", "=", "a"), "a", True),
        (Matcher("x", "!=", "a"), "a", False),
        (Matcher("x", "=~", "a|b"), "b", True),
        (Matcher("x", "=~", "a"), "ab", False),
        (Matcher("x", "!~", "a.*"), "ab", False),
        (Matcher("x", "!~", "a.*"), "", True),
        (Matcher("x", "=~", r"\pL+"), "a", True),
        (Matcher("x", "!~", r"\pL+"), "a", True),
    ],
)
def test_a_matcher_accepts_as_prometheus_does(matcher: Matcher, value: str, *, accepted: bool) -> None:
    """A pattern matches the whole value."""
    assert matcher.accepts(value) is accepted

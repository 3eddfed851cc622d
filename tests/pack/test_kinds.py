"""Kinds of values, as Prometheus reads them."""

from __future__ import annotations

import pytest

from pullwatch.pack import kinds
from tests.rulelint import reader


@pytest.mark.parametrize(
    ("duration", "expected"), [("90s", 90), ("1h30m", 5400), ("1d", 86400), ("2w", 1209600), ("1y", 31536000), ("500ms", 0.5)]
)
def test_durations_are_those_of_prometheus(duration: str, expected: float) -> None:
    """All its units, in its order."""
    assert kinds.seconds(duration) == expected


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        ('job="pullwatch"', True),
        ("job!='it is', env!~\"\"", True),
        (r'env=~"eu-\\d+", site="\"x\""', True),
        ('job="pull', False),
        ('job="pullwatch"} or up{', False),
        (r'env=~"eu-\d+"', False),
        (r"""job='\"'""", False),
        ('env=~"("', False),
    ],
)
def test_a_selector_is_taken_where_a_parser_of_promql_takes_it(selector: str, *, taken: bool) -> None:
    """What is taken here makes no rule that Prometheus refuses."""
    assert kinds.selects(selector) is taken
    if taken:
        reader.parse(f"up{{{selector}}}")


@pytest.mark.parametrize("pattern", ["(?=x)", "(?!x)", "(?<=x)", r"(x)\\1", "(?P<n>x)(?P=n)"])
def test_a_pattern_that_re2_does_not_know_is_refused(pattern: str) -> None:
    """Python takes it, Prometheus refuses the whole file of rules."""
    assert not kinds.selects(f'job=~"{pattern}"')

"""What `make bench` makes of its figures."""

from __future__ import annotations

from bench import __main__ as bench
from bench.rows import Row

PAGE = """| what | value | reference | ratio | limit | |
|---|---|---|---|---|---|
| a scrape / memcpy | 4.00 ms | 2.00 ms | 2.000 | 3 |  |
| memory | 152.41 B |  |  | 170 |  |
"""


def test_it_reads_the_ratios_that_were_kept() -> None:
    """Rows without a reference have none."""
    assert bench.kept(PAGE) == {"a scrape / memcpy": 2.0}


def test_it_names_what_fell_behind() -> None:
    """A ratio may get 30 % worse, as machines differ; more fails the run, and a new row cannot."""
    before = bench.kept(PAGE)
    fine = Row("a scrape / memcpy", 5.1, "ms", reference=2.0, limit=3.0)
    worse = Row("a scrape / memcpy", 5.3, "ms", reference=2.0, limit=3.0)
    new = Row("another", 100.0, "ms", reference=1.0, limit=3.0)

    assert bench.fallen_behind([fine, new], before) == []
    assert bench.fallen_behind([worse], before) == ["a scrape / memcpy"]


def test_a_row_says_whether_its_goal_is_reached() -> None:
    """A limit is one of the ratio where there is a reference, else of the value."""
    assert Row("a", 5.0, "ms", reference=2.0, limit=3.0).line() == "| a | 5.00 ms | 2.00 ms | 2.500 | 3 |  |"
    assert Row("a", 7.0, "ms", reference=2.0, limit=3.0).line() == "| a | 7.00 ms | 2.00 ms | 3.500 | 3 | missed |"
    assert [Row("a", 5.0, "ms", limit=4.0).met, Row("a", 5.0, "ms", limit=5.0).met, Row("a", 5.0).met] == [False, True, True]

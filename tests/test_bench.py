"""What `make bench` makes of its figures."""

from __future__ import annotations

from bench import __main__ as bench

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
    fine = ("a scrape / memcpy", 5.1, "ms", 2.0, 3.0, True)
    worse = ("a scrape / memcpy", 5.3, "ms", 2.0, 3.0, True)
    new = ("another", 100.0, "ms", 1.0, 3.0, False)

    assert bench.fallen_behind([fine, new], before) == []
    assert bench.fallen_behind([worse], before) == ["a scrape / memcpy"]

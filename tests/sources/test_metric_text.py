"""The text format of Prometheus, in pieces and from whoever answers."""

from __future__ import annotations

import contextlib
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls.sample import Sample
from pullwatch.sources import metric_text
from pullwatch.sources.metric_text import MetricsError, MetricText, Reason

TEXT = b"""# HELP pulls_total Pulls.
# TYPE pulls_total counter
pulls_total{kind="cold",node="a"} 3
pulls_total 4 1395066363000
pulls_total_more 9
other_total{kind="cold"} 1
seconds_sum{le="+Inf",text="a \\"}\\" \\\\ b\\nc"} 1.5e+01
  indented 1

"""


def read(*pieces: bytes, names: tuple[str, ...] = ("pulls_total", "seconds_sum")) -> list[Sample]:
    text = MetricText(names, where="here")
    for piece in pieces:
        text.feed(piece)
    return text.end()


def why(*pieces: bytes) -> Reason:
    """Return the reason for which a text is refused."""
    with pytest.raises(MetricsError) as refused:
        read(*pieces)
    assert str(refused.value).startswith("here: ")
    assert "\n" not in str(refused.value)
    return refused.value.reason


def test_keeps_the_names_that_are_asked_for() -> None:
    """Labels are unescaped, a stamp is passed over, and a name that only begins alike is another one."""
    assert read(TEXT) == [
        Sample("pulls_total", {"kind": "cold", "node": "a"}, 3.0),
        Sample("pulls_total", {}, 4.0),
        Sample("seconds_sum", {"le": "+Inf", "text": 'a "}" \\ b c'}, 15.0),
    ]


@given(st.lists(st.integers(0, len(TEXT)), max_size=20))
def test_pieces_may_end_anywhere(cuts: list[int]) -> None:
    """How the network cuts a text changes nothing."""
    edges = [0, *sorted(cuts), len(TEXT)]

    assert read(*(TEXT[start:end] for start, end in itertools.pairwise(edges))) == read(TEXT)


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_end_in_samples_or_in_one_error(pieces: list[bytes]) -> None:
    """Nothing that anybody sends raises anything else."""
    with contextlib.suppress(MetricsError):
        read(*pieces, b"\npulls_total", *pieces)


@pytest.mark.parametrize(
    "line",
    [
        b"pulls_total",
        b"pulls_total{} ",
        b"pulls_total 1_0x",
        b"pulls_total 1 2 3",
        b'pulls_total{kind="cold" 1',
        b"pulls_total{kind=cold} 1",
        b'pulls_total{kind="cold"node="a"} 1',
        b'pulls_total{kind="cold"}1',
        b'pulls_total{="cold"} 1',
        b"pulls_total{\xff\xfe} 1",
    ],
)
def test_a_line_that_is_none_is_malformed(line: bytes) -> None:
    """A number that is half read would be a wrong one."""
    assert why(line + b"\n") is Reason.MALFORMED


def test_a_page_is_no_metrics() -> None:
    """A proxy that answers 200 with its own page is told from a kubelet without pulls."""
    assert why(b"<!DOCTYPE html>\n<html>") is Reason.NOT_METRICS


def test_a_text_without_its_last_line_end_is_truncated() -> None:
    """`pulls_total 12` may have been `pulls_total 123`."""
    assert why(b"pulls_total 12") is Reason.TRUNCATED


@pytest.mark.parametrize("piece", [b"x" * 1000, b'pulls_total{a="' + b"x" * 985])
def test_a_line_without_end_is_refused(piece: bytes) -> None:
    """No more than one line is ever held."""
    assert why(*[piece] * 20) is Reason.TOO_LARGE


def test_a_long_line_in_one_piece_is_refused() -> None:
    """The cap holds also where its end is there already."""
    assert why(b'pulls_total{a="' + b"x" * 20_000 + b'"} 1\n') is Reason.TOO_LARGE


def test_series_without_end_are_refused() -> None:
    """Of what is asked for there are hundreds."""
    lines = [b'pulls_total{a="%d"} 1\n' % number for number in range(metric_text.MOST_SAMPLES + 1)]

    assert why(*lines) is Reason.TOO_LARGE


def test_a_text_without_end_is_refused() -> None:
    """Also one of nothing but comments."""
    assert why(*[b"#" + b" " * 9998 + b"\n"] * (metric_text.MOST_BYTES // 10_000 + 1)) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "line",
    [
        b"pulls_total{" + b"} " * 8000,
        b"pulls_total{" + b'a="",' * 3000,
        b'pulls_total{a="' + b"\\\\" * 8000,
        b"pulls_total" + b" " * 16_000,
    ],
)
def test_a_hostile_line_takes_no_time(line: bytes) -> None:
    """Each character is looked at once; a second of CPU for a line would stop the watches."""
    began = time.process_time()
    with pytest.raises(MetricsError):
        read(line + b"\n")

    assert time.process_time() - began < 0.2


def test_labels_are_cleaned() -> None:
    """A label goes to logs and other people's metrics."""
    assert read(b'pulls_total{a="\x1b[31m\xff"} 1\n')[0].labels == {"a": "\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}"}

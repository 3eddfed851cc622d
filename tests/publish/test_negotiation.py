"""Which format a client gets."""

from __future__ import annotations

import pytest

from pullwatch.publish import negotiation
from pullwatch.publish.lines import Format

PROMETHEUS_2_42 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)
PROMETHEUS_TEXT_ONLY = "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (PROMETHEUS_2_42, Format.OPENMETRICS),
        (PROMETHEUS_3, Format.OPENMETRICS),
        (PROMETHEUS_TEXT_ONLY, Format.TEXT),
        (BROWSER, Format.TEXT),
        ("", Format.TEXT),
        ("application/openmetrics-text", Format.OPENMETRICS),
        ("APPLICATION/OpenMetrics-Text; Version=1.0.0", Format.OPENMETRICS),
        ("application/openmetrics-text;version=2.0.0", Format.TEXT),
        ("application/openmetrics-text;q=0.2, text/plain;q=0.9", Format.TEXT),
        ("application/openmetrics-text;q=0, */*", Format.TEXT),
        ("application/openmetrics-text;q=nan, text/plain;q=x", Format.TEXT),
        (";;,=;q=,,\x00" * 5_000, Format.TEXT),
    ],
)
def test_chooses_the_format_that_is_liked_best(accept: str, expected: Format) -> None:
    """Quality decides, unknown versions do not count, and whatever else comes gets text."""
    assert negotiation.format_for(accept) is expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("", False),
        ("x-gzipped", False),
    ],
)
def test_compresses_where_that_is_accepted(accept_encoding: str, *, expected: bool) -> None:
    """A quality of 0 is a refusal."""
    assert negotiation.accepts_gzip(accept_encoding) is expected

"""What a refusal of an API server means."""

from __future__ import annotations

import json

import pytest
from hypothesis import given as cases
from hypothesis import strategies

from pullwatch.sources import errors, status

NOW = 1795452528.0


def of(code: int, body: bytes = b"", **headers: str) -> errors.ApiError:
    return status.of_response(
        code, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body, where="WHERE", now=NOW
    )


@pytest.mark.parametrize(
    ("code", "kind", "label"),
    [
        (401, errors.Unauthorized, "unauthorized"),
        (403, errors.Forbidden, "forbidden"),
        (404, errors.NotFound, "not_found"),
        (410, errors.Gone, "gone"),
        (429, errors.Throttled, "throttled"),
        (500, errors.ServerTrouble, "server"),
        (503, errors.ServerTrouble, "server"),
        (302, errors.ServerTrouble, "server"),
    ],
)
def test_it_names_the_error(code: int, kind: type[errors.ApiError], label: str) -> None:
    """Each status has its class and its label."""
    error = of(code)

    assert type(error) is kind
    assert error.label == label


def test_it_tells_verb_and_resource_of_a_missing_right() -> None:
    """The server's own words, and what to do."""
    said = 'events is forbidden: User "pullwatch" cannot watch resource "events" in API group "" at the cluster scope'

    assert str(of(403, json.dumps({"kind": "Status", "message": said}).encode())) == (
        f"WHERE answered 403: {said}; grant its account get, list and watch of events, pods and nodes (ClusterRole and ClusterRoleBinding)"
    )


def test_it_tells_the_right_that_tokens_are_checked_with() -> None:
    """It is another one than that to read, and stands in another file."""
    error = status.of_response(403, headers={}, body=b"", where="https://api/apis/authentication.k8s.io/v1/tokenreviews", now=NOW)

    assert str(error).endswith("; grant its account to create tokenreviews, as deploy/agent.yaml does")


def test_it_does_not_repeat_a_page_of_html() -> None:
    """A proxy's page is named, not shown."""
    error = of(502, b"<html><body>Bad Gateway</body></html>", Content_Type="text/html")

    assert str(error) == "WHERE answered 502: text/html instead of a Kubernetes Status; see the API server, or the proxy before it"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("86400", 60.0),
        ("Mon, 23 Nov 2026 16:49:18 GMT", 30.0),
        ("Mon, 23 Nov 2026 16:40:00 GMT", 0.0),
        ("Mon, 23 Nov 2099 16:40:00 GMT", 60.0),
        ("soon", None),
        ("-5", None),
        ("9" * 100, None),
        ("", None),
        (None, None),
    ],
)
def test_it_reads_both_forms_of_retry_after(header: str | None, seconds: float | None) -> None:
    """Seconds and HTTP dates, capped at a minute."""
    assert status.retry_after_seconds(header, now=NOW) == seconds


@cases(strategies.text(max_size=40))
def test_it_never_raises_for_a_header(header: str) -> None:
    """A header is hostile text too."""
    seconds = status.retry_after_seconds(header, now=NOW)

    assert seconds is None or 0 <= seconds <= status.LONGEST_WAIT_SECONDS


def test_it_reads_the_wait_of_an_error_frame() -> None:
    """Inside a watch the wait stands in the Status."""
    frame = status.Status(message="slow down", code=429, details=status.Details(retry_after_seconds=3))
    error = status.of_status(frame, where="WHERE")

    assert isinstance(error, errors.Throttled)
    assert error.retry_after_seconds == 3


def test_it_stays_one_clean_line() -> None:
    """A message of any length and with any characters."""
    text = str(of(500, json.dumps({"message": "a\nb\x1b[31m" + "x" * 9999}).encode()))

    assert len(text) < 600
    assert "\n" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize(("date", "seconds"), [("Tue, 24 Nov 2026 10:00:00 GMT", 30), (None, 60), ("nonsense", 60), ("x" * 100, 60)])
def test_it_reads_a_date_by_the_clock_of_its_server(date: str | None, seconds: float) -> None:
    """A server whose clock is a day ahead asks for half a minute and gets it; without its Date ours has to do, up to the cap."""
    headers = {"Retry-After": "Tue, 24 Nov 2026 10:00:30 GMT"} | ({"Date": date} if date else {})

    assert status.of_response(429, headers=headers, body=b"", where="WHERE", now=NOW).retry_after_seconds == seconds

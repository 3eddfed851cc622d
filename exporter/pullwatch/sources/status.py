"""Statuses: how an API server, or whatever stands in front of it, says no, and which error that is."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping

import msgspec

from pullwatch.pulls import observed
from pullwatch.sources import errors, wire

LONGEST_WAIT_SECONDS = 60.0
"""Most that a server may ask us to wait; one that asks for hours is broken, and we would be blind."""

_LONGEST_MESSAGE = 400

_RIGHTS = "grant its account get, list and watch of events, pods and nodes (ClusterRole and ClusterRoleBinding)"

_REVIEWER_RIGHTS = "grant its account to create tokenreviews, as deploy/agent.yaml does"

_ERRORS: dict[int, tuple[type[errors.ApiError], str]] = {
    401: (errors.Unauthorized, "the credentials are wrong or have expired: renew the kubeconfig's login or the service account's token"),
    403: (errors.Forbidden, _RIGHTS),
    404: (errors.NotFound, "check that this address is an API server"),
    410: (errors.Gone, "the list is read anew"),
    429: (errors.Throttled, "the server asks for fewer requests; it is asked again later"),
}


class Details(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`details` of a Status."""

    retry_after_seconds: float | None = None


class Status(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """A Status object."""

    message: str | None = None
    reason: str | None = None
    code: int | None = None
    details: Details | None = None


_DECODER = msgspec.json.Decoder(Status)


def of_status(status: Status, *, where: str) -> errors.ApiError:
    """Return the error that a Status in an ERROR frame means."""
    wait = status.details.retry_after_seconds if status.details else None
    return _error(status.code or 500, where=where, said=status.message or status.reason or "no message", wait_seconds=wait)


def of_response(code: int, *, headers: Mapping[str, str], body: bytes, where: str, now: float) -> errors.ApiError:
    """Return the error that a response other than 200 means; `now` is the time since the epoch."""
    # A date is meant by the server's clock, which may differ from ours.
    wait_seconds = retry_after_seconds(headers.get("Retry-After"), now=_date(headers.get("Date")) or now)
    return _error(code, where=where, said=_said(body) or _kind_of(headers), wait_seconds=wait_seconds)


def retry_after_seconds(header: str | None, *, now: float, longest: float = LONGEST_WAIT_SECONDS) -> float | None:
    """Read both forms of Retry-After, seconds and an HTTP date; None where there is none or it is neither."""
    if not header or len(header) > 40:
        return None
    if header.strip().isdecimal():
        return _bounded(float(header), longest)
    date = _date(header)
    return None if date is None else _bounded(date - now, longest)


def _date(header: str | None) -> float | None:
    if not header or len(header) > 40:
        return None
    try:
        return email.utils.parsedate_to_datetime(header).timestamp()
    except (ValueError, OverflowError):
        return None


def _bounded(seconds: float | None, longest: float = LONGEST_WAIT_SECONDS) -> float | None:
    # A NaN fails both comparisons of min and max in an order of its own, so it is none.
    return None if seconds is None or seconds != seconds else min(max(seconds, 0.0), longest)  # noqa: PLR0124


def _error(code: int, *, where: str, said: str, wait_seconds: float | None) -> errors.ApiError:
    error, advice = _ERRORS.get(code, (errors.ServerTrouble, "see the API server, or the proxy before it"))
    if code == 403 and where.endswith("/tokenreviews"):
        advice = _REVIEWER_RIGHTS
    said = observed.clean(said[:_LONGEST_MESSAGE]).strip().rstrip(".")
    return error(f"{where} answered {code}: {said}; {advice}", retry_after_seconds=_bounded(wait_seconds))


def _said(body: bytes) -> str | None:
    try:
        status = _DECODER.decode(body)
    except wire.MALFORMED:
        return None
    return status.message or status.reason


def _kind_of(headers: Mapping[str, str]) -> str:
    return f"{headers.get('Content-Type', 'no content type')[:100]} instead of a Kubernetes Status"

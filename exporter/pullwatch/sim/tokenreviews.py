"""TokenReviews: tokens that tests issue, and what the API server says of one that somebody shows.

A review is answered as a real server does: 201, with `authenticated` only where the token is known, holds still and is meant
for one of the audiences that are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from pullwatch.sim import statuses
from pullwatch.sim.resources import Object

PATH = "/apis/authentication.k8s.io/v1/tokenreviews"
RESOURCE, VERB = "tokenreviews", "create"
BODY_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token of a service account."""

    user: str = "system:serviceaccount:pullwatch-agent:pullwatch-agent"
    audiences: tuple[str, ...] = ("pullwatch",)
    node: str | None = None
    """Node of the pod that it is bound to; older servers do not tell it."""
    expired: bool = False


class _Spec(msgspec.Struct):
    token: str = ""
    audiences: tuple[str, ...] = ()


class _Review(msgspec.Struct):
    spec: _Spec = msgspec.field(default_factory=_Spec)


def review(body: bytes, issued: dict[str, Issued]) -> bytes:
    """Returns the answer to a review; raises a Status for what cannot be read."""
    try:
        spec = msgspec.json.decode(body, type=_Review).spec
    except msgspec.DecodeError as error:
        raise statuses.bad_request(f"the object provided is unrecognized: {error}") from error
    answer = {"kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "metadata": {}}
    return msgspec.json.encode(answer | {"spec": {"token": spec.token, "audiences": spec.audiences}, "status": _status(spec, issued)})


def _status(spec: _Spec, issued: dict[str, Issued]) -> Object:
    token = issued.get(spec.token)
    if token is None:
        return {"user": {}, "error": "[invalid bearer token, Token has been invalidated]"}
    if token.expired:
        return {"user": {}, "error": "[invalid bearer token, service account token has expired]"}
    audiences = [audience for audience in spec.audiences if audience in token.audiences]
    if not audiences:
        return {
            "user": {},
            "error": f"[invalid bearer token, token audiences {list(token.audiences)!r} is invalid for the target audiences]",
        }
    extra = {} if token.node is None else {"extra": {"authentication.kubernetes.io/node-name": [token.node]}}
    return {"authenticated": True, "user": {"username": token.user, "groups": ["system:serviceaccounts"], **extra}, "audiences": audiences}

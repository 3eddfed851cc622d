"""The words of a 1.36 kubelet and of containerd 2.1, letter by letter, for the made cluster.

Durations are written as Go writes them, cut to milliseconds as the kubelet cuts them.
"""

from __future__ import annotations

import json


def go_duration(seconds: float) -> str:
    """Writes a duration as Go does: `0s`, `850ms`, `4.5s`, `1m25.618s`, `1h0m0s`."""
    milliseconds = int(seconds * 1000 + 1e-6)
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    prefix = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{prefix}{_decimal(rest)}s"


def quoted(text: str) -> str:
    """Quotes as Go's %q does, for the plain text of image references."""
    return json.dumps(text)


def pulling(image: str) -> str:
    """Says that a pull was asked for."""
    return f"Pulling image {quoted(image)}"


def pulled(image: str, *, pull_seconds: float, total_seconds: float, size_bytes: int) -> str:
    """Says that a pull has ended well."""
    times = f"{go_duration(pull_seconds)} ({go_duration(total_seconds)} including waiting)"
    return f"Successfully pulled image {quoted(image)} in {times}. Image size: {size_bytes} bytes."


def present(image: str) -> str:
    """Says that there was nothing to pull."""
    return f"Container image {quoted(image)} already present on machine and can be accessed by the pod"


def failed(image: str, error: str) -> str:
    """Says that an attempt failed, and why."""
    return f"Failed to pull image {quoted(image)}: {error}"


def backing_off(image: str) -> str:
    """Says that the kubelet waits before it tries again."""
    return f"Back-off pulling image {quoted(image)}"


def not_found(canonical: str) -> str:
    """Is containerd's error for a tag that does not exist."""
    return (
        f"rpc error: code = NotFound desc = failed to pull and unpack image {quoted(canonical)}: "
        f"failed to resolve image: {canonical}: not found"
    )


def rate_limited(canonical: str, *, repository: str, digest: str) -> str:
    """Is containerd's error when Docker Hub has served enough; its code is Unknown, so there is no gRPC prefix."""
    return (
        f"failed to pull and unpack image {quoted(canonical)}: failed to copy: httpReadSeeker: failed open: "
        f"unexpected status from GET request to https://registry-1.docker.io/v2/{repository}/manifests/{digest}: 429 Too Many Requests\n"
        "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"
    )


def _decimal(milliseconds: int) -> str:
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)

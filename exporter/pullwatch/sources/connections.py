"""Why a request over HTTP got no answer, in the words of the system: for the one line that a person reads."""

from __future__ import annotations

import os

import aiohttp

from pullwatch.pulls import observed


def why(error: Exception) -> str:
    """Return what is wrong without the addresses, which the line names anyway."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        # Names that do not resolve have numbers of their own, below 0.
        return os.strerror(error.os_error.errno) if error.os_error.errno > 0 else str(error.os_error.strerror)
    return observed.clean(" ".join(str(error).split())[:200]) or type(error).__name__

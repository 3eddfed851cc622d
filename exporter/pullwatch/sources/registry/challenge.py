"""What a registry answers to a request without credentials: how it wants to be asked.

The header is that of RFC 7235, its use by registries that of the distribution project's token specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_HEADER = 4096

_PARAMETER = re.compile(r'([A-Za-z_-]{1,32})[ \t]{0,4}=[ \t]{0,4}(?:"([^"\\]{0,2048})"|([^\s",]{1,2048}))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """How to ask again; `realm` and `service` are the registry's own texts."""

    bearer: bool
    realm: str = ""
    service: str = ""


def challenge(headers: Iterable[str]) -> Challenge | None:
    """Return the challenge to answer, a token's before a password's; None where there is none that we know."""
    found: Challenge | None = None
    for header in headers:
        scheme, _, rest = header[:MAX_HEADER].strip().partition(" ")
        if scheme.lower() == "bearer":
            parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
            return Challenge(bearer=True, realm=parameters.get("realm", ""), service=parameters.get("service", ""))
        if scheme.lower() == "basic":
            found = Challenge(bearer=False)
    return found

"""Tokens by which a registry lets one repository be read.

The scope is always ours, pulling that one repository, whatever a registry asks us to ask for. A token goes to the
registry that sent for it and to no other host.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import observed
from pullwatch.sources.registry.refused import Refusal, RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable

    import yarl

    from pullwatch.sources.registry.connection import Answer

CAPACITY = 1_000
"""Repositories whose token is kept; the one asked for longest ago goes first."""

MAX_BYTES = 64 * 1024
SHORTEST_SECONDS, LONGEST_SECONDS = 60.0, 3600.0
"""A token lives for a minute where its giver does not say, and is kept for an hour at most."""

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}\Z")


class _Given(msgspec.Struct):
    token: str | None = None
    access_token: str | None = None
    expires_in: float | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    authorization: str
    until: float


class Tokens:
    """Tokens by registry and repository."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def of(self, registry: str, repository: str) -> str | None:
        """Return the `Authorization` for a repository, None where there is none that is still good."""
        kept = self._kept.get((registry, repository))
        if kept is None or kept.until <= self._monotonic():
            return None
        self._kept.move_to_end((registry, repository))
        return kept.authorization

    def keep(self, registry: str, repository: str, answer: Answer) -> str:
        """Keep the token in an answer, and return the `Authorization` that it is. Raises RegistryError."""
        try:
            given = msgspec.json.decode(answer.body, type=_Given)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RegistryError(Refusal.BAD_TOKEN, f"{registry}: what was to be a token is none") from error
        token = given.token or given.access_token or ""
        if not _TOKEN.match(token):
            raise RegistryError(Refusal.BAD_TOKEN, f"{registry}: a token of characters that none has, or of none")
        lives = given.expires_in if given.expires_in is not None and given.expires_in > 0 else SHORTEST_SECONDS
        until = self._monotonic() + 0.9 * min(lives, LONGEST_SECONDS)
        self._kept[registry, repository] = _Kept(f"Bearer {token}", until)
        self._kept.move_to_end((registry, repository))
        if len(self._kept) > CAPACITY:
            self._kept.popitem(last=False)
        return f"Bearer {token}"

    def forget(self, registry: str, repository: str) -> None:
        """Take that a token is not good any more."""
        self._kept.pop((registry, repository), None)


def question(realm: yarl.URL, *, repository: str, service: str) -> yarl.URL:
    """Return where to ask for a token to read one repository."""
    asked = {"scope": f"repository:{repository}:pull"}
    if service:
        asked["service"] = observed.clean(service)[:255]
    return realm.update_query(asked)

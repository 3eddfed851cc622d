"""Delivers an agent's reports to `pullwatch serve`: one POST of JSON, its answer, and each way it fails as one typed error.

The token goes to the server that was named and nowhere else: no redirect is followed, no proxy of the environment used.
"""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, TypeVar

import aiohttp
import msgspec

from pullwatch.pulls import observed

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

TIMEOUT_SECONDS = 10.0

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""A thousand wanted digests are 75 KB."""

_Answer = TypeVar("_Answer")


class DeliveryError(Exception):
    """A report did not arrive; str() is a line for people, `label` the outcome in metrics."""

    def __init__(self, message: str, *, label: str) -> None:
        super().__init__(message)
        self.label = label


class Delivery:
    """Posts to one server. Token and CA are read again as they change: kubelets and operators replace them while we run."""

    def __init__(self, server: str, *, token: Path | None = None, ca: Path | None = None) -> None:
        self.server = server.rstrip("/")
        self._token = token
        self._ca = ca
        self._trust: tuple[int, ssl.SSLContext] | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS), cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    def check(self) -> None:
        """Raise DeliveryError where token or CA cannot be read."""
        self._headers()
        self._trusted()

    async def post(self, path: str, content: bytes, answer: type[_Answer]) -> _Answer:
        """Post JSON and return what is answered. Raises DeliveryError."""
        if self._session is None:
            raise RuntimeError("a delivery is open inside `async with`")
        url = f"{self.server}{path}"
        try:
            sending = self._session.post(url, data=content, headers=self._headers(), ssl=self._trusted(), allow_redirects=False)
            async with sending as response:
                if response.status not in {200, 202, 204}:
                    raise DeliveryError(
                        f"{url}: {response.status} {_MEANINGS.get(response.status, '')}".rstrip(), label=_label(response.status)
                    )
                body = await _body(response)
        except aiohttp.ClientError as error:
            raise DeliveryError(f"{url}: {_why(error)}", label="unreachable") from error
        except TimeoutError as error:
            raise DeliveryError(f"{url}: no answer within {TIMEOUT_SECONDS:.0f} s", label="timeout") from error
        try:
            return msgspec.json.decode(body or b"{}", type=answer)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise DeliveryError(f"{url}: the answer is not that of pullwatch serve", label="decode") from error

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._token is None:
            return headers
        try:
            token = self._token.read_text(encoding="ascii").strip()
        except OSError as error:
            raise DeliveryError(f"{self._token}: {error.strerror}: --server-token names a file with a token", label="token") from error
        except ValueError as error:
            raise DeliveryError(f"{self._token}: no token", label="token") from error
        if not token or not token.isprintable():
            raise DeliveryError(f"{self._token}: no token", label="token")
        return headers | {"Authorization": f"Bearer {token}"}

    def _trusted(self) -> ssl.SSLContext | bool:
        if self._ca is None:
            return True
        try:
            changed_at = self._ca.stat().st_mtime_ns
            if self._trust is None or self._trust[0] != changed_at:
                self._trust = (changed_at, ssl.create_default_context(cafile=str(self._ca)))
        except (OSError, ssl.SSLError) as error:
            why = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
            raise DeliveryError(f"{self._ca}: {why}: --server-ca names a file with certificates in PEM form", label="ca") from error
        return self._trust[1]


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return the answer, of which more than enough is refused."""
    content = bytearray()
    async for part in response.content.iter_any():
        content += part
        if len(content) > MAX_ANSWER_BYTES:
            raise DeliveryError(f"{response.url}: the answer is not that of pullwatch serve", label="decode")
    return bytes(content)


_NOT_TAKEN = "no reports are taken there: is it pullwatch serve, with --agents?"

_MEANINGS = {
    401: "the token is not accepted: --server-token names the projected one of the agent's service account",
    403: "the token is not that of the agents' account, or of another node than --node says",
    404: _NOT_TAKEN,
    405: _NOT_TAKEN,
    413: "the report is too large",
    429: "too many reports",
    503: "the server is busy, or cannot have tokens checked: its log says why",
}


def _label(status: int) -> str:
    if status >= 500:
        return "server"
    return str(status) if status in _MEANINGS and status != 405 else "refused"


def _why(error: aiohttp.ClientError) -> str:
    """Return what is wrong without the address, which the line names anyway."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"no trusted TLS connection ({observed.clean(str(error.certificate_error))[:200]}); see --server-ca"
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        # Names that do not resolve have numbers of their own, below 0.
        number = error.os_error.errno
        return f"no connection ({os.strerror(number) if number > 0 else observed.clean(str(error.os_error.strerror))[:200]})"
    return observed.clean(str(error))[:200] or type(error).__name__

"""The registry process as the exporter asks it: which layers has this image, on this platform.

What it answers is held to its form like any other text: it has read what strangers wrote.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

import aiohttp
import msgspec
import yarl

import pullwatch
from pullwatch.pulls import image as images
from pullwatch.pulls import manifest, observed
from pullwatch.pulls.registered import LayersAnswer, NoLayers
from pullwatch.sources import errors, status

if TYPE_CHECKING:
    from pullwatch.pulls.manifest import Platform

TIMEOUT_SECONDS = 60.0
"""An image may need five requests of 10 s each."""

MOST_BYTES = 4 * 1024 * 1024
"""Of one answer: a thousand layers with a line each have some 400 KB, and 1.5 MB where all of it is in a script of four bytes."""

LONGEST_WAIT_SECONDS = 3600.0

EXAMPLE = "expected the address of a pullwatch registry, such as http://pullwatch-registry:9438"


class ServiceError(errors.SourceError):
    """The process cannot be asked, or what answers is none."""


class NotTold(errors.SourceError):
    """It tells no layers of this image."""

    def __init__(self, reason: str, message: str, *, passing: bool, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.passing = passing
        """Whether another time may bring them."""
        self.retry_after_seconds = retry_after_seconds


class LayerService:
    """Asks one registry process; use as an async context manager. `authorization` gives the header that it wants."""

    def __init__(
        self,
        url: str,
        *,
        authorization: Callable[[], str] | None = None,
        now: Callable[[], float] = time.time,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Take its address; raises ServiceError where it is none."""
        try:
            self._url = yarl.URL(url)
        except ValueError as error:
            raise ServiceError(f"--layers-from is no URL: {EXAMPLE}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host or self._url.user or self._url.password:
            raise ServiceError(f"--layers-from is no http or https URL without a user: {EXAMPLE}")
        self._authorization = authorization
        self._now = now
        self._timeout_seconds = timeout_seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": f"pullwatch/{pullwatch.__version__}"}, trust_env=False
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def layers(self, reference: str, platform: Platform) -> LayersAnswer:
        """Return the layers of an image. Raises NotTold, and ServiceError where the process cannot be asked."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                code, headers, body = await self._get(reference, platform)
        except TimeoutError as error:
            raise ServiceError(f"{self._shown}: no answer in {self._timeout_seconds:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            text = observed.clean(" ".join(str(error).split())[:200]) or type(error).__name__
            raise ServiceError(f"{self._shown}: no answer ({text}); {EXAMPLE}") from error
        if code == 200:
            return self._answer(reference, body)
        raise self._refusal(code, headers, body)

    async def _get(self, reference: str, platform: Platform) -> tuple[int, dict[str, str], bytes]:
        if self._session is None:
            raise RuntimeError("the service has not been entered")
        headers = {"Authorization": self._authorization()} if self._authorization is not None else {}
        parameters = {"image": reference, "platform": str(platform)}
        url = self._url / "v1" / "layers"
        async with self._session.get(url, params=parameters, headers=headers, allow_redirects=False) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(64 * 1024):
                body += chunk
                if len(body) > MOST_BYTES:
                    # One image is too much, which says nothing of others.
                    raise NotTold("too_large", f"{self._shown}: an answer of more than {MOST_BYTES} bytes", passing=False)
            return response.status, {name.lower(): value for name, value in response.headers.items()}, bytes(body)

    def _answer(self, reference: str, body: bytes) -> LayersAnswer:
        try:
            answer = _answers.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ServiceError(f"{self._shown}: the answer is not that of a pullwatch registry: {EXAMPLE}") from error
        if answer.schema != 1:
            raise ServiceError(f"{self._shown}: answers of schema {answer.schema}, and this version of pullwatch reads 1")
        asked = images.parse(reference)
        named = answer.index_digest or answer.table.digest
        if answer.image != asked.label or asked.digest not in (None, named) or not _plausible(answer):
            raise NotTold("implausible", f"{self._shown}: an answer about another image, or of no plausible layers", passing=True)
        return answer

    def _refusal(self, code: int, headers: dict[str, str], body: bytes) -> errors.SourceError:
        try:
            refusal = _refusals.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return ServiceError(f"{self._shown}: answered {code}: {EXAMPLE}")
        reason, message = observed.clean(refusal.reason)[:40], observed.clean(refusal.message)[:400]
        if code == 401:
            return ServiceError(f"{self._shown}: {message}: see --layers-token")
        wait = status.retry_after_seconds(headers.get("retry-after"), now=self._now(), longest=LONGEST_WAIT_SECONDS)
        return NotTold(reason, message, passing=code == 503, retry_after_seconds=wait)

    @property
    def _shown(self) -> str:
        return observed.clean(str(self._url))[:255]


_answers = msgspec.json.Decoder(LayersAnswer)
_refusals = msgspec.json.Decoder(NoLayers)


def _plausible(answer: LayersAnswer) -> bool:
    """Tell whether digests and sizes are such as a manifest that was looked at has."""
    table = answer.table
    texts = [table.media_type, table.platform or ""]
    for layer in table.layers:
        texts += layer.media_type, layer.instruction or ""
    names = [table.digest, table.config_digest, *(layer.digest for layer in table.layers)]
    if answer.index_digest is not None:
        names.append(answer.index_digest)
    texts = [table.media_type, table.platform or ""]
    texts += [text for layer in table.layers for text in (layer.instruction or "", layer.media_type)]
    return (
        len(table.layers) <= manifest.MAX_LAYERS
        and all(images.is_digest(name) for name in names)
        and all(0 <= layer.size_bytes <= manifest.MAX_LAYER_BYTES for layer in table.layers)
        # A line's end in one of them would begin another text where they are kept.
        and all(observed.clean(text) == text for text in texts)
    )

"""A registry on loopback that holds what a test puts into it, and goes wrong where the test says so."""

from __future__ import annotations

import base64
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.pulls.made_manifests import Document, Image

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN = "token-of-the-fake"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    authorization: str | None
    query: dict[str, str]


@dataclass
class FakeRegistry:
    """What it holds, what it was asked, and how it answers."""

    host: str = ""
    tls: bool = False
    documents: dict[str, Document] = field(default_factory=dict)
    """By digest or tag."""
    asked: list[Asked] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    """Passwords by name; without one everybody may read."""
    bearer: bool = False
    realm: str = ""
    """Where tokens are; its own by default."""
    knows_head: bool = True
    instead: dict[str, Handler] = field(default_factory=dict)
    """Answers by the end of a path, before anything else."""

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def put(self, image: Image, *tags: str) -> Image:
        """Hold an image under tags."""
        for one in (image.manifest, image.config):
            self.documents[one.digest] = one
        self.name(image.manifest, *tags)
        return image

    def name(self, document: Document, *tags: str) -> Document:
        """Hold a document under tags."""
        self.documents[document.digest] = document
        for tag in tags:
            self.documents[tag] = document
        return document

    def counts(self) -> Counter[str]:
        """Return how often each thing was asked for: method and the last part of the path, digests as they are."""
        return Counter(f"{asked.method} {asked.path.rsplit('/', 1)[1]}" for asked in self.asked)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        authorization = request.headers.get("Authorization")
        self.asked.append(Asked(request.method, request.path, authorization, dict(request.query)))
        for end, handler in self.instead.items():
            if request.path.endswith(end):
                return await handler(request)
        if request.path == "/token":
            return self._token(authorization)
        if not self._may_read(authorization):
            return web.Response(status=401, headers={"WWW-Authenticate": self._challenge()})
        return self._document(request)

    def _document(self, request: web.Request) -> web.Response:
        kind, name = request.path.split("/")[-2:]
        found = self.documents.get(name)
        if found is None or (request.method == "HEAD" and not self.knows_head):
            return web.json_response({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, status=404 if found is None else 405)
        media_type = found.media_type if kind == "manifests" else "application/octet-stream"
        return web.Response(body=found.content, headers={"Content-Type": media_type, "Docker-Content-Digest": found.digest})

    def _token(self, authorization: str | None) -> web.Response:
        if self.users and authorization not in self._basics():
            return web.json_response({"errors": []}, status=401)
        return web.json_response({"token": TOKEN, "expires_in": 300})

    def _may_read(self, authorization: str | None) -> bool:
        if self.bearer:
            return authorization == f"Bearer {TOKEN}"
        return not self.users or authorization in self._basics()

    def _basics(self) -> list[str]:
        return [basic(user, password) for user, password in self.users.items()]

    def _challenge(self) -> str:
        if self.bearer:
            return f'Bearer realm="{self.realm or self.url + "/token"}",service="fake",scope="repository:*:*"'
        return 'Basic realm="fake"'


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@contextlib.asynccontextmanager
async def serving(*, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> AsyncIterator[FakeRegistry]:
    """Serve an empty registry."""
    fake = FakeRegistry(tls=tls is not None)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, 0, ssl_context=tls).start()
        fake.host = f"{address}:{runner.addresses[0][1]}"
        yield fake
    finally:
        await runner.cleanup()

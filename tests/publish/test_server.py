"""What the exporter answers over HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

import aiohttp
import aiohttp.test_utils
import pytest
import pytest_asyncio
from aiohttp import web
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from pullwatch.publish import chosen, exposition, listening, overview, page, self_metrics, server
from pullwatch.publish.family_text import FamilyText
from pullwatch.publish.state import State
from pullwatch.pulls.image import Image
from tests.publish.given import NOW, THRESHOLDS, Exporter, pulled, running

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

STATE = State(running=[running('<script>alert("1")</script>', age=900)])


class View:
    """A cluster with one stuck pull of a hostile name."""

    def __init__(self) -> None:
        self.exporter = Exporter()
        self.own = self_metrics.SelfMetrics(version="1.2.3", room=self.exporter.metrics)
        self.ready: tuple[bool, Sequence[str]] = (True, ["events: read", "pods: read"])
        self.broken: Exception | None = None
        self.shown = STATE

    @property
    def registry(self) -> CollectorRegistry:
        if self.broken:
            raise self.broken
        return self.own.registry

    @property
    def texts(self) -> Sequence[FamilyText]:
        return self.exporter.metrics.texts

    def refresh(self) -> Iterator[None]:
        return self.exporter.metrics.refresh(STATE, now=NOW)

    def pulls_document(self) -> Iterator[str]:
        yield '{"schema":1,'
        if self.broken:
            raise self.broken
        yield '"pulls":[]}\n'

    def images_document(self, image: Image | None = None, *, node: str | None = None) -> Iterator[str]:
        yield '{"schema":1,"generated_at":"2026-01-01T00:00:00Z","images":['
        # An empty piece lets others have their turn.
        yield ""
        yield json.dumps({"image": image and image.canonical, "node": node})
        yield "]}\n"

    def running_document(self) -> Iterator[str]:
        yield '{"schema":1,"pulls":[],"unmatched":[]}\n'

    def readiness(self) -> tuple[bool, Sequence[str]]:
        return self.ready

    def summary(self, wanted: chosen.Chosen = chosen.ALL) -> page.PageModel:
        if self.broken:
            raise self.broken
        return overview.overview(self.shown, recent=[pulled()], thresholds=THRESHOLDS, now=NOW, wanted=wanted)


@pytest.fixture
def view() -> View:
    """Gives what the server shows."""
    return View()


@pytest_asyncio.fixture
async def client(view: View) -> AsyncIterator[aiohttp.ClientSession]:
    """Gives a client of a server that listens on a free port."""
    running_server = listening.Server(server.make_app(view), host="127.0.0.1", port=0)
    await running_server.start()
    async with aiohttp.ClientSession(running_server.url, auto_decompress=False) as session:
        yield session
    await running_server.close()


Client = aiohttp.ClientSession


async def test_shows_metrics_as_text(client: Client) -> None:
    """Who asks for nothing in particular gets the text format, uncompressed."""
    async with client.get("/metrics", headers={"Accept-Encoding": "identity"}) as response:
        text = await response.text()

    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'pullwatch_pull_running_ahead{container="web",image="_invalid",' in text
    assert 'pullwatch_build_info{version="1.2.3"} 1.0\n' in text


async def test_shows_metrics_as_openmetrics_compressed(client: Client) -> None:
    """Prometheus gets what it asks for, and it parses."""
    wanted = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "Accept-Encoding": "gzip"}
    async with client.get("/metrics", headers=wanted) as response:
        text = gzip.decompress(await response.read()).decode()

    assert response.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept, Accept-Encoding"
    parsed = parse_openmetrics(text)  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated
    assert "pullwatch_pull_running_ahead" in {family.name for family in parsed}


async def test_shows_the_part_that_an_alert_links_to(client: Client) -> None:
    """The parameters of the address choose what the page tells."""
    async with client.get("/", params={"cluster": "", "image": "docker.io/library/other:1", "namespace": ""}) as response:
        text = await response.text()

    assert "Only what concerns image docker.io/library/other:1." in text
    assert "nginx:1.27" not in text


async def test_says_that_it_is_alive(client: Client, view: View) -> None:
    """A cluster that cannot be read must not get the process killed."""
    view.ready = (False, ["events: 403"])

    async with client.get("/-/healthy") as response:
        assert (response.status, await response.text()) == (200, "ok\n")


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
async def test_says_what_it_is_not_ready_for(client: Client, view: View, *, ready: bool, status: int) -> None:
    """One line per resource tells what is missing or wrong."""
    view.ready = (ready, ["events: read", "pods: 403, needs list and watch"])

    async with client.get("/-/ready") as response:
        assert response.status == status
        assert await response.text() == "events: read\npods: 403, needs list and watch\n"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({}, [None, None]),
        ({"image": "nginx"}, ["docker.io/library/nginx:latest", None]),
        ({"image": "reg.example:5000/app:1", "node": "node-a"}, ["reg.example:5000/app:1", "node-a"]),
    ],
)
async def test_sends_images_as_json(client: Client, query: dict[str, str], asked: list[str | None]) -> None:
    """Of all, or of the one that is named in any spelling; pieces without content do not end it."""
    async with client.get("/api/v1/images", params=query, headers={"Accept-Encoding": "identity"}) as response:
        assert response.headers["Content-Type"] == "application/json"
        assert json.loads(await response.read())["images"] == [dict(zip(("image", "node"), asked, strict=True))]


@pytest.mark.parametrize("reference", ["", "a b", "user:password@reg.example/app", "x" * 2_000, "<script>", "app:tag:tag"])
async def test_an_invalid_reference_is_answered_in_a_line(client: Client, reference: str) -> None:
    """Which says what was expected, and does not repeat what may be hostile."""
    async with client.get("/api/v1/images", params={"image": reference}) as response:
        text = await response.text()

    assert response.status == 400
    assert text.count("\n") == 1
    assert not reference or reference not in text


async def test_sends_running_pulls_as_json(client: Client) -> None:
    """Compressed where that is accepted."""
    async with client.get("/api/v1/running", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert json.loads(gzip.decompress(await response.read())) == {"schema": 1, "pulls": [], "unmatched": []}


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_sends_the_pulls_as_json(client: Client, encoding: str) -> None:
    """The document arrives whole, compressed where that is accepted."""
    async with client.get("/api/v1/pulls", headers={"Accept-Encoding": encoding}) as response:
        body = await response.read()

    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(gzip.decompress(body) if encoding == "gzip" else body) == {"schema": 1, "pulls": []}


async def test_cuts_a_document_that_breaks(client: Client, view: View, caplog: pytest.LogCaptureFixture) -> None:
    """Half a document must not look like a whole one."""
    view.broken = ValueError("secret")

    with pytest.raises(aiohttp.ClientError):
        async with client.get("/api/v1/pulls", headers={"Accept-Encoding": "identity"}) as response:
            await response.read()

    assert "cannot go on with /api/v1/pulls" in caplog.text


async def test_shows_the_page_with_its_texts_escaped(client: Client) -> None:
    """The name of an image is text, never markup."""
    async with client.get("/") as response:
        html = gzip.decompress(await response.read()).decode() if "Content-Encoding" in response.headers else await response.text()

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;script&gt;alert(" in html
    assert "<script" not in html


@pytest.mark.parametrize("path", ["/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/pulls", "/nothing"])
async def test_lets_a_browser_load_nothing(client: Client, path: str) -> None:
    """Every answer forbids scripts, frames and guesses about its type, and does not tell what serves it."""
    async with client.get(path) as response:
        headers = response.headers

    assert headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Server"] == "pullwatch"


async def test_answers_an_unknown_path_in_one_line(client: Client) -> None:
    """The line says where there is something."""
    async with client.get("/%3Cscript%3E") as response:
        text = await response.text()

    assert response.status == 404
    assert text == "nothing here: see / for the page, /metrics and /api/v1/pulls\n"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/metrics", "/nothing"])
async def test_only_reads(client: Client, method: str, path: str) -> None:
    """Nothing can be changed over HTTP."""
    async with client.request(method, path) as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/metrics", "/-/ready", "/api/v1/pulls"])
async def test_answers_head_without_a_body(client: Client, path: str) -> None:
    """HEAD works wherever GET does."""
    async with client.head(path) as response:
        assert (response.status, await response.read()) == (200, b"")


async def test_a_client_that_left_before_the_answer_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """Prometheus gives up a scrape, or ends: no log, no traceback, and the next one is answered."""
    left = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        if not left.is_set():
            assert request.transport is not None
            request.transport.abort()
            left.set()
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write_eof()
        return response

    app = listening.application(nothing_here="")
    app.router.add_get("/", late)
    async with aiohttp.test_utils.TestClient(aiohttp.test_utils.TestServer(app)) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.get("/")
        assert (await client.get("/")).status == 200

    assert not caplog.records


async def test_answers_its_own_failure_in_one_line(client: Client, view: View, caplog: pytest.LogCaptureFixture) -> None:
    """The reader learns nothing of the inside; the log has it."""
    view.broken = ValueError("secret")

    async with client.get("/") as response:
        text = await response.text()

    assert (response.status, text) == (500, "internal error, see the log\n")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.ERROR, "cannot answer /")]


@pytest.mark.parametrize("path", ["/", "/metrics"])
async def test_answers_what_must_not_be_shown_with_the_reason(
    path: str, client: Client, view: View, caplog: pytest.LogCaptureFixture
) -> None:
    """503 and one line, no part of what there is; whoever finds it again later scrapes as before."""
    view.broken = exposition.NotShown("checkpoint /data/checkpoint: the disk is full")
    async with client.get(path) as response:
        refused = (response.status, await response.text())
    view.broken = None
    async with client.get(path) as response:
        assert response.status == 200

    assert refused == (503, "checkpoint /data/checkpoint: the disk is full\n")
    assert not caplog.records


async def test_serves_several_scrapes_at_once(client: Client) -> None:
    """Scrapes of two Prometheus servers do not disturb each other."""

    async def scrape() -> str:
        async with client.get("/metrics", headers={"Accept-Encoding": "identity"}) as response:
            text = await response.text()
        return text.partition("# HELP pullwatch_watch_")[0]

    assert len(set(await asyncio.gather(*(scrape() for _ in range(4))))) == 1

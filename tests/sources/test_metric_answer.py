"""Asking an address for metrics: every way in which an answer can be wrong is one reason."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import zlib

import pytest

from pullwatch.sources import metric_answer, metric_text
from pullwatch.sources.metric_text import MetricsError, Reason
from tests.sources import rawserver

TEXT = b"".join(b'other_total{number="%d"} 1\n' % number for number in range(20_000)) + b"pulls_total 7\n"
PLAIN = "Content-Type: text/plain; version=0.0.4; charset=utf-8"
GZIP = "Content-Encoding: gzip"


async def read(answer: rawserver.Answer, *, seconds: float = 5.0) -> metric_answer.Answer:
    async with rawserver.serving(answer) as server, metric_answer.client() as session:
        return await metric_answer.read(session, f"{server.url}/metrics", names=["pulls_total"], seconds=seconds)


async def why(answer: rawserver.Answer, *, seconds: float = 5.0) -> Reason:
    with pytest.raises(MetricsError) as refused:
        await read(answer, seconds=seconds)
    assert "\n" not in str(refused.value)
    return refused.value.reason


def raw(*pieces: bytes, every_seconds: float = 0.0, ends: bool = True) -> rawserver.Answer:
    """Answer with exactly these pieces, and close the connection or go silent."""

    async def answer(_: rawserver.Asked, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_seconds)
        if not ends:
            await asyncio.Event().wait()
        writer.close()

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


async def test_reads_what_is_plain_and_what_is_compressed() -> None:
    """Both say the same; of the compressed one fewer bytes came."""
    plain = await read(rawserver.whole("200 OK", TEXT, PLAIN))
    packed = await read(rawserver.whole("200 OK", gzip.compress(TEXT), PLAIN, GZIP))

    assert [sample.value for sample in plain.samples] == [7.0]
    assert packed.samples == plain.samples
    assert plain.size_bytes == len(TEXT) > 5 * packed.size_bytes


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        ("200 OK", ["Content-Type: text/html"], Reason.NOT_METRICS),
        ("200 OK", [PLAIN, "Content-Encoding: br"], Reason.MALFORMED),
        ("200 OK", [PLAIN, GZIP], Reason.MALFORMED),
        ("302 Found", ["Location: http://127.0.0.1:1/metrics"], Reason.REDIRECT),
        ("307 Temporary Redirect", ["Location: /elsewhere"], Reason.REDIRECT),
        ("401 Unauthorized", [], Reason.UNAUTHORIZED),
        ("403 Forbidden", [], Reason.FORBIDDEN),
        ("500 Internal Server Error", [], Reason.STATUS),
        ("204 No Content", [], Reason.STATUS),
    ],
)
async def test_what_is_no_answer_has_its_reason(status: str, headers: list[str], reason: Reason) -> None:
    """Someone who reads the counter knows where to look."""
    assert await why(rawserver.whole(status, b"<html>no</html>\n" if status != "204 No Content" else b"", *headers)) is reason


async def test_a_page_that_calls_itself_text_is_no_metrics() -> None:
    """Some proxies send their page without its type."""
    assert await why(rawserver.whole("200 OK", b"<html>\n</html>\n", PLAIN)) is Reason.NOT_METRICS


async def test_a_bomb_is_noticed_before_it_has_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """32 MiB of 95 are unpacked, 64 KiB at a time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    line = b"# nothing\n" * 100_000
    bomb = b"".join([*(packer.compress(line) for _ in range(100)), packer.flush()])
    largest = 0
    fed = metric_text.MetricText.feed

    def feed(text: metric_text.MetricText, piece: bytes) -> None:
        nonlocal largest
        largest = max(largest, len(piece))
        fed(text, piece)

    monkeypatch.setattr(metric_text.MetricText, "feed", feed)

    assert len(bomb) < 300_000
    assert await why(rawserver.whole("200 OK", bomb, PLAIN, GZIP)) is Reason.TOO_LARGE
    assert largest <= metric_answer.PIECE_BYTES


async def test_blocks_without_content_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to nothing for ever is capped by what came."""
    monkeypatch.setattr(metric_answer, "MOST_BYTES", 100_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH)

    assert await why(rawserver.whole("200 OK", head + b"\x00\x00\x00\xff\xff" * 30_000, PLAIN, GZIP)) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\ne\r\npulls_total 7\n\r\n"),
        raw(HEAD + b"Content-Length: 1000\r\n\r\npulls_total 7\n"),
        raw(HEAD + b'\r\npulls_total 7\npulls_total{a="b"} 1'),
        rawserver.whole("200 OK", gzip.compress(TEXT)[:-9], PLAIN, GZIP),
        raw(b""),
    ],
    ids=["chunks cut", "shorter than told", "no line end", "gzip cut", "nothing"],
)
async def test_an_answer_that_ends_in_the_middle_is_none(answer: rawserver.Answer) -> None:
    """A part of the counters is not the counters."""
    assert await why(answer) is Reason.TRUNCATED


async def test_something_behind_the_compressed_answer_is_refused() -> None:
    """A second text would be read as if the first went on."""
    assert await why(rawserver.whole("200 OK", gzip.compress(TEXT) * 2, PLAIN, GZIP)) is Reason.MALFORMED


@pytest.mark.parametrize(
    "answer",
    [
        raw(HEAD + b"Content-Length: 1000\r\n\r\n", *[b"#"] * 1000, every_seconds=0.05),
        raw(*[b"H"], ends=False),
        raw(HEAD, *[b"X-%d: 1\r\n" % number for number in range(100)], every_seconds=0.05),
    ],
    ids=["body drips", "head never ends", "head drips"],
)
async def test_a_slow_answer_ends_with_its_time(answer: rawserver.Answer) -> None:
    """A byte now and then keeps nobody waiting."""
    assert await why(answer, seconds=0.2) is Reason.TIMEOUT


async def test_nobody_there_is_unreachable() -> None:
    """A port without a server answers at once."""
    async with rawserver.serving(raw(b"")) as server:
        gone = server.url
    async with metric_answer.client() as session:
        with pytest.raises(MetricsError) as refused:
            await metric_answer.read(session, gone, names=[], seconds=5)

    assert refused.value.reason is Reason.UNREACHABLE


async def test_what_is_not_http_is_malformed() -> None:
    """Another protocol behind the port is no reason to fall."""
    assert await why(raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")) is Reason.MALFORMED


@pytest.mark.parametrize("seed", range(150))
async def test_a_damaged_answer_is_one_error_or_none(seed: int) -> None:
    """Whatever becomes of head and body on their way, nothing but a MetricsError comes out."""
    chance = random.Random(seed)
    body = gzip.compress(b"# a comment\npulls_total 7\n")
    length = b"Content-Length: %d\r\n" % len(body) if seed % 2 else b"Connection: close\r\n"
    answer = bytearray(HEAD + b"Content-Encoding: gzip\r\n" + length + b"\r\n" + body)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(answer))
        answer[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    damaged = raw(bytes(answer))

    async with rawserver.serving(damaged) as server, metric_answer.client() as session:
        with contextlib.suppress(MetricsError):
            found = await metric_answer.read(session, f"{server.url}/metrics", names=["pulls_total"], seconds=5)
            assert [sample.value for sample in found.samples] in ([7.0], [])

"""The registry process as the exporter sees it, whatever answers at its address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pullwatch.pulls import platforms
from pullwatch.sources.layer_service import LayerService, NotTold, ServiceError
from tests.pulls.made_images import LAYER, digest
from tests.sources import rawserver

A, B, C = (digest(name) for name in (b"a", b"b", b"c"))
ROW = {"digest": C, "size_bytes": 7, "media_type": LAYER, "instruction": "RUN x"}
TABLE = {"digest": A, "media_type": "m", "config_digest": B, "layers": [ROW], "platform": "linux/amd64"}
TOLD: dict[str, Any] = {"schema": 1, "image": "ghcr.io/app:1", "index_digest": B, "table": TABLE}


def service(url: str, **more: Any) -> LayerService:
    return LayerService(url, now=lambda: 0.0, timeout_seconds=5.0, **more)


async def test_tells_the_layers_of_an_image() -> None:
    """The question names reference and platform, and bears the token."""
    async with (
        rawserver.serving(rawserver.whole("200 OK", json.dumps(TOLD).encode())) as server,
        service(f"{server.url}/prefix", authorization=lambda: "Bearer secret") as asked,
    ):
        answer = await asked.layers("ghcr.io/app:1", platforms.DEFAULT)

    assert (answer.index_digest, answer.table.size_bytes, answer.table.layers[0].instruction) == (B, 7, "RUN x")
    assert server.asked[0].target == "/prefix/v1/layers?image=ghcr.io/app:1&platform=linux/amd64"
    assert server.asked[0].headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "headers", "passing", "wait"),
    [
        ("404 Not Found", [], False, None),
        ("403 Forbidden", [], False, None),
        ("502 Bad Gateway", [], False, None),
        ("503 Service Unavailable", ["Retry-After: 77"], True, 77.0),
        ("503 Service Unavailable", ["Retry-After: 99999999"], True, 3600.0),
        ("503 Service Unavailable", [], True, None),
    ],
)
async def test_tells_why_there_are_none(status: str, headers: list[str], *, passing: bool, wait: float | None) -> None:
    """And whether another time may bring them."""
    body = json.dumps({"reason": "not\x1b_found", "message": "no\nsuch image"}).encode()
    async with rawserver.serving(rawserver.whole(status, body, *headers)) as server, service(server.url) as asked:
        with pytest.raises(NotTold) as refused:
            await asked.layers("ghcr.io/app:1", platforms.DEFAULT)

    assert (refused.value.reason, str(refused.value)) == ("not\ufffd_found", "no such image")
    assert (refused.value.passing, refused.value.retry_after_seconds) == (passing, wait)


WRONG: dict[str, tuple[str, bytes]] = {
    "HTML": ("200 OK", b"<html>"),
    "HTML that refuses": ("503 Service Unavailable", b"<html>"),
    "no token": ("401 Unauthorized", b'{"reason":"token","message":"no"}'),
    "a redirect": ("302 Found", b""),
    "another schema": ("200 OK", json.dumps(TOLD | {"schema": 2}).encode()),
    "deep JSON": ("200 OK", b"[" * 200_000),
}


IMPLAUSIBLE: dict[str, bytes] = {
    "another image": json.dumps(TOLD | {"image": "ghcr.io/other:1"}).encode(),
    "no digest": json.dumps(TOLD | {"index_digest": "x"}).encode(),
    "a negative size": json.dumps(TOLD | {"table": TABLE | {"layers": [ROW | {"size_bytes": -1}]}}).encode(),
    "a strange line": json.dumps(TOLD | {"table": TABLE | {"layers": [ROW | {"instruction": "\x1b[2J"}]}}).encode(),
    "a strange platform": json.dumps(TOLD | {"table": TABLE | {"platform": "linux\namd64"}}).encode(),
    "a strange type": json.dumps(TOLD | {"table": TABLE | {"media_type": "m\n"}}).encode(),
    "many layers": json.dumps(TOLD | {"table": TABLE | {"layers": [ROW] * 1001}}).encode(),
}


@pytest.mark.parametrize("wrong", IMPLAUSIBLE)
async def test_takes_no_layers_that_cannot_be(wrong: str) -> None:
    """One bad answer is one image without layers, and keeps no other from being asked for."""
    async with rawserver.serving(rawserver.whole("200 OK", IMPLAUSIBLE[wrong])) as server, service(server.url) as asked:
        with pytest.raises(NotTold) as refused:
            await asked.layers("ghcr.io/app:1", platforms.DEFAULT)

    assert (refused.value.reason, refused.value.passing) == ("implausible", True)


async def test_takes_no_layers_of_another_digest() -> None:
    """What was asked for by its digest is that manifest, or an index with it."""
    wrong = json.dumps(TOLD | {"image": f"ghcr.io/app@{C}"}).encode()
    async with rawserver.serving(rawserver.whole("200 OK", wrong)) as server, service(server.url) as asked:
        with pytest.raises(NotTold, match="another image"):
            await asked.layers(f"ghcr.io/app@{C}", platforms.DEFAULT)


async def test_takes_lines_in_any_script() -> None:
    """A space that does not break, and letters newer than this Python, are in real images."""
    line = "RUN \u00a0 \U0001fae9 \ud7fc"
    body = json.dumps(TOLD | {"table": TABLE | {"layers": [ROW | {"instruction": line}]}}).encode()
    async with rawserver.serving(rawserver.whole("200 OK", body)) as server, service(server.url) as asked:
        assert (await asked.layers("ghcr.io/app:1", platforms.DEFAULT)).table.layers[0].instruction == line


@pytest.mark.parametrize("wrong", WRONG)
async def test_believes_nothing_else(wrong: str) -> None:
    """What answers there may be anything."""
    status, body = WRONG[wrong]
    async with rawserver.serving(rawserver.whole(status, body, "Location: http://127.0.0.1:1/")) as server, service(server.url) as asked:
        with pytest.raises(ServiceError) as refused:
            await asked.layers("ghcr.io/app:1", platforms.DEFAULT)

    assert str(refused.value).isprintable()


async def test_nobody_answers() -> None:
    """One line says so."""
    async with service("http://127.0.0.1:1") as asked:
        with pytest.raises(ServiceError, match=r"^http://127\.0\.0\.1:1/?: no answer \(.+\); expected the address of a pullwatch registry"):
            await asked.layers("ghcr.io/app:1", platforms.DEFAULT)


@pytest.mark.parametrize("url", ["", "pullwatch-registry:9438", "ftp://x", "http://user:password@x", "http://[::1"])
def test_refuses_what_is_no_address(url: str) -> None:
    """The text is not repeated, which may hold a password."""
    with pytest.raises(ServiceError, match=r"^--layers-from is no (http or https )?URL[^@]*$"):
        LayerService(url)


async def test_the_answer_is_about_the_digest_that_was_asked_for() -> None:
    """As that of the index, or of the manifest itself."""
    for index, asked_for, told in ((B, B, True), (B, A, False), (None, A, True), (None, B, False)):
        body = json.dumps(TOLD | {"image": f"ghcr.io/app@{asked_for}", "index_digest": index}).encode()
        async with rawserver.serving(rawserver.whole("200 OK", body)) as server, service(server.url) as asked:
            if told:
                assert (await asked.layers(f"ghcr.io/app@{asked_for}", platforms.DEFAULT)).index_digest == index
            else:
                with pytest.raises(NotTold, match="about another image"):
                    await asked.layers(f"ghcr.io/app@{asked_for}", platforms.DEFAULT)


async def test_takes_the_largest_table_there_can_be() -> None:
    """A thousand layers with lines and kinds as long as they may be, in a script of four bytes."""
    layer = {"digest": f"sha512:{'0' * 128}", "size_bytes": 1 << 50, "media_type": "\U0001f680" * 100, "instruction": "\U0001f680" * 200}
    body = json.dumps(TOLD | {"table": TABLE | {"layers": [layer] * 1000}}, ensure_ascii=False).encode()
    assert len(body) > 1 << 20
    async with rawserver.serving(rawserver.whole("200 OK", body)) as server, service(server.url) as asked:
        assert len((await asked.layers("ghcr.io/app:1", platforms.DEFAULT)).table.layers) == 1000


async def test_an_answer_that_is_too_large_is_one_image_without_layers() -> None:
    """It does not make the process seem to be away, which would hold up all other images."""
    async with rawserver.serving(rawserver.whole("200 OK", b" " * 5_000_000)) as server, service(server.url) as asked:
        with pytest.raises(NotTold) as refused:
            await asked.layers("ghcr.io/app:1", platforms.DEFAULT)

    assert (refused.value.reason, refused.value.passing) == ("too_large", False)

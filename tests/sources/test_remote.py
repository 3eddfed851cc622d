"""A pullwatch somewhere: what is read of it, and each way in which it is none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from pullwatch.sources.remote import MOST_BYTES, NotThere, Remote, RemoteError
from tests.madeserver import EMPTY, MadeServer, answering

WEB = "registry.example.com/team/web:1.0"


def asked(address: str, *questions: Callable[[Remote], Awaitable[Any]]) -> list[Any]:
    async def ask() -> list[Any]:
        async with Remote(address) as remote:
            return [await question(remote) for question in questions]

    return asyncio.run(ask())


def read(made: MadeServer, *, prefix: str = "") -> Any:
    with answering(made) as address:
        return asked(f"http://me:secret@{address}{prefix}", lambda remote: remote.images(WEB, node="node-a"))[0]


def test_it_reads_an_image() -> None:
    """The reference goes there as it is, a user in the address is used, and a path before it stays."""
    made = MadeServer(images={WEB: [{"image": WEB, "layers": [{"position": 0, "digest": "d", "size_bytes": 5}], "later": 1}]})

    found = read(made, prefix="/pullwatch")

    assert [(image.image, image.layers[0].size_bytes, image.nodes) for image in found.images] == [(WEB, 5, None)]
    assert made.asked == ["/pullwatch/api/v1/images?image=registry.example.com/team/web:1.0&node=node-a"]
    assert made.authorization == "Basic bWU6c2VjcmV0"


def test_it_reads_names_and_running_pulls() -> None:
    """Names without the rest of each image; pulls with and without what an agent tells."""
    made = MadeServer(
        images={WEB: [{"image": WEB}, {"image": None}]}, running=EMPTY | {"pulls": [{"image": WEB, "ahead": 2}], "extra": [1]}
    )
    with answering(made) as address:
        names, running, raw = asked(f"http://{address}/", Remote.names, Remote.running, Remote.running_json)

    assert names == [WEB]
    assert [(pull.image, pull.ahead, pull.layers) for pull in running.pulls] == [(WEB, 2, None)]
    assert raw["extra"] == [1]


def test_texts_are_cleaned() -> None:
    """Whoever listens at that address may send what a terminal would obey."""
    made = MadeServer(
        images={WEB: [{"image": "a\x1b[31m\u202eb", "platform": "x" * 9999, "others": [{"image": "\x07", "shared_bytes": 1}]}]}
    )

    (image,) = (read(made)).images

    assert image.image == "a\ufffd[31m\ufffdb"
    assert len(image.platform or "") == 4096
    assert image.others[0].image == "\ufffd"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (web.Response(text="<html>"), "the answer is not pullwatch's: expected the address of pullwatch serve, such as http://"),
        (web.Response(text='{"schema":1}'), "the answer is not pullwatch's"),
        (web.Response(text='{"schema":1,"generated_at":"t","images":[{"image":7}]}'), "the answer is not pullwatch's"),
        (web.Response(text="[" * 100_000), "the answer is not pullwatch's"),
        (web.Response(text='{"schema":1,"generated_at":"\\ud800"}'), "the answer is not pullwatch's"),
        (web.Response(body=b"\xff\xfe"), "the answer is not pullwatch's"),
        (web.Response(text='{"schema":2,"generated_at":"t"}'), "its schema is 2, this pullwatch reads 1: take one of the server's version"),
        (
            web.Response(text='{"schema":1,"generated_at":"t","images":[{"image":"a","size_bytes":-1}]}'),
            "a size in the answer is none: expected",
        ),
        (web.Response(status=500, text="internal error, see the log\n"), "answered 500 (internal error, see the log): expected"),
        (web.Response(status=502, text="<html>\nbad"), "answered 502: expected"),
        (web.Response(body=b"{}", headers={"Content-Encoding": "gzip"}), "no answer ("),
    ],
)
def test_what_is_no_pullwatch_is_one_line(raw: web.Response, says: str) -> None:
    """It names the address that was asked, without the password, and what was expected there."""
    with pytest.raises(RemoteError) as wrong:
        read(MadeServer(raw=raw))

    line = str(wrong.value)
    assert "/api/v1/images: " + says in line
    assert "secret" not in line
    assert "\n" not in line


def test_what_is_not_there_is_an_error_of_its_own() -> None:
    """An older version has no such path."""
    with pytest.raises(NotThere):
        read(MadeServer(raw=web.Response(status=404, text="nothing here\n")))


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is read than an answer may have, compressed or not."""
    assert MOST_BYTES == 64 << 20
    monkeypatch.setattr("pullwatch.sources.remote.MOST_BYTES", 1 << 20)

    with pytest.raises(RemoteError, match="the answer has more than 1 MiB"):
        read(MadeServer(raw=web.Response(body=b" " * (3 << 20))))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("127.0.0.1:9436", "--server is no http or https URL: expected the address of pullwatch serve"),
        ("me:secret@pullwatch:9436", "--server is no http or https URL: expected"),
        ("http://[::1", "--server is no URL ("),
    ],
)
def test_an_address_that_is_none_is_one_line(address: str, says: str) -> None:
    """Before anything is asked."""
    with pytest.raises(RemoteError) as wrong:
        Remote(address)

    assert str(wrong.value).startswith(says)
    assert "secret" not in str(wrong.value)


def test_nobody_there_is_one_line() -> None:
    """The address, the system's words, and what to do."""
    with pytest.raises(RemoteError) as wrong:
        asked("http://127.0.0.1:1", Remote.running)

    assert str(wrong.value) == (
        "http://127.0.0.1:1/api/v1/running: no connection (Connection refused); name the address of a running pullwatch serve with --server"
    )


@pytest.mark.parametrize(
    "row",
    [
        '"elapsed_seconds":-1',
        '"eta_seconds":1e300',
        '"total_bytes":' + "9" * 400,
        '"layers":[{"position":0,"digest":"d","size_bytes":-5,"state":"queued"}]',
        '"layers":[{"position":0,"digest":"d","size_bytes":5,"state":"flying"}]',
        '"elapsed_seconds":1e999',
    ],
)
def test_a_figure_that_is_none_is_not_drawn(row: str) -> None:
    """Nothing below zero, beyond all measure or of an unknown state reaches the picture."""
    made = MadeServer(raw=web.Response(text=f'{{"schema":1,"generated_at":"t","pulls":[{{{row}}}]}}'))
    with answering(made) as address, pytest.raises(RemoteError, match=r"(a figure in the answer is none|the answer is not pullwatch's)"):
        asked(f"http://{address}", Remote.running)

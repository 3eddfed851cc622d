"""`pullwatch top` where nobody looks at a terminal: printed once, and the one line where there is nothing to print."""

from __future__ import annotations

import json
import os

import pytest
from aiohttp import web

from pullwatch.app.top import View
from pullwatch.pulls.underway import RunningDocument
from pullwatch.sources.remote import RemoteError
from tests.app.given import exit_code
from tests.madeserver import MadeServer, answering
from tests.publish.pulling import document, followed, pull, read


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")


def asked(made: MadeServer, *arguments: str) -> int:
    with answering(made) as address:
        return exit_code("top", *arguments, "--server", f"http://{address}")


@pytest.mark.parametrize("arguments", [(), ("--once",)])
def test_it_prints_once_into_a_pipe(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """All pulls with all layers, and it ends with 0."""
    made = MadeServer(running=document(*(followed(number) for number in range(30))))

    assert asked(made, *arguments) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "30 pulls on 20 nodes, 195 MB/s in all."
    assert sum("trainer" in line for line in lines) == 30
    assert len(made.asked) == 1


def test_json_is_the_servers_document(capsys: pytest.CaptureFixture[str]) -> None:
    """With keys that this version does not know."""
    assert asked(MadeServer(running=document(pull(newer=[1]))), "-o", "json") == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed["pulls"][0]["newer"] == [1]
    assert printed["schema"] == 1


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            MadeServer(raw=web.Response(status=404, text="x")),
            "does not tell what runs: it is no pullwatch serve, or one of an older version",
        ),
        (MadeServer(raw=web.Response(text="<html>")), "/api/v1/running: the answer is not pullwatch's: expected the address"),
    ],
)
def test_what_cannot_be_shown_is_one_line(made: MadeServer, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, what is wrong, and where."""
    code = asked(made)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert says in printed.err
    assert printed.err.count("\n") == 1


def test_nobody_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """At the start a server that is not there is a mistake, not something to wait for."""
    assert exit_code("top", "--server", "http://127.0.0.1:1") == 2
    assert "no connection (Connection refused); name the address of a running pullwatch serve" in capsys.readouterr().err


class Answers:
    """A remote that answers what it is given, or fails."""

    def __init__(self) -> None:
        self.error: str | None = None

    @property
    def shown(self) -> str:
        return "http://server:9436"

    async def running(self) -> RunningDocument:
        if self.error:
            raise RemoteError(self.error)
        return read(pull(1))


async def test_a_server_that_goes_away_is_said_to_be_gone_and_asked_again() -> None:
    """The last picture stays, with its age; the line goes with the next answer."""
    now = [100.0]
    remote = Answers()
    view = View(remote, read(pull(0)), clock=lambda: now[0])

    remote.error, now[0] = "http://server:9436/api/v1/running: no connection (Connection refused)", 112.0
    await view.look()
    gone = [line.plain for line in view.lines(width=80, height=24)]
    remote.error = None
    await view.look()
    back = [line.plain for line in view.lines(width=80, height=24)]

    assert gone[1] == "No answer for 12s, asking again: no connection (Connection refused)"
    assert "trainer:2.0" in gone[4]
    assert back[1] == ""
    assert "trainer:2.1" in back[3]
    assert back[-1] == "http://server:9436; q ends"

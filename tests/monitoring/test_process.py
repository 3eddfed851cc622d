"""Programs as children: they are there when their context is entered, and gone when it is left."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pullwatch.monitoring import process

PYTHON = Path(sys.executable)

SERVER = """
import http.server, signal, sys
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(f"pid {__import__('os').getpid()}", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.mark.parametrize("manner", ["kind", "deaf"])
async def test_it_ends_with_its_context(manner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers while the context is open, and is gone afterwards, even where it does not listen to SIGTERM."""
    monkeypatch.setattr(process, "END_SECONDS", 0.2)
    address = process.free_address()
    log = tmp_path / "server.log"

    async with process.running(PYTHON, "-c", SERVER, address.rpartition(":")[2], manner, url=f"http://{address}/", log=log):
        pid = int(log.read_text().split()[1])
        assert _runs(pid)

    assert not _runs(pid)


async def test_it_tells_what_a_program_said_that_ended_at_once(tmp_path: Path) -> None:
    """The error has the last line of its output, and not a time-out."""
    with pytest.raises(process.ProgramError, match=r"^server ended at its start: bad flag$"):
        async with process.running(PYTHON, "-c", "exit('bad flag')", url="http://127.0.0.1:1/", log=tmp_path / "server.log"):
            pytest.fail("it never ran")


async def test_it_tells_which_program_cannot_be_started(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(process.ProgramError, match=r"cannot start .*nothing: No such file"):
        async with process.running(tmp_path / "nothing", url="http://127.0.0.1:1/", log=tmp_path / "nothing.log"):
            pytest.fail("it never ran")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

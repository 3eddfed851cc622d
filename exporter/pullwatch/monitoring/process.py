"""A program as a child of this process: started, waited for until it is ready, and ended with its context."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

READY_SECONDS = 30.0
END_SECONDS = 10.0
POLL_SECONDS = 0.05

_LONGEST_REASON = 200

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded before any fork, as nothing may be loaded between that and exec


class ProgramError(Exception):
    """A program could not be started or ended by itself; the text names it and what it said last."""


@contextlib.asynccontextmanager
async def running(program: Path, *arguments: str, url: str, log: Path) -> AsyncIterator[None]:
    """Run a program as long as the context is open; it is entered when `url` is answered. Raises ProgramError."""
    with log.open("ab") as file:
        try:
            process = await asyncio.create_subprocess_exec(
                program,
                *arguments,
                stdin=DEVNULL,
                stdout=file,
                stderr=STDOUT,
                # One that .ci/debian unpacked finds its files from here.
                cwd=program.parent,
                # Ctrl-C in our terminal is ours to handle, or the program would end before those it serves.
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        except OSError as error:
            raise ProgramError(f"cannot start {program}: {error.strerror}") from error
    try:
        await _answering(process, url, log)
        yield
    finally:
        await _end(process)


def free_address() -> str:
    """Return a loopback address that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


async def fetched(url: str) -> bytes | None:
    """Return what a URL answers; None where nobody does, or with an error."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
            return await answer.read() if answer.ok else None
    except (aiohttp.ClientError, TimeoutError):
        return None


def _end_with_parent() -> None:
    """Have Linux end this child when its parent is killed, who cannot do so then."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _answering(process: Process, url: str, log: Path) -> None:
    try:
        async with asyncio.timeout(READY_SECONDS):
            while await fetched(url) is None:
                if process.returncode is not None:
                    raise ProgramError(f"{log.stem} ended at its start: {_said_last(log)}")
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise ProgramError(f"{log.stem} was not ready after {READY_SECONDS:.0f} s: {_said_last(log)}") from error


async def _end(process: Process) -> None:
    """Ask the program to end, and make it end where it does not."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _said_last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip()[-_LONGEST_REASON:] for line in reversed(lines) if line.strip()), "it said nothing")

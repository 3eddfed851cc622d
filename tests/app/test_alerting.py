"""Prometheus and Alertmanager beside the demo: what happens where they are missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pullwatch.app import alerting
from pullwatch.app.alerting import Alerting
from pullwatch.monitoring import programs
from pullwatch.pack import rules

if TYPE_CHECKING:
    from pathlib import Path

ALONE = "http://127.0.0.1:1/"


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a machine without any of the programs."""
    monkeypatch.setattr(alerting, "UNPACKED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for program in (programs.PROMETHEUS, programs.ALERTMANAGER):
        monkeypatch.delenv(program.variable, raising=False)


async def run_until(told: list[str], count: int) -> None:
    """Run what there is until so many lines were told."""
    enough = asyncio.Event()

    def tell(line: str) -> None:
        told.append(line)
        if len(told) == count:
            enough.set()

    running = asyncio.create_task(Alerting(tell).run(ALONE))
    async with asyncio.timeout(10):
        await enough.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_it_says_which_program_is_missing_and_how_to_get_it() -> None:
    """Each takes a line that a terminal of 80 columns shows whole, and the rest of the demo goes on."""
    told: list[str] = []

    await run_until(told, 2)

    assert told == [
        "No notifications: install prometheus-alertmanager or put it in PATH",
        "No alerts: install prometheus or put it in PATH",
    ]
    assert max(map(len, told)) <= 80


async def test_it_says_what_is_wrong_with_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that leads nowhere ends neither the demo nor the search for the other program."""
    for program in (programs.ALERTMANAGER, programs.PROMETHEUS):
        monkeypatch.setenv(program.variable, str(tmp_path / program.package))
    told: list[str] = []

    await run_until(told, 2)

    assert told == [
        f"No notifications: cannot start {tmp_path}/prometheus-alertmanager: No such file or directory",
        f"No alerts: cannot start {tmp_path}/prometheus: No such file or directory",
    ]


def test_it_does_without_jsonnet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain installation has Prometheus scrape, and tells in a line what brings the rules."""

    def missing(_: object) -> None:
        raise ImportError

    monkeypatch.setattr(rules, "groups", missing)
    told: list[str] = []

    assert Alerting(told.append)._rules(ALONE) == {"groups": []}
    assert told == ["No alerts: pip install 'pullwatch[demo]' brings jsonnet, which renders the rules"]
    assert len(told[0]) <= 80

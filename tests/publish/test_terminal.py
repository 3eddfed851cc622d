"""The live view at a terminal."""

from __future__ import annotations

import dataclasses
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from pullwatch.pack import assets
from pullwatch.publish import overview, page, terminal
from pullwatch.publish.state import State
from tests.publish.test_notified import told
from tests.pulls.made_pulls import pulled, running

FOOT = "the foot"


def model(*, names: str = "web", rows: int = 3) -> page.PageModel:
    """Return a page with running and finished pulls whose pods bear this name."""
    state = State(running=[running(900 + n, working=880, pod=f"{names}-{n}", node=names) for n in range(rows)])
    recent = [pulled(100.0 + n, pod=f"{names}-{n}", at=n) for n in range(rows)]
    return overview.overview(state, recent=recent, thresholds=assets.thresholds(), now=running(0).started_at or 0.0)


def drawn(shown: page.PageModel, *, width: int, height: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=False, highlight=False)
    console.print(terminal.render(shown, width=width, height=height, foot=FOOT))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "height"), [(60, 12), (80, 24), (120, 40), (200, 60)])
def test_it_fits_the_terminal_and_keeps_its_foot(width: int, height: int) -> None:
    """However small the terminal, no line is wider, no more lines than fit, and the last one tells how to go on."""
    lines = drawn(model(rows=50), width=width, height=height)

    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) <= height
    assert lines[-1].strip() == FOOT
    assert "Running" in "\n".join(lines)


@pytest.mark.parametrize(("width", "height"), [(60, 12), (80, 24), (80, 30), (120, 40)])
def test_notifications_take_no_more_than_their_share(width: int, height: int) -> None:
    """With more notifications and lines at the foot than find room, it still fits, and what runs is still seen."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False, highlight=False)
    console.print(terminal.render(model(rows=50), width=width, height=height, foot="one\ntwo\nthree", notified=[told()] * 50))
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]

    assert max(map(cell_len, lines)) <= width
    assert len(lines) <= height
    assert lines[-3:] == ["one", "two", "three"]
    assert "Running" in "\n".join(lines)
    assert ("Notified (50); runbook http" in "\n".join(lines)) == (height >= 24)


def test_it_shows_whole_names_where_there_is_room() -> None:
    """A wide terminal shortens nothing."""
    text = "\n".join(drawn(model(names="a-pod-with-a-long-name"), width=200, height=60))

    assert "…" not in text
    assert "a-pod-with-a-long-name-2" in text


def test_it_says_what_there_is_nothing_of() -> None:
    """An empty cluster has a sentence for each list."""
    empty = dataclasses.replace(model(), running=(), failing=(), finished=())

    text = "\n".join(drawn(empty, width=80, height=24))

    assert "No pull is running." in text
    assert "No container fails to get its image." in text
    assert "No pull took longer than 10 s." in text


@settings(max_examples=50)
@given(names=st.text(max_size=60), width=st.integers(60, 160))
def test_hostile_names_stay_in_their_line(names: str, width: int) -> None:
    """Whatever a pod is called, nothing of it moves the cursor, is markup or makes a line wider."""
    lines = drawn(model(names=names), width=width, height=40)

    assert max(cell_len(line) for line in lines) <= width
    assert all(line.isprintable() for line in lines)

"""Figures of a process in virtual time."""

from __future__ import annotations

from tests.history.processes import Process


def test_its_own_figures_stand_in_place_of_ours() -> None:
    """What is exposed of the process that runs the tests is replaced, all else stays."""
    shown = Process(started_at=1000.0).shown([b"# TYPE a gauge\na 1\nprocess_cpu_seconds_total 99\n", b"b 2\n"], now=2000.0)

    lines = shown.decode().splitlines()
    assert lines[:3] == ["# TYPE a gauge", "a 1", "b 2"]
    assert "process_start_time_seconds 1000.0" in lines
    assert "process_cpu_seconds_total 2.1" in lines
    assert len(lines) == len({line.split()[0] for line in lines[1:]}) + 1


def test_it_is_the_same_each_time() -> None:
    """Two playings of the day show the same of the process."""
    first, second = (Process(started_at=1000.0).shown([b"a 1\n"], now=1030.0) for _ in range(2))

    assert first == second

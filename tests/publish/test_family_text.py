"""Lines that are kept until they change."""

from __future__ import annotations

import dataclasses

from pullwatch.publish import family_text, metrics
from pullwatch.publish.children import Counters
from pullwatch.publish.shown import Shown
from pullwatch.publish.state import State
from pullwatch.pulls.pull import SizeKind
from tests.publish.given import NOW, Exporter, failing, pulled, running, values

ROWS = 2 * family_text.SEGMENT_LINES


def gauge(number: int) -> Shown:
    """Return a gauge that shows label sets 0 to `number`, each with its number."""
    shown = Shown(dataclasses.replace(metrics.NODE_WAIT, cap=10 * ROWS))
    show(shown, {number: float(number) for number in range(number)})
    return shown


def show(shown: Shown, rows: dict[int, float]) -> None:
    for _ in shown.show({(str(number),): value for number, value in rows.items()}):
        pass


def test_keeps_the_bytes_of_what_did_not_change() -> None:
    """One changed value makes one new line; all others are the same objects as before."""
    shown = gauge(ROWS)
    before = {id(line) for stretch in list(shown.text.stretches()) for line in stretch.lines}
    first, second = shown.text.stretches()

    show(shown, {number: float(number) for number in range(ROWS)} | {3: 0.5})

    lines = [line for stretch in shown.text.stretches() for line in stretch.lines]
    assert [line for line in lines if id(line) not in before] == [b'pullwatch_node_wait_seconds_total{node="3"} 0.5\n']
    assert [stretch in (first, second) for stretch in shown.text.stretches()] == [False, True]


def test_leaves_no_gaps_behind() -> None:
    """Label sets that go free their lines, and those that stay move together."""
    shown = gauge(4 * ROWS)

    show(shown, dict.fromkeys(range(0, 4 * ROWS, 16), 1.0))

    assert len(values(shown.text)) == 4 * ROWS // 16
    assert len(list(shown.text.stretches())) <= 2
    assert shown.text.series == 4 * ROWS // 16

    show(shown, {})

    assert (values(shown.text), list(shown.text.stretches()), shown.text.series) == ({}, [], 0)


def test_writes_nothing_in_a_child_s_first_minute() -> None:
    """What is counted while 0 is shown changes no line; the end of the minute does, unless nothing was counted."""
    counters = Counters(metrics.NODE_WAIT)
    counters.increase(("node-a",), 5.0, at=0.0)
    counters.create(("node-b",), at=0.0)
    (zero,) = counters.text.stretches()

    counters.increase(("node-a",), 5.0, at=59.0)
    counters.refresh(now=59.0)
    assert list(counters.text.stretches()) == [zero]

    counters.refresh(now=60.0)
    (after,) = counters.text.stretches()
    assert zero.lines[0] == b'pullwatch_node_wait_seconds_total{node="node-a"} 0.0\n'
    assert after.lines[0] == b'pullwatch_node_wait_seconds_total{node="node-a"} 10.0\n'
    assert after.lines[1] is zero.lines[1]


def test_writes_nothing_for_a_quiet_cluster(exporter: Exporter) -> None:
    """Where nothing happened since the last scrape, no stretch of any family is written anew."""
    exporter.metrics.count(pulled())
    exporter.metrics.remember(pulled(), now=NOW)
    state = State(running=[running()], failing=[failing()], image_sizes={pulled().image: (5, SizeKind.COMPRESSED)})
    exporter.collect(state)
    exporter.clock.seconds += 60
    before = [stretch for text in exporter.collect(state) for stretch in text.stretches()]

    exporter.clock.seconds += 30
    after = [stretch for text in exporter.collect(state) for stretch in text.stretches()]

    assert len(before) > 15
    assert [new is old for new, old in zip(after, before, strict=True)] == [True] * len(before)

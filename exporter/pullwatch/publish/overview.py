"""What the page says of this moment: worst first, judged by the thresholds of the alerts.

Pure: state, finished pulls and thresholds in, `page.PageModel` out.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pullwatch.publish import chosen, headline, last_pulls, page
from pullwatch.publish.report import words
from pullwatch.pulls import thresholds as limits
from pullwatch.pulls.pull import Coverage, Outcome, SizeKind

if TYPE_CHECKING:
    from pullwatch.publish.state import State
    from pullwatch.pulls.coverage import NodeCoverage
    from pullwatch.pulls.pull import Failing, Pull
    from pullwatch.pulls.thresholds import Thresholds

MOST_ROWS = 50
"""Rows of a list: more is not read, and the JSON has them all."""

_FINISHED = (Outcome.PULLED, Outcome.REVALIDATED)
_NOT_GOT = (Outcome.FAILED, Outcome.REFUSED)


def overview(
    state: State,
    *,
    recent: Sequence[Pull],
    thresholds: Thresholds,
    now: float,
    coverage: Coverage | None = None,
    problems: Sequence[str] = (),
    counted_since: float | None = None,
    witnessed: Sequence[NodeCoverage] = (),
    wanted: chosen.Chosen = chosen.ALL,
) -> page.PageModel:
    """Return the page's content; `recent` are finished pulls, `problems` what keeps us from seeing the cluster.

    Pulls that ended before `counted_since` are shown and not counted. `witnessed` are the nodes whose kubelets are read, those
    that lost most first. Only rows of what is `wanted` are told; sizes come from all of them.
    """
    sizes = _sizes(state, recent)
    state = dataclasses.replace(state, running=wanted.of(state.running), failing=wanted.of(state.failing))
    recent = wanted.of(recent)
    running = sorted(_running(state, sizes, thresholds, now), key=_worst_first)
    failing = sorted((_failing(row, now) for row in state.failing), key=lambda row: -row.age_seconds)
    finished = _finished(recent, sizes, thresholds, now)
    nodes = sorted(_nodes(state, recent), key=lambda node: (-node.running, -node.failures, -(node.slowest_seconds or 0.0), node.name))
    lost = [_lost(node) for node in witnessed if node.lost and wanted.wants_node(node.node)]
    sentence, tone = headline.headline(running, failing=len(state.failing), problems=problems, part=wanted != chosen.ALL)
    return page.PageModel(
        headline=sentence,
        tone=tone,
        wanted=wanted.described(),
        moment=words.moment(now),
        problems=problems,
        running=running[:MOST_ROWS],
        running_more=len(running[MOST_ROWS:]),
        failing=failing[:MOST_ROWS],
        failing_more=len(failing[MOST_ROWS:]),
        finished=_with_bars(finished[:MOST_ROWS]),
        finished_more=len(finished[MOST_ROWS:]),
        failures=_failures(recent),
        nodes=nodes[:MOST_ROWS],
        nodes_more=len(nodes[MOST_ROWS:]),
        lost=lost[:MOST_ROWS],
        lost_more=len(lost[MOST_ROWS:]),
        coverage=" ".join(filter(None, [_coverage(coverage), _witnessed(witnessed)])),
        counted=f"The counters of the metrics count since {words.moment(counted_since)}." if counted_since is not None else "",
    )


def _sizes(state: State, recent: Iterable[Pull]) -> dict[str, int]:
    """Return known sizes by canonical image: what pulls told, and what else is known; compressed ones come first."""
    sizes = limits.known_sizes(recent)
    for image, (size_bytes, kind) in state.image_sizes.items():
        if image.canonical is not None and (kind is SizeKind.COMPRESSED or image.canonical not in sizes):
            sizes[image.canonical] = size_bytes
    return sizes


def _running(state: State, sizes: Mapping[str, int], thresholds: Thresholds, now: float) -> Iterable[page.Running]:
    for pull in state.running:
        size_bytes = sizes.get(pull.image.canonical or "")
        stuck = limits.is_stuck(pull, now=now, thresholds=thresholds)
        slow = limits.is_slow(pull, size_bytes=size_bytes, now=now, thresholds=thresholds)
        yield page.Running(
            image=pull.image.as_written,
            pod=f"{pull.namespace}/{pull.pod}",
            node=pull.node or "",
            age_seconds=max(0.0, now - (pull.started_at or now)),
            worked_seconds=limits.working_seconds(pull, now),
            limit_seconds=thresholds.limit_seconds(size_bytes),
            limit_assumed=size_bytes is None,
            ahead=pull.ahead,
            tone="stuck" if stuck else "slow" if slow else "",
        )


def _worst_first(row: page.Running) -> tuple[int, float]:
    return {"stuck": 0, "slow": 1}.get(row.tone, 2), -row.age_seconds


def _failing(row: Failing, now: float) -> page.Failing:
    return page.Failing(
        image=row.image.as_written,
        pod=f"{row.namespace}/{row.pod}",
        node=row.node or "",
        reason=row.reason.value,
        age_seconds=max(0.0, now - row.since),
    )


def _finished(recent: Sequence[Pull], sizes: Mapping[str, int], thresholds: Thresholds, now: float) -> list[page.Finished]:
    """Return the pulls worth a look, slowest first: those above the floor of the `last_pull` metrics."""
    slow = [pull for pull in recent if pull.outcome in _FINISHED and last_pulls.felt_seconds(pull) >= last_pulls.FLOOR_SECONDS]
    slow.sort(key=last_pulls.felt_seconds, reverse=True)
    return [_finished_row(pull, sizes, thresholds, now) for pull in slow]


def _finished_row(pull: Pull, sizes: Mapping[str, int], thresholds: Thresholds, now: float) -> page.Finished:
    size_bytes = sizes.get(pull.image.canonical or "") if pull.size_bytes is None else pull.size_bytes
    return page.Finished(
        image=pull.image.as_written,
        pod=f"{pull.namespace}/{pull.pod}",
        node=pull.node or "",
        ended_ago_seconds=None if pull.finished_at is None else max(0.0, now - pull.finished_at),
        pull_seconds=pull.pull_seconds,
        wait_seconds=pull.wait_seconds,
        total_seconds=pull.total_seconds,
        size_bytes=size_bytes,
        tone="slow" if limits.is_slow(pull, size_bytes=size_bytes, now=now, thresholds=thresholds) else "",
        pull_percent=0.0,
        wait_percent=0.0,
    )


def _with_bars(rows: Sequence[page.Finished]) -> list[page.Finished]:
    longest = max(((row.wait_seconds or 0.0) + (row.pull_seconds or 0.0) for row in rows), default=0.0) or 1.0
    return [
        dataclasses.replace(
            row,
            pull_percent=100 * (row.pull_seconds or 0.0) / longest,
            wait_percent=100 * (row.wait_seconds or 0.0) / longest,
        )
        for row in rows
    ]


def _failures(recent: Sequence[Pull]) -> list[page.Failures]:
    attempts: Counter[str] = Counter()
    newest: dict[str, Pull] = {}
    for pull in sorted((pull for pull in recent if pull.outcome in _NOT_GOT), key=lambda pull: pull.finished_at or 0.0):
        reason = pull.reason.value if pull.reason else "unknown"
        attempts[reason] += pull.count
        newest[reason] = pull
    return [
        page.Failures(reason=reason, attempts=number, newest=newest[reason].image.as_written) for reason, number in attempts.most_common()
    ]


def _nodes(state: State, recent: Sequence[Pull]) -> Iterable[page.Node]:
    """Yield nodes with anything to tell; the others only make the list long."""
    running = _by_node(state.running)
    finished = _by_node([pull for pull in recent if pull.outcome in _FINISHED])
    failed = _by_node([pull for pull in recent if pull.outcome is Outcome.FAILED])
    for name in {*running, *finished, *failed}:
        yield page.Node(
            name=name,
            running=sum(pull.ahead == 0 for pull in running.get(name, ())),
            queued=sum(pull.ahead > 0 for pull in running.get(name, ())),
            pulls=len(finished.get(name, ())),
            slowest_seconds=max(map(last_pulls.felt_seconds, finished.get(name, ())), default=None),
            failures=sum(pull.count for pull in failed.get(name, ())),
        )


def _by_node(pulls: Iterable[Pull]) -> dict[str, list[Pull]]:
    by_node: dict[str, list[Pull]] = {}
    for pull in pulls:
        if pull.node:
            by_node.setdefault(pull.node, []).append(pull)
    return by_node


def _coverage(coverage: Coverage | None) -> str:
    if coverage is None:
        return ""
    return (
        f"{words.counted(coverage.events, 'event')} read: {words.number(coverage.unparsed)} unparsed,"
        f" {words.number(coverage.coalesced)} coalesced, {words.number(coverage.rejected)} rejected;"
        f" {words.counted(coverage.unseen, 'container')} unseen."
    )


def _lost(node: NodeCoverage) -> page.Lost:
    return page.Lost(name=node.node, done=round(node.done), seen=node.seen, lost=node.lost)


def _witnessed(nodes: Sequence[NodeCoverage]) -> str:
    if not nodes:
        return ""
    done, seen = sum(round(node.done) for node in nodes), sum(node.seen for node in nodes)
    return (
        f"{words.counted(len(nodes), 'kubelet')} counted {words.counted(done, 'pull')} in the last half hour to hour;"
        f" Events told of {words.number(seen)}."
    )

"""What a set of pulls amounts to: who is running, slow or stuck, and the figures per image, node, registry and workload.

Everything a report prints is decided here; how it is printed is `publish.report`. Duration figures are over `pulled`
rows alone, as in the duration metrics, because only there bytes moved; waits are over `pulled` and `revalidated`. A
figure that no row tells is None, never 0.
"""

from __future__ import annotations

import bisect
import heapq
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import thresholds as limits
from pullwatch.pulls.pull import Outcome, Pull, Reason, SizeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullwatch.pulls.pull import Coverage
    from pullwatch.pulls.thresholds import Thresholds

BACK_OFF_SECONDS = 600.0
"""A failure that a success follows within this time was a retry: twice the kubelet's longest back-off of 300 s."""

ASKED = (Outcome.PULLED, Outcome.REVALIDATED)
"""Outcomes of an attempt that the runtime brought to a good end; only these have durations."""

_HEALING = (*ASKED, Outcome.CACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pull beside what it may take."""

    pull: Pull
    seconds: float | None
    """The time that counts against the limit; None while it is queued, or where it is not told."""
    age_seconds: float | None
    """Of a running pull: since the kubelet asked."""
    size_bytes: int | None
    """Its own size, else the one known of its image."""
    limit_seconds: float
    slow: bool
    stuck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figures of all pulls of one image, node, registry or workload."""

    name: str
    namespace: str | None
    """Of a workload; None for all else."""
    outcomes: Mapping[Outcome, int]
    """Attempts by outcome, all outcomes present."""
    reasons: Mapping[Reason, int]
    """Failed attempts and refusals by reason, only those that occurred."""
    p50_seconds: float | None
    p90_seconds: float | None
    max_seconds: float | None
    wait_seconds: float | None
    """Sum of the times in the kubelets' queues."""
    max_wait_seconds: float | None
    bytes: int | None
    """Sum of the sizes told of its pulled images: an upper bound of what moved for the pulls it covers."""
    sized_pulls: int
    """Pulls that `bytes` covers."""
    size_kind: SizeKind
    """What `bytes` counts; unknown where kinds are mixed."""
    bytes_per_second: float | None
    """Compressed bytes over the pull seconds of exactly those pulls."""

    @property
    def pulls(self) -> int:
        """Pulls that moved bytes: the rows that the duration figures stand on."""
        return self.outcomes[Outcome.PULLED]

    @property
    def failures(self) -> int:
        """Failed attempts."""
        return self.outcomes[Outcome.FAILED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """All failed or refused attempts of one reason."""

    reason: Reason
    attempts: int
    healed: int
    """Attempts that a success of the same container and image followed within the back-off."""
    images: int
    newest: Pull


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that a report says. Groups come slowest first."""

    now: float
    first: float | None
    last: float | None
    coverage: Coverage
    thresholds: Thresholds
    unparsed: tuple[tuple[str, str], ...]
    """Reason and text of the newest Events outside the grammar."""
    pulls: Sequence[Pull]
    total: Group
    running: tuple[Judged, ...]
    """Longest working first, queued ones last."""
    slow: tuple[Judged, ...]
    """Finished pulls that passed their limit, slowest first."""
    failures: tuple[Failures, ...]
    """Most attempts first."""
    images: tuple[Group, ...]
    """By canonical reference; by the text as written where that does not parse."""
    nodes: tuple[Group, ...]
    registries: tuple[Group, ...]
    workloads: tuple[Group, ...]
    sizes: Mapping[str, int]
    """Known size by canonical image."""

    @property
    def any_slow(self) -> bool:
        """Whether anything, finished or running, passed its limit or is stuck."""
        return bool(self.slow) or any(judged.slow or judged.stuck for judged in self.running)


def summarise(
    pulls: Sequence[Pull],
    *,
    now: float,
    window: tuple[float | None, float | None],
    coverage: Coverage,
    thresholds: Thresholds,
    unparsed: Sequence[tuple[str, str]] = (),
) -> Summary:
    """Return the summary of these pulls at `now`; `window` is the first and last moment that the input tells of."""
    sizes = limits.known_sizes(pulls)
    finished = (judge(pull, sizes=sizes, now=now, thresholds=thresholds) for pull in pulls if pull.outcome in ASKED)
    running = (judge(pull, sizes=sizes, now=now, thresholds=thresholds) for pull in pulls if pull.outcome is Outcome.RUNNING)
    return Summary(
        now=now,
        first=window[0],
        last=window[1],
        coverage=coverage,
        thresholds=thresholds,
        unparsed=tuple(dict.fromkeys(unparsed)),
        pulls=pulls,
        total=_group("", None, pulls),
        running=tuple(sorted(running, key=_longest_first)),
        slow=tuple(sorted((judged for judged in finished if judged.slow), key=_longest_first)),
        failures=_failures(pulls),
        images=_groups((None, pull.image.canonical or pull.image.as_written, pull) for pull in pulls),
        nodes=_groups((None, pull.node, pull) for pull in pulls),
        registries=_groups((None, pull.image.registry, pull) for pull in pulls),
        workloads=_groups((pull.namespace, pull.workload, pull) for pull in pulls),
        sizes=sizes,
    )


def judge(pull: Pull, *, sizes: Mapping[str, int], now: float, thresholds: Thresholds) -> Judged:
    """Hold a pull against the limit of its size, or of its image's size where its own is not told."""
    size = pull.size_bytes if pull.size_bytes is not None else sizes.get(pull.image.canonical or "")
    return Judged(
        pull=pull,
        seconds=limits.working_seconds(pull, now),
        age_seconds=max(0.0, now - pull.started_at) if pull.outcome is Outcome.RUNNING and pull.started_at is not None else None,
        size_bytes=size,
        limit_seconds=thresholds.limit_seconds(size),
        slow=limits.is_slow(pull, size_bytes=size, now=now, thresholds=thresholds),
        stuck=limits.is_stuck(pull, now=now, thresholds=thresholds),
    )


def slowest(summary: Summary, count: int | None) -> list[Judged]:
    """Return the finished pulls that took longest, all of them for None.

    One whose kubelet tells no more than the total is ranked by that; it still does not count as slow.
    """
    timed = [pull for pull in summary.pulls if pull.outcome in ASKED and _told_seconds(pull) is not None]
    ranked = heapq.nlargest(len(timed) if count is None else count, timed, key=lambda pull: _told_seconds(pull) or 0.0)
    return [judge(pull, sizes=summary.sizes, now=summary.now, thresholds=summary.thresholds) for pull in ranked]


def _told_seconds(pull: Pull) -> float | None:
    return pull.pull_seconds if pull.pull_seconds is not None else pull.total_seconds


def _longest_first(judged: Judged) -> tuple[float, float, str, str]:
    pull = judged.pull
    return (-_or_below(judged.seconds), -_or_below(judged.age_seconds), pull.namespace, pull.pod)


def _or_below(seconds: float | None) -> float:
    return -1.0 if seconds is None else seconds


def _groups(named: Iterable[tuple[str | None, str | None, Pull]]) -> tuple[Group, ...]:
    """Group by namespace and name, slowest first; a pull whose name is not known belongs to no group."""
    members: defaultdict[tuple[str | None, str], list[Pull]] = defaultdict(list)
    for namespace, name, pull in named:
        if name is not None:
            members[namespace, name].append(pull)
    groups = (_group(name, namespace, pulls) for (namespace, name), pulls in members.items())
    return tuple(sorted(groups, key=lambda group: (-_or_below(group.max_seconds), -group.failures, group.name, group.namespace or "")))


def _group(name: str, namespace: str | None, pulls: Sequence[Pull]) -> Group:
    outcomes = dict.fromkeys(Outcome, 0)
    reasons: dict[Reason, int] = {}
    for pull in pulls:
        outcomes[pull.outcome] += pull.count
        if pull.outcome in _UNSUCCESSFUL:
            reason = pull.reason or Reason.UNKNOWN
            reasons[reason] = reasons.get(reason, 0) + pull.count
    pulled = [pull for pull in pulls if pull.outcome is Outcome.PULLED]
    seconds = sorted(pull.pull_seconds for pull in pulled if pull.pull_seconds is not None)
    waits = [pull.wait_seconds for pull in pulls if pull.wait_seconds is not None and pull.outcome in ASKED]
    sizes = [pull.size_bytes for pull in pulled if pull.size_bytes is not None]
    return Group(
        name=name,
        namespace=namespace,
        outcomes=outcomes,
        reasons=reasons,
        p50_seconds=nearest_rank(seconds, 0.5),
        p90_seconds=nearest_rank(seconds, 0.9),
        max_seconds=seconds[-1] if seconds else None,
        wait_seconds=math.fsum(waits) if waits else None,
        max_wait_seconds=max(waits, default=None),
        bytes=sum(sizes) if sizes else None,
        sized_pulls=len(sizes),
        size_kind=_common_kind(pulled),
        bytes_per_second=_rate(pulled),
    )


_UNSUCCESSFUL = (Outcome.FAILED, Outcome.REFUSED)


def nearest_rank(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of the ascending values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _common_kind(pulled: Sequence[Pull]) -> SizeKind:
    kinds = {pull.size_kind for pull in pulled if pull.size_bytes is not None}
    return kinds.pop() if len(kinds) == 1 else SizeKind.UNKNOWN


def _rate(pulled: Sequence[Pull]) -> float | None:
    """Return compressed bytes per second; uncompressed ones say nothing about the way to the registry."""
    told = [
        (pull.size_bytes, pull.pull_seconds)
        for pull in pulled
        if pull.size_kind is SizeKind.COMPRESSED and pull.size_bytes is not None and pull.pull_seconds is not None
    ]
    seconds = math.fsum(seconds for _, seconds in told)
    return sum(size for size, _ in told) / seconds if seconds > 0 else None


def _failures(pulls: Sequence[Pull]) -> tuple[Failures, ...]:
    unsuccessful = [pull for pull in pulls if pull.outcome in _UNSUCCESSFUL]
    successes = _success_times(pulls, {_asker(pull) for pull in unsuccessful})
    by_reason: defaultdict[Reason, list[Pull]] = defaultdict(list)
    for pull in unsuccessful:
        by_reason[pull.reason or Reason.UNKNOWN].append(pull)
    found = (
        Failures(
            reason=reason,
            attempts=sum(row.count for row in rows),
            healed=sum(row.count for row in rows if _heals(row, successes.get(_asker(row), []))),
            images=len({row.image.canonical or row.image.as_written for row in rows}),
            newest=max(rows, key=_ended),
        )
        for reason, rows in by_reason.items()
    )
    return tuple(sorted(found, key=lambda failures: (-failures.attempts, failures.reason)))


_Asker = tuple[str, str, str, str | None, str]


def _asker(pull: Pull) -> _Asker:
    """The container of a pod that asks, and for what."""
    return (pull.namespace, pull.pod, pull.pod_uid, pull.container, pull.image.as_written)


def _success_times(pulls: Iterable[Pull], askers: set[_Asker]) -> dict[_Asker, list[float]]:
    """Return when each of these askers had its image, ascending."""
    times: defaultdict[_Asker, list[float]] = defaultdict(list)
    for pull in pulls if askers else ():
        if pull.outcome in _HEALING and pull.finished_at is not None and _asker(pull) in askers:
            times[_asker(pull)].append(pull.finished_at)
    return {asker: sorted(ends) for asker, ends in times.items()}


def _heals(failed: Pull, successes: Sequence[float]) -> bool:
    if failed.outcome is not Outcome.FAILED or failed.finished_at is None:
        return False
    following = bisect.bisect_left(successes, failed.finished_at)
    return following < len(successes) and successes[following] - failed.finished_at <= BACK_OFF_SECONDS


def _ended(pull: Pull) -> float:
    return pull.finished_at or pull.started_at or 0.0

"""What a report tells people, in sentences and lists; how it looks is the outputs' own.

Table, Markdown and HTML print the same content, so none of them can say something that another does not.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.publish.report import words
from pullwatch.pulls import summary as summaries
from pullwatch.pulls.pull import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.pulls.summary import Failures, Group, Judged, Summary


class Kind(enum.Enum):
    """What a column holds, which decides how it is set and shortened."""

    FIGURE = enum.auto()
    WORD = enum.auto()
    IMAGE = enum.auto()
    NAME = enum.auto()
    NOTE = enum.auto()
    """Our own words: the first ones matter most."""
    MESSAGE = enum.auto()
    """An error from the cluster: the cause stands at its end."""
    LINE = enum.auto()
    """A line of somebody's file: its first words say what it is, so it loses its end."""
    BAR = enum.auto()
    """A share from 0 to 1 as digits, such as `0.84`, which each output draws in its own way; empty where it is not known."""


class Tone(enum.Enum):
    """How urgent a row is."""

    PLAIN = ""
    SLOW = "slow"
    STUCK = "stuck"
    FAILED = "failed"
    LARGE = "large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; narrow outputs leave out the highest `rank` first (0 always stays), and print `below` on a second line."""

    title: str
    kind: Kind = Kind.FIGURE
    rank: int = 0
    below: bool = False
    lead: str = ""
    """Printed before the cell on the second line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of plain text per column."""

    cells: tuple[str, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list with a title; `left_out` rows are not shown."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The whole report; texts are plain, but not escaped for any output."""

    title: str = "Image pulls"
    headline: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    coverage: str
    """What the figures stand on."""
    lead: str = "Coverage"
    """What that is called."""


NOTHING_SEEN = (
    "No pulls seen.",
    "Kubernetes keeps Events for 1 hour by default (kube-apiserver --event-ttl), so pulls before that leave no trace;"
    " and an image that a node already has is not pulled again.",
)
"""Headline and reason of an empty report."""


def compose(summary: Summary, *, top: int | None) -> Content:
    """Return the content with at most `top` rows in each list; there are not more failures than reasons, so those are all there."""
    sections = (
        _running(summary, top),
        _slowest(summary, top),
        _failures(summary),
        _groups("Images, slowest first", "Image", Kind.IMAGE, summary.images, top),
        _groups("Nodes, slowest first", "Node", Kind.NAME, summary.nodes, top),
        _groups("Registries, slowest first", "Registry", Kind.NAME, summary.registries, top),
        _groups("Workloads, slowest first", "Workload", Kind.NAME, summary.workloads, top),
        _not_understood(summary, top),
    )
    headline, facts = (_headline(summary), _facts(summary)) if summary.pulls else (NOTHING_SEEN[0], NOTHING_SEEN[1:])
    return Content(
        headline=headline,
        facts=facts,
        sections=tuple(section for section in sections if section.rows),
        coverage=_coverage(summary),
    )


def _headline(summary: Summary) -> str:
    """How many pulls, how many of them slow, what runs now and what is stuck, in one sentence."""
    total = summary.total
    span = "" if summary.first is None or summary.last is None else f" in {words.duration(summary.last - summary.first)}"
    pulls = f"{words.counted(total.pulls, 'pull')}{span}, {_none(len(summary.slow))} slow"
    if not summary.running:
        return f"{pulls}; none running now."
    late = sum(judged.slow for judged in summary.running)
    stuck = [judged for judged in summary.running if judged.stuck]
    whose = "its" if late == 1 else "their"
    return f"{pulls}; {words.number(len(summary.running))} running now, {_none(late)} past {whose} limit{_stuck(stuck)}."


def _none(count: int) -> str:
    return words.number(count) if count else "none"


def _stuck(stuck: Sequence[Judged]) -> str:
    if not stuck:
        return ", none stuck"
    worst = stuck[0]
    image = words.shorten_image(words.plain(worst.pull.image.as_written), 60)
    where = f" on {words.shorten_middle(words.plain(worst.pull.node), 40)}" if worst.pull.node else ""
    others = "" if len(stuck) == 1 else "longest "
    return f", {words.number(len(stuck))} stuck ({others}{words.duration(worst.seconds)}: {image}{where})"


def _facts(summary: Summary) -> tuple[str, ...]:
    """Further sentences, each only where there is something to tell."""
    total = summary.total
    facts = []
    if total.p50_seconds is not None:
        facts.append(
            f"Half of the pulls took {words.duration(total.p50_seconds)} or less, nine of ten {words.duration(total.p90_seconds)}"
            f" or less, the slowest {words.duration(total.max_seconds)}."
        )
    if total.max_wait_seconds is not None and total.max_wait_seconds >= 1:
        facts.append(f"The longest wait in a node's queue was {words.duration(total.max_wait_seconds)}.")
    if total.failures:
        healed = sum(failures.healed for failures in summary.failures)
        facts.append(f"{words.counted(total.failures, 'attempt')} failed, {_none(healed)} of them made good by a retry.")
    return (*facts, *_not_pulled(total))


def _not_pulled(total: Group) -> tuple[str, ...]:
    told = (
        (Outcome.CACHED, "the image was on the node"),
        (Outcome.REVALIDATED, "it was only checked with the registry"),
        (Outcome.REFUSED, "it was never tried"),
        (Outcome.UNSEEN, "no Event tells how it came"),
    )
    parts = [f"{words.counted(total.outcomes[outcome], 'time')} {text}" for outcome, text in told if total.outcomes[outcome]]
    return (f"Without a pull: {', '.join(parts)}.",) if parts else ()


def _coverage(summary: Summary) -> str:
    told = summary.coverage
    seen = "" if summary.first is None else f"From {words.moment(summary.first)} to {words.moment(summary.now)}: "
    return (
        f"{seen}{words.counted(told.events, 'event')} read: {words.number(told.unparsed)} unparsed, {words.number(told.coalesced)} coalesced,"
        f" {words.number(told.rejected)} rejected; {words.counted(told.unseen, 'container')} unseen."
    )


_WHERE = (
    Column(title="Pod", kind=Kind.NAME, below=True),
    Column(title="Node", kind=Kind.NAME, below=True, lead=" on "),
    Column(title="Note", kind=Kind.NOTE, below=True, lead=": "),
)


def _where(judged: Judged, note: str) -> tuple[str, str, str]:
    pull = judged.pull
    return words.plain(f"{pull.namespace}/{pull.pod}"), words.plain(pull.node or ""), note


def _running(summary: Summary, top: int | None) -> Section:
    shown = summary.running[:top]
    rows = (
        Row(
            (
                words.duration(judged.age_seconds),
                "-" if judged.seconds is None else words.duration(judged.seconds),
                words.size(judged.size_bytes),
                words.plain(judged.pull.image.as_written),
                *_where(judged, _running_note(judged, summary)),
            ),
            _tone(judged),
        )
        for judged in shown
    )
    columns = (Column(title="Age"), Column(title="Working"), Column(title="Size", rank=1), Column(title="Image", kind=Kind.IMAGE), *_WHERE)
    return Section(title="Running now", columns=columns, rows=tuple(rows), left_out=len(summary.running) - len(shown))


def _running_note(judged: Judged, summary: Summary) -> str:
    if judged.pull.ahead:
        return f"queued behind {words.counted(judged.pull.ahead, 'pull')}"
    if judged.seconds is None:
        return "queued"
    limit = _limit(judged, summary)
    if judged.stuck:
        return f"STUCK, past {limit}" if judged.slow else "STUCK"
    return f"PAST {limit}" if judged.slow else f"within {limit}"


def _limit(judged: Judged, summary: Summary) -> str:
    assumed = "" if judged.size_bytes is not None else f" ({words.size(summary.thresholds.assumed_size_bytes)} assumed)"
    return f"its limit of {words.duration(judged.limit_seconds)}{assumed}"


def _tone(judged: Judged) -> Tone:
    return Tone.STUCK if judged.stuck else Tone.SLOW if judged.slow else Tone.PLAIN


def _slowest(summary: Summary, top: int | None) -> Section:
    shown = summaries.slowest(summary, top)
    rows = (
        Row(
            (
                words.duration(judged.pull.pull_seconds),
                words.duration(judged.pull.wait_seconds),
                words.duration(judged.pull.total_seconds),
                words.size(judged.size_bytes),
                words.plain(judged.pull.image.as_written),
                *_where(judged, _finished_note(judged, summary)),
            ),
            _tone(judged),
        )
        for judged in shown
    )
    columns = (
        Column(title="Pull"),
        Column(title="Wait"),
        Column(title="Total", rank=2),
        Column(title="Size", rank=1),
        Column(title="Image", kind=Kind.IMAGE),
        *_WHERE,
    )
    done = sum(pull.outcome in summaries.ASKED for pull in summary.pulls)
    return Section(title="Slowest pulls", columns=columns, rows=tuple(rows), left_out=done - len(shown))


def _finished_note(judged: Judged, summary: Summary) -> str:
    if judged.slow:
        return f"PAST {_limit(judged, summary)}"
    if judged.pull.pull_seconds is None:
        return "this kubelet does not tell the wait apart"
    return "revalidated" if judged.pull.outcome is Outcome.REVALIDATED else ""


def _failures(summary: Summary) -> Section:
    columns = (
        Column(title="Attempts"),
        Column(title="Healed"),
        Column(title="Reason", kind=Kind.WORD),
        Column(title="Image", kind=Kind.IMAGE),
        Column(title="Images", rank=1),
        Column(title="Newest message", kind=Kind.MESSAGE, below=True),
    )
    return Section(title="Failures by reason", columns=columns, rows=tuple(_failures_row(failures) for failures in summary.failures))


def _failures_row(failures: Failures) -> Row:
    newest = failures.newest
    healed = "-" if newest.outcome is Outcome.REFUSED else words.number(failures.healed)
    message = words.plain(words.error(newest.message, newest.image)) if newest.message else "(the text is gone)"
    image = words.plain(newest.image.as_written)
    tone = Tone.FAILED if failures.healed < failures.attempts else Tone.PLAIN
    return Row((words.number(failures.attempts), healed, failures.reason, image, words.number(failures.images), message), tone)


def _not_understood(summary: Summary, top: int | None) -> Section:
    """Show the texts that no grammar fits, so that they can be reported."""
    columns = (Column(title="Reason", kind=Kind.NAME), Column(title="Text", kind=Kind.MESSAGE, below=True))
    shown = summary.unparsed[::-1][:top]
    rows = tuple(Row((words.plain(reason), words.plain(text))) for reason, text in shown)
    return Section(title="Not understood", columns=columns, rows=rows, left_out=len(summary.unparsed) - len(shown))


def _groups(title: str, name: str, kind: Kind, groups: Sequence[Group], top: int | None) -> Section:
    columns = (
        Column(title=name, kind=kind),
        Column(title="Pulls"),
        Column(title="p50", rank=2),
        Column(title="p90", rank=3),
        Column(title="Max"),
        Column(title="Wait", rank=1),
        Column(title="Failed"),
        Column(title="Cached", rank=5),
        Column(title="Size", rank=6),
        Column(title="Rate", rank=4),
    )
    shown = groups[:top]
    return Section(title=title, columns=columns, rows=tuple(map(_group_row, shown)), left_out=len(groups) - len(shown))


def _group_row(group: Group) -> Row:
    """Figures of a group without pulls are shown as not there, not as unknown."""
    told = words.duration if group.pulls else lambda seconds: "-" if seconds is None else words.duration(seconds)
    name = group.name if group.namespace is None else f"{group.namespace}/{group.name}"
    return Row(
        (
            words.plain(name),
            words.number(group.pulls),
            told(group.p50_seconds),
            told(group.p90_seconds),
            told(group.max_seconds),
            told(group.max_wait_seconds),
            words.number(group.failures),
            words.number(group.outcomes[Outcome.CACHED] + group.outcomes[Outcome.REVALIDATED]),
            words.size(group.bytes) if group.pulls else "-",
            words.rate(group.bytes_per_second) if group.pulls else "-",
        )
    )

"""The one sentence at the head of the page: what is worst now."""

from __future__ import annotations

from collections.abc import Sequence

from pullwatch.publish import page
from pullwatch.publish.report import words

MOST_IMAGE = 50
MOST_NODE = 30
"""Characters of the names in the sentence; the list below it has them whole."""


def headline(running: Sequence[page.Running], *, failing: int, problems: Sequence[str], part: bool = False) -> tuple[str, str]:
    """Return the sentence and its tone; rows come worst first, and are `part` of the cluster's or all.

    A cluster that cannot be seen is never called calm.
    """
    stuck = [row for row in running if row.tone == "stuck"]
    slow = [row for row in running if row.tone == "slow"]
    parts = [*_stuck(stuck), *_slow(slow), *_failing(failing)]
    if parts:
        return "; ".join(parts) + ".", "stuck" if stuck or failing else "slow"
    if problems:
        return "The cluster is not fully seen now.", "slow"
    if running:
        return f"{_are(len(running), 'pull')} running, none past {'its' if len(running) == 1 else 'a'} limit.", "calm"
    return ("Nothing of this is being pulled now." if part else "No image is being pulled now."), "calm"


def _stuck(rows: Sequence[page.Running]) -> list[str]:
    return [f"{_are(len(rows), 'pull')} stuck{_worst(rows)}"] if rows else []


def _slow(rows: Sequence[page.Running]) -> list[str]:
    limit = "its limit" if len(rows) == 1 else "their limits"
    return [f"{_are(len(rows), 'pull')} past {limit}{_worst(rows)}"] if rows else []


def _failing(count: int) -> list[str]:
    if not count:
        return []
    fails = "fails to get its image" if count == 1 else "fail to get their images"
    return [f"{words.counted(count, 'container')} {fails}"]


def _are(count: int, noun: str) -> str:
    return f"{words.counted(count, noun)} {'is' if count == 1 else 'are'}"


def _worst(rows: Sequence[page.Running]) -> str:
    worst = rows[0]
    image = words.shorten_image(words.plain(worst.image), MOST_IMAGE)
    node = f" on {words.shorten_middle(words.plain(worst.node), MOST_NODE)}" if worst.node else ""
    longest = "longest " if len(rows) > 1 else ""
    return f" ({longest}{words.duration(worst.worked_seconds)}: {image}{node})"

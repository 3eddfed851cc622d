"""The page that a browser gets from the exporter: its content as plain values, and its HTML.

How the content comes about is `overview`. The template escapes every text, holds no script and loads nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import jinja2

from pullwatch.publish.report import words

REFRESH_SECONDS = 5

MOST_TEXT = 200
"""Characters of one name on the page; the whole ones are in the JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A pull that has not ended."""

    image: str
    pod: str
    node: str
    age_seconds: float
    """Since it was asked for."""
    worked_seconds: float | None
    """Since nothing was ahead of it; None while something is."""
    limit_seconds: float
    limit_assumed: bool
    """Whether the limit stands on an assumed size, as none is known."""
    ahead: int
    tone: str
    """`stuck`, `slow` (past its limit) or empty."""

    @property
    def percent(self) -> float:
        """Return how much of its limit is used up, 100 at most."""
        return min(100.0, 100 * (self.worked_seconds or 0.0) / self.limit_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A container that does not get its image."""

    image: str
    pod: str
    node: str
    reason: str
    age_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A pull that ended, with the queue and the runtime's time apart."""

    image: str
    pod: str
    node: str
    ended_ago_seconds: float | None
    pull_seconds: float | None
    wait_seconds: float | None
    total_seconds: float | None
    size_bytes: int | None
    tone: str
    pull_percent: float
    """Width of its bar, of the slowest pull on the page."""
    wait_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed attempts and refusals of one reason."""

    reason: str
    attempts: int
    newest: str
    """Image of the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node and its pulls."""

    name: str
    running: int
    queued: int
    pulls: int
    slowest_seconds: float | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A node whose kubelet counted more pulls than Events told of."""

    name: str
    done: int
    seen: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageModel:
    """All that the page says. Each list comes with how many rows more there are than it shows."""

    headline: str
    tone: str
    wanted: str
    """What the lists are restricted to, as words; nothing where they hold all."""
    moment: str
    problems: Sequence[str]
    """What keeps the exporter from seeing the cluster."""
    running: Sequence[Running]
    running_more: int
    failing: Sequence[Failing]
    failing_more: int
    finished: Sequence[Finished]
    finished_more: int
    failures: Sequence[Failures]
    nodes: Sequence[Node]
    nodes_more: int
    lost: Sequence[Lost]
    lost_more: int
    coverage: str
    counted: str
    """Since when pulls are counted, not only shown."""


def render(model: PageModel, *, runbooks: Collection[str] = ()) -> str:
    """Return the page's HTML; reasons lead to their runbooks where those names have them."""
    return template("index.html").render(page=model, refresh_seconds=REFRESH_SECONDS, runbooks=runbooks)


def template(name: str) -> jinja2.Template:
    """Return a template of the folder `pages`, which escapes every text."""
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pullwatch.publish", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(duration=words.duration, size=words.size, number=words.number, name=_name)
    return environment


def _name(text: str) -> str:
    return words.shorten_middle(words.plain(text), MOST_TEXT)

"""`report`: reads recordings, or the cluster once, and sums up what it found.

Frames are taken in the order in which they were watched. Listed objects have no order, so they are gathered first: pods
tell who the Events are about, then Events follow by their stamps, then the pods' status is judged.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console
from rich.progress import Progress

from pullwatch.app.wrong import Wrong
from pullwatch.pack import assets
from pullwatch.publish import report as printed
from pullwatch.pulls import message, observed
from pullwatch.pulls import summary as summaries
from pullwatch.pulls.lifecycle import Lifecycle, in_order
from pullwatch.sources import errors, listing, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pullwatch.pulls.pull import Pull
    from pullwatch.pulls.summary import Summary
    from pullwatch.pulls.thresholds import Thresholds
    from pullwatch.settings import Cluster, Report

Object = observed.Event | observed.Pod | observed.Node

PROGRESS_SECONDS = 0.5
"""Reading that takes less shows no progress bar."""


def run(files: Sequence[Path], options: Report) -> bool:
    """Print the report; return whether it found what `fail_on` asks for. Raises Wrong with the line for the user."""
    if options.live and files:
        raise Wrong("report reads either files or, with --live, the cluster: leave one of them out")
    if not options.live and not files and sys.stdin.isatty():
        raise Wrong("report needs a file, --live, or a pipe: kubectl get events,pods,nodes -A -o json | pullwatch report")
    try:
        summary = asyncio.run(_live(options.cluster)) if options.live else _of_files([str(file) for file in files] or ["-"])
    except errors.SourceError as error:
        raise Wrong(str(error)) from error
    _print(summary, options)
    return options.fail_on == "slow" and summary.any_slow


def _print(summary: Summary, options: Report) -> None:
    if options.output != "table" and isinstance(sys.stdout, io.TextIOWrapper):
        # Files outlive the locale of the shell that wrote them; a table goes to a terminal, which has that locale's letters.
        sys.stdout.reconfigure(encoding="utf-8")
    width = shutil.get_terminal_size((80, 24)).columns
    try:
        printed.write(summary, output=options.output, stream=sys.stdout, width=width, color=_in_color(), top=options.top)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Wrong(f"standard output: {error.strerror or error}: write the report elsewhere") from error


def _in_color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _of_files(files: Sequence[str]) -> Summary:
    gathering, tally = Gathering(), recorded.Tally()
    with _progress() as tell:
        for found in recorded.read(files, stdin=sys.stdin.buffer, tally=tally, progress=tell):
            gathering.take(found.object, framed=found.framed, deleted=found.deleted)
    gathering.unusable(tally.unusable)
    return gathering.summary(thresholds=assets.thresholds(), now=tally.last_at)


async def _live(cluster: Cluster) -> Summary:
    """Read the cluster once, with what a watch would show."""
    from pullwatch.sources import access, resources
    from pullwatch.sources.kube import Session

    gathering = Gathering()
    named: Sequence[str | None] = tuple(dict.fromkeys(cluster.namespace)) or (None,)
    async with Session(access.find(kubeconfig=cluster.kubeconfig, context=cluster.context)) as session:
        # Without the right to nodes sizes have no kind, which is said; without Events or pods there is no report.
        with contextlib.suppress(errors.Forbidden):
            _take_all(gathering, await listing.read_once(session, resources.nodes()))
        for namespace in named:
            _take_all(gathering, await listing.read_once(session, resources.pods(namespace)))
            _take_all(gathering, await listing.read_once(session, resources.events(namespace)))
    return gathering.summary(thresholds=assets.thresholds(), now=time.time(), all_pods=True)


def _take_all(gathering: Gathering, listed: listing.Everything[Any]) -> None:
    for thing in listed.items:
        gathering.take(thing, framed=False, deleted=False)
    gathering.unusable(listed.undecoded)


@contextlib.contextmanager
def _progress() -> Iterator[recorded.Progress | None]:
    """Show a bar on standard error while long input is read, at a terminal only."""
    # rich takes CI systems and FORCE_COLOR for terminals, too.
    if not sys.stderr.isatty():
        yield None
        return
    console = Console(stderr=True)
    began = time.monotonic()
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None, visible=False)

        def tell(read: int, total: int | None) -> None:
            bar.update(task, completed=read, total=total, visible=time.monotonic() - began > PROGRESS_SECONDS)

        yield tell


class Gathering:
    """Observations on their way to a summary; `clock` tells seconds since the epoch where no stamp does."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lifecycle = Lifecycle()
        self._rows: list[Pull] = []
        self._listed: list[observed.Event] = []
        self._pods: list[observed.Pod] = []
        self._first: float | None = None
        self._oldest_kept: float | None = None

    def take(self, thing: Object, *, framed: bool, deleted: bool) -> None:
        """Take one object: framed ones happened in this order, listed ones wait for `summary`."""
        if isinstance(thing, observed.Event):
            self._event(thing, framed=framed, deleted=deleted)
        elif isinstance(thing, observed.Pod):
            self._pod(thing, framed=framed, deleted=deleted)
        elif deleted:
            self._lifecycle.node_gone(thing.name)
        else:
            self._lifecycle.node(thing)

    def summary(self, *, thresholds: Thresholds, now: float | None = None, all_pods: bool = False) -> Summary:
        """Return what was found; `now` is the newest stamp unless given, and the clock's where nothing bears a stamp.

        With `all_pods` every pod that there is was told: the cluster itself does so, a file perhaps not.
        """
        self._judge()
        if now is not None:
            self._lifecycle.reach(now)
        self._rows += self._lifecycle.settle(window_start=self._oldest_kept or 0.0, all_pods=all_pods)
        rows = [self._with_workload(row) for row in self._rows] + self._lifecycle.running()
        self._rows = []
        last = self._lifecycle.now or None
        return summaries.summarise(
            rows,
            now=last or self._clock(),
            window=(self._first, last),
            coverage=self._lifecycle.coverage(),
            thresholds=thresholds,
            unparsed=self._lifecycle.unparsed_texts,
        )

    def unusable(self, count: int) -> None:
        """Take that so many objects lack their names or have fields of surprising types: they were not understood either."""
        self._lifecycle.tally.unparsed += count

    def _event(self, event: observed.Event, *, framed: bool, deleted: bool) -> None:
        if deleted:
            self._lifecycle.event_gone(event)
            return
        for stamp in (event.first_at, event.last_at):
            if stamp is not None:
                self._first = stamp if self._first is None else min(self._first, stamp)
        if event.last_at is not None:
            # Everything touched since this stamp is still there; what was last touched earlier may have expired.
            self._oldest_kept = event.last_at if self._oldest_kept is None else min(self._oldest_kept, event.last_at)
        if framed:
            self._rows += self._lifecycle.event(event)
        elif message.concerns_image(event.reason, event.message):
            self._listed.append(event)

    def _pod(self, pod: observed.Pod, *, framed: bool, deleted: bool) -> None:
        if not framed:
            self._pods.append(pod)
            return
        self._lifecycle.pod(pod)
        if deleted:
            self._lifecycle.pod_gone(pod.uid)

    def _judge(self) -> None:
        for pod in self._pods:
            self._lifecycle.know(pod)
        for event in in_order(self._listed):
            self._rows += self._lifecycle.event(event)
        for pod in self._pods:
            self._lifecycle.reach(max(_stamps(pod), default=0.0))
        for pod in self._pods:
            self._lifecycle.pod(pod, listed=True)
        self._pods = []

    def _with_workload(self, row: Pull) -> Pull:
        """Name the workload of a pod that was read after its Event."""
        if row.workload is not None:
            return row
        workload = self._lifecycle.pods.workload(row.pod_uid)
        return msgspec.structs.replace(row, workload=workload) if workload else row


def _stamps(pod: observed.Pod) -> Iterable[float]:
    stamps = [pod.created_at, pod.started_at]
    for container in pod.containers:
        stamps += [container.started_at, container.finished_at]
    return (stamp for stamp in stamps if stamp is not None)

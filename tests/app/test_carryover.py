"""From one process to the next through a checkpoint: what was shown is shown again, and what happened meanwhile counts once."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import DOUBT_SECONDS, Exporter
from pullwatch.checkpoint.database import CheckpointError
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.pack import assets
from pullwatch.publish.exposition import NotShown
from tests.pulls.made import T0, failed, pod, present, pulled, pulling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pullwatch.pulls.observed import Event

DURATION = "pullwatch_pull_duration_seconds"
FAILURES = "pullwatch_pull_failures_total"
CACHE_HITS = "pullwatch_pull_cache_hits_total"
NGINX = ("docker.io", "library/nginx")
NOT_FOUND = ("docker.io", "not_found")

HOUR = 3600.0


class Life:
    """One process: its exporter, and what a scrape of it shows."""

    def __init__(self, cluster: Cluster, checkpoint: Checkpoint | None, namespaces: Sequence[str]) -> None:
        self.exporter = Exporter(
            thresholds=assets.thresholds(),
            contacts=Contacts(),
            clock=lambda: cluster.now,
            # Each process has a monotonic clock of its own.
            monotonic=lambda: cluster.now - T0 + 1e6 * cluster.lives,
            checkpoint=checkpoint,
            namespaces=namespaces,
        )
        self.checkpoint = checkpoint
        self._cluster = cluster

    def takes(self, *events: Event) -> None:
        self.exporter.events([("ADDED", event) for event in events], arrived_at=self._cluster.now)

    def shown(self, family: str) -> dict[tuple[str, ...], Any]:
        for _ in self.exporter.refresh():
            pass
        found: dict[tuple[str, ...], Any] = {}
        found |= {child.labels: child.shown() for text in self.exporter.texts if text.family.name == family for child in text.children()}
        return {labels: value if isinstance(value, float) else value.cumulative[-1] for labels, value in found.items()}


class Cluster:
    """A clock, and a checkpoint that processes share one after the other."""

    def __init__(self, path: Path) -> None:
        self.now = T0
        self.lives = 0
        self.path = path

    @contextlib.contextmanager
    def life(self, *listed: Event, namespaces: Sequence[str] = (), server: str = "one") -> Iterator[Life]:
        """Start a process, which finds these Events; its end leaves the file as a kill would."""
        self.lives += 1
        with contextlib.closing(Checkpoint(self.path, server=server)) as checkpoint:
            life = Life(self, checkpoint, namespaces)
            for namespace in namespaces or [""]:
                life.exporter.first_events([event for event in listed if namespace in ("", event.namespace)], namespace=namespace)
            yield life

    def stored(self) -> list[Any]:
        """Return all that the file holds."""
        with contextlib.closing(sqlite3.connect(self.path)) as file:
            tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [list(file.execute(f"SELECT * FROM {table}")) for table in tables]  # noqa: S608 - names from the file itself


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """Gives a cluster of which nothing was seen."""
    return Cluster(tmp_path / "checkpoint")


def test_what_was_shown_is_shown_again(cluster: Cluster) -> None:
    """A restart is no reset: counters go on, and never stand at 0 again after their first minute."""
    seen = [pulled(took="30s"), failed("gone:1", pod="web-1", count=3)]
    with cluster.life() as life:
        life.takes(*seen)
        cluster.now += 61
        before = life.shown(DURATION), life.shown(FAILURES)

    with cluster.life(*seen) as life:
        assert (life.shown(DURATION), life.shown(FAILURES)) == before
        assert before[0][NGINX] == 1
        assert before[1][NOT_FOUND] == 3

        life.takes(pulled("nginx:2", took="3s", pod="web-2"))
        assert life.shown(DURATION)[NGINX] == 2


def test_a_first_minute_goes_on(cluster: Cluster) -> None:
    """A child that no scrape has shown keeps its 0 until its minute is over, whatever restarts in between."""
    one = pulled(took="30s")
    with cluster.life() as life:
        life.takes(one)
        zeros = [life.shown(DURATION)[NGINX]]
    for _ in range(2):
        cluster.now += 29
        with cluster.life(one) as life:
            zeros.append(life.shown(DURATION)[NGINX])
    cluster.now += 3

    with cluster.life(one) as life:
        assert (zeros, life.shown(DURATION)[NGINX]) == ([0, 0, 0], 1)


def test_a_clock_set_back_gives_a_child_no_second_zero(cluster: Cluster) -> None:
    """Once it has shown its value it shows it ever after; one in its first minute waits a minute at most."""
    with cluster.life() as life:
        life.takes(pulled(took="30s"))
        cluster.now += 61
        life.shown(DURATION)
        life.takes(pulled("other:1", took="3s", pod="web-1"))
    cluster.now -= 10 * HOUR

    with cluster.life() as life:
        assert life.shown(DURATION) == {NGINX: 1, ("docker.io", "library/other"): 0}
        cluster.now += 60
        assert life.shown(DURATION)["docker.io", "library/other"] == 1


def test_what_happened_meanwhile_counts_once(cluster: Cluster) -> None:
    """An unknown Event counts, a grown one by its growth, a known one not at all; the next start finds nothing new."""
    known, grows = pulled(took="30s"), failed("gone:1", pod="web-1", count=2, uid="grows")
    with cluster.life() as life:
        life.takes(known, grows)
        cluster.now += 61
        life.shown(DURATION)
    cluster.now += 600
    listed = [
        known,
        failed("gone:1", pod="web-1", count=7, uid="grows", first=0, at=500),
        pulled("nginx:2", took="3s", pod="web-2", at=400),
    ]

    with capture_logs() as logged, cluster.life(*listed) as life:
        counted = life.shown(DURATION)[NGINX], life.shown(FAILURES)[NOT_FOUND]
        rows = life.exporter.recent()
    with cluster.life(*listed) as life:
        again = life.shown(DURATION)[NGINX], life.shown(FAILURES)[NOT_FOUND]
        rows_again = life.exporter.recent()

    assert (counted, again) == ((2, 7), (2, 7))
    assert rows == rows_again
    assert [(row.pod, row.count) for row in rows] == [("web-0", 1), ("web-1", 2), ("web-2", 1), ("web-1", 5)]
    assert [line["pulls"] for line in logged if line["event"] == "counted what happened while no process ran"] == [6]


def test_an_old_event_that_nobody_knows_is_left_out(cluster: Cluster) -> None:
    """It may have been counted and forgotten; of one that began long ago and grew lately, only the newest occurrence is sure."""
    with cluster.life() as life:
        life.takes(pulled(took="30s"))
        cluster.now += 61
        life.shown(DURATION)
    old = pulled("old:1", took="3s", pod="web-1", at=-3 * HOUR)
    grows = failed("gone:1", pod="web-2", count=9, first=-3 * HOUR, at=30)

    with cluster.life(old, grows) as life:
        cluster.now += 61
        assert ("docker.io", "library/old") not in {labels for labels, value in life.shown(DURATION).items() if value}
        assert life.shown(FAILURES)[NOT_FOUND] == 1


def test_a_namespace_that_was_not_watched_before_is_shown_and_not_counted(cluster: Cluster) -> None:
    """What was there before we came is no news, as at a first start."""
    shop, bank = pulled(took="30s", at=1), pulled("vault:1", took="3s", namespace="bank", pod="vault", at=1)
    with cluster.life(namespaces=["shop"]):
        cluster.now += 61

    with capture_logs() as logged, cluster.life(shop, bank, namespaces=["shop", "bank"]) as life:
        cluster.now += 61
        assert life.shown(DURATION) == {NGINX: 1}
        assert {row.namespace for row in life.exporter.recent()} == {"shop", "bank"}
    later = pulled("vault:1", took="4s", namespace="bank", pod="vault-2", at=62)
    with cluster.life(shop, bank, later) as life:
        cluster.now += 61
        # Of all other namespaces nobody knows: now the checkpoint is of two, and all are watched.
        assert life.shown(DURATION) == {NGINX: 1, ("docker.io", "library/vault"): 1}

    told = [line for line in logged if "shown and not counted" in line["event"]]
    assert [(line["pulls"], "hint" in line) for line in told] == [(1, False)]


def test_a_namespace_whose_list_is_late_is_not_taken_for_watched(cluster: Cluster) -> None:
    """A process that ended before it had read all lists leaves the namespaces of the one before."""
    bank = pulled("vault:1", took="3s", namespace="bank", pod="vault", at=1)
    with cluster.life(namespaces=["shop"]):
        pass
    with contextlib.closing(Checkpoint(cluster.path, server="one")) as checkpoint:
        life = Life(cluster, checkpoint, ["shop", "bank"])
        life.exporter.first_events([], namespace="shop")
        life.exporter.tick()

    with cluster.life(bank, namespaces=["shop", "bank"]) as life:
        cluster.now += 61
        assert not any(life.shown(DURATION).values())


def test_a_namespace_that_cannot_be_listed_takes_nothing_from_the_others(cluster: Cluster) -> None:
    """Rights for one of two namespaces: what happens there while no process runs counts."""
    missed = pulled(took="30s", at=1)
    for listed in ([], [missed]):
        with contextlib.closing(Checkpoint(cluster.path, server="one")) as checkpoint:
            life = Life(cluster, checkpoint, ["shop", "forbidden"])
            life.exporter.first_events(listed, namespace="shop")
            cluster.now += 61
            counted = life.shown(DURATION)

    assert counted == {NGINX: 1}


def test_a_namespace_that_is_listed_late_is_still_known(cluster: Cluster) -> None:
    """What happened there since the process before counts, also when one in between ended before its list came."""
    bank = pulled("vault:1", took="3s", namespace="bank", pod="vault", at=1)
    with cluster.life(namespaces=["shop", "bank"]):
        pass
    with contextlib.closing(Checkpoint(cluster.path, server="one")) as checkpoint:
        Life(cluster, checkpoint, ["shop", "bank"]).exporter.first_events([], namespace="shop")

    with cluster.life(bank, namespaces=["shop", "bank"]) as life:
        cluster.now += 61
        assert life.shown(DURATION) == {("docker.io", "library/vault"): 1}


def test_a_clock_that_ran_ahead_for_a_while_doubles_nothing(cluster: Cluster) -> None:
    """All Events of the right time look too old meanwhile; none counts a second time after it."""
    seen = [pulled(f"nginx:{number}", took="3s", pod=f"web-{number}", at=number) for number in range(5)]
    with cluster.life() as life:
        life.takes(*seen)
        cluster.now += 86_400
        life.takes(pulled("other:1", took="3s", pod="other"))
        life.shown(DURATION)
        cluster.now -= 86_400 - 90
        life.takes(pulled("other:2", took="3s", pod="other", at=90))

    with cluster.life(*seen) as life:
        assert life.shown(DURATION)[NGINX] == 5


def test_a_process_that_saw_nothing_leaves_nothing(cluster: Cluster) -> None:
    """Killed before its first list, or with none for minutes, it must not make what is there look new."""
    there = pulled(took="30s")
    for seconds in (0, 120):
        with contextlib.closing(Checkpoint(cluster.path, server="one")) as checkpoint:
            life = Life(cluster, checkpoint, [])
            cluster.now += seconds
            life.shown(DURATION)
            life.exporter.tick()

    with cluster.life(there) as life:
        cluster.now += 61
        assert not any(life.shown(DURATION).values())
        assert len(life.exporter.recent()) == 1


def test_events_that_went_meanwhile_are_not_missed(cluster: Cluster) -> None:
    """An empty list after a restart moves nothing; the uid of one that went is new when it comes back, as it never does."""
    one = pulled(took="30s")
    with cluster.life() as life:
        life.takes(one)
        cluster.now += 61
        life.shown(DURATION)

    with cluster.life() as life:
        assert life.shown(DURATION)[NGINX] == 1
        life.exporter.events([("DELETED", one)], arrived_at=cluster.now)
        assert life.checkpoint is not None
        assert dict(life.checkpoint.counts()) == {}


def test_a_count_that_went_back_moves_nothing(cluster: Cluster) -> None:
    """An API server that was restored from a backup tells older states."""
    with cluster.life() as life:
        life.takes(present(count=5, uid="one"))
        cluster.now += 61
        life.shown(CACHE_HITS)

    for count, shown in ((3, 5), (5, 5), (6, 6)):
        with cluster.life(present(count=count, uid="one")) as life:
            assert life.shown(CACHE_HITS)[*NGINX, "present"] == shown


def test_slow_pulls_and_sizes_are_back(cluster: Cluster) -> None:
    """The alert on a pull that ended a moment ago goes on, and an image that was pulled once has its size."""
    slow = pulled(took="50s", size=12_345_678)
    with cluster.life() as life:
        life.takes(slow)
        before = life.shown("pullwatch_last_pull_duration_seconds")

    with cluster.life(slow) as life:
        assert life.shown("pullwatch_last_pull_duration_seconds") == before
        assert list(before.values()) == [50.0]
        assert [size for size, _ in life.exporter.state().image_sizes.values()] == [12_345_678]


def test_what_runs_and_fails_is_rebuilt(cluster: Cluster) -> None:
    """Known Events rebuild the state that no counter holds."""
    asked, gone = pulling(at=1), failed("gone:1", pod="web-1", at=2)
    with cluster.life() as life:
        life.takes(asked, gone)
    cluster.now += 30

    with cluster.life(asked, gone) as life:
        # The pod is not read here.
        cluster.now += DOUBT_SECONDS
        state = life.exporter.state()
        assert [(row.pod, row.started_at) for row in state.running] == [("web-0", T0 + 1)]
        assert [row.pod for row in state.failing] == ["web-1"]


def test_the_page_says_since_when_the_counters_count(cluster: Cluster) -> None:
    """The first start of the checkpoint, not the last."""
    with cluster.life() as life:
        first = life.exporter.summary().counted
    cluster.now += 86_400

    with cluster.life() as life:
        assert life.exporter.summary().counted == first
    assert first.startswith("The counters of the metrics count since 2023-11-14")


def test_nothing_is_written_when_nothing_changed(cluster: Cluster) -> None:
    """A quiet cluster costs no write, however often it is scraped."""
    one = pulled(took="30s")
    with cluster.life() as life:
        life.takes(one)
        cluster.now += 61
        life.shown(DURATION)
    before = cluster.stored()
    with cluster.life(one) as life:
        cluster.now += 61
        life.shown(DURATION)
    quiet = cluster.stored()

    with cluster.life(one) as life:
        assert life.checkpoint is not None
        database = life.checkpoint._database
        (changes,) = next(database.rows("SELECT total_changes()"))
        for _ in range(3):
            cluster.now += 300
            life.takes(one)
            life.exporter.missed_events([one])
            life.exporter.tick()
            life.exporter.pod_read("uid-web-0", pod("web-0"))
            life.shown(DURATION)
        assert list(database.rows("SELECT total_changes()")) == [(changes,)]
    assert before != []
    assert len(quiet) == len(before)


@pytest.mark.parametrize("way", ["events", "missed_events", "tick"])
def test_what_cannot_be_saved_is_not_shown(cluster: Cluster, way: str) -> None:
    """No scrape, page or document shows it, whichever way it came; the error stays, and the file holds the last state."""
    with cluster.life() as life:
        life.takes(pulled(took="30s"))
        cluster.now += 61
        life.shown(DURATION)
        assert life.checkpoint is not None
        list(life.checkpoint._database.rows("PRAGMA max_page_count = 1"))
        lost = pulled("lost:1", took="3s", pod="web-1", size=4321, uid="x" * 100_000)

        with pytest.raises(CheckpointError, match="the disk is full"):
            comes(life, lost, way)

        for show in (lambda: life.shown(DURATION), lambda: life.exporter.registry, life.exporter.summary, life.exporter.pulls_document):
            with pytest.raises(NotShown, match=r"^checkpoint .*: the disk is full"):
                show()
        with pytest.raises(CheckpointError):
            life.exporter.tick()

    with cluster.life() as life:
        assert life.shown(DURATION) == {NGINX: 1}


def comes(life: Life, lost: Event, way: str) -> None:
    """Let an Event come in one of the ways in which it can."""
    match way:
        case "events":
            life.takes(lost)
        case "missed_events":
            life.exporter.missed_events([lost])
        case _:
            # A batch that was broken off is saved with the next step, or not at all.
            life.exporter._count(life.exporter._lifecycle.event(lost, arrived_at=0.0), 0.0)
            life.exporter.tick()


def test_a_scrape_that_cannot_save_a_first_value_shows_nothing(cluster: Cluster) -> None:
    """The next process would show 0 again."""
    with cluster.life() as life:
        life.takes(pulled(took="30s"))
        cluster.now += 61
        assert life.checkpoint is not None
        list(life.checkpoint._database.rows("PRAGMA query_only = 1"))

        with pytest.raises(NotShown):
            life.shown(DURATION)


def test_children_of_another_version_are_left_out_and_told(cluster: Cluster) -> None:
    """A family that is gone, or has other buckets, begins anew; all others go on."""
    with cluster.life() as life:
        life.takes(pulled(took="30s"))
        cluster.now += 61
        life.shown(DURATION)
    with contextlib.closing(sqlite3.connect(cluster.path)) as file, file:
        file.execute("UPDATE series SET family = 'pullwatch_of_old_total' WHERE family = 'pullwatch_unseen_pulls_total'")
        file.execute("UPDATE series SET numbers = x'9101' WHERE family = ?", [DURATION])

    with capture_logs() as logged, cluster.life() as life:
        assert NGINX not in life.shown(DURATION)
        assert life.shown("pullwatch_pull_including_wait_seconds")[NGINX] == 1
    assert logged[0]["series_of_another_version"] >= 1


@pytest.mark.parametrize("text", ["9" * 30, "18446744073709551616"])
def test_no_number_of_an_event_is_too_great(cluster: Cluster, text: str) -> None:
    """A forged size must not end the process."""
    with cluster.life() as life:
        life.takes(pulled(took="30s", size=int(text)), pulled(took=f"{text}s", pod="web-1"))
        cluster.now += 61
        before = life.shown(DURATION), life.shown("pullwatch_pull_image_bytes_total")

    with cluster.life() as life:
        assert (life.shown(DURATION), life.shown("pullwatch_pull_image_bytes_total")) == before


def test_without_a_checkpoint_the_start_is_told(cluster: Cluster) -> None:
    """One line says what is shown and not counted, and what would help; an empty cluster has none."""
    life = Life(cluster, None, [])
    with capture_logs() as logged:
        life.exporter.first_events([pulled(took="30s"), failed("gone:1", pod="web-1", count=3), pulling("new:1", pod="web-2")])
    with capture_logs() as empty:
        Life(cluster, None, []).exporter.first_events([])

    hint = "with --checkpoint FILE a restart counts what it missed"
    assert logged == [
        {"event": "pulls that ended before the start are shown and not counted", "pulls": 4, "hint": hint, "log_level": "info"}
    ]
    assert empty == []

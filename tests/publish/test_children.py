"""How children of counters and histograms come, show and go."""

from __future__ import annotations

import dataclasses
import itertools

from pullwatch.publish import metrics
from pullwatch.publish.children import FOLDED_REGISTRIES, IDLE_SECONDS, Counters, Histograms, Kept
from pullwatch.publish.samples import Distribution, Labels
from pullwatch.pulls import image
from pullwatch.pulls.pull import FAILURES
from tests.publish.given import NGINX, Exporter, distribution, pulled, values


def test_shows_zero_from_the_first_pulling_on(exporter: Exporter) -> None:
    """All that a pull may move is there before it moves, so that `increase()` sees the step."""
    exporter.metrics.asked(image.parse("nginx:1.27"), node="node-a")

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION)}
    assert exporter.show(metrics.TOTAL) == {NGINX: distribution(metrics.TOTAL)}
    assert exporter.show(metrics.CACHE_HITS) == {(*NGINX, "present"): 0.0, (*NGINX, "revalidated"): 0.0}
    assert exporter.show(metrics.PULL_FAILURES) == {("docker.io", reason.value): 0.0 for reason in FAILURES}
    assert exporter.show(metrics.NODE_FAILURES) == {("node-a",): 0.0}
    assert exporter.show(metrics.NODE_DURATION) == {("node-a",): distribution(metrics.NODE_DURATION)}


def test_shows_a_new_child_its_value_after_a_minute(exporter: Exporter) -> None:
    """What is counted in the first 60 s appears at once when they are over, and nothing of it is lost."""
    exporter.metrics.count(pulled(pull_seconds=2.0))
    exporter.clock.seconds += 59.9
    exporter.metrics.count(pulled(pull_seconds=3.0))

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION)}

    exporter.clock.seconds += 0.1

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 2.0, 3.0)}

    exporter.metrics.count(pulled(pull_seconds=4.0))

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 2.0, 3.0, 4.0)}


def test_deletes_a_child_that_nothing_touched_for_a_day(exporter: Exporter) -> None:
    """A repository that is no longer pulled goes; one that is pulled again starts at 0."""
    exporter.metrics.count(pulled())
    exporter.clock.seconds += 24 * 3600
    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 12.0)}

    exporter.clock.seconds += 61
    assert exporter.show(metrics.DURATION) == {}

    exporter.metrics.count(pulled(pull_seconds=2.0))
    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION)}
    assert exporter.show_later(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 2.0)}


def test_keeps_a_child_that_is_asked_for(exporter: Exporter) -> None:
    """Pulls that are asked for keep the reasons at 0 of their registry alive."""
    for _ in range(3):
        exporter.metrics.asked(image.parse("nginx:1.27"))
        exporter.clock.seconds += 20 * 3600

    assert len(exporter.show(metrics.PULL_FAILURES)) == len(FAILURES)


def test_folds_repositories_past_the_cap_into_other() -> None:
    """Sums stay right past the cap, and each registry keeps its name."""
    counters = Counters(dataclasses.replace(metrics.IMAGE_BYTES, cap=2))
    for repository in ("a", "b", "c", "d"):
        counters.increase(("one.example", repository, "compressed"), 1.0, at=0.0)
    counters.increase(("two.example", "e", "compressed"), 1.0, at=0.0)
    counters.increase(("one.example", "a", "compressed"), 1.0, at=0.0)
    counters.refresh(now=60.0)

    assert values(counters.text) == {
        ("one.example", "a", "compressed"): 2.0,
        ("one.example", "b", "compressed"): 1.0,
        ("one.example", "_other", "compressed"): 2.0,
        ("two.example", "_other", "compressed"): 1.0,
    }
    assert counters.dropped == 3


def test_folds_registries_past_the_cap_into_other() -> None:
    """A family without repositories has one child for all registries that found no room."""
    counters = Counters(dataclasses.replace(metrics.PULL_FAILURES, cap=1))
    for registry in ("one.example", "two.example", "three.example"):
        counters.increase((registry, "auth"), 1.0, at=0.0)
    counters.refresh(now=60.0)

    assert values(counters.text) == {("one.example", "auth"): 1.0, ("_other", "auth"): 2.0}


def test_stays_bounded_under_hostile_names(exporter: Exporter) -> None:
    """5,000 made-up registries leave the caps and 101 children of others, and every pull is still counted."""
    for number in range(5_000):
        exporter.metrics.count(pulled(f"r{number}.example/app:1"))

    shown = exporter.show_later(metrics.DURATION)

    assert len(shown) == metrics.DURATION.cap + 101
    assert sum(value.cumulative[-1] for value in shown.values() if isinstance(value, Distribution)) == 5_000
    assert ("_other", "_other") in shown
    assert exporter.metrics.dropped[metrics.DURATION.name] == 3_000
    assert exporter.metrics.series[metrics.DURATION.name] == 16 * len(shown)


def test_drops_nodes_past_the_cap_and_counts_them() -> None:
    """A family of nodes has no room for others: a made-up node would be worse."""
    histograms = Histograms(dataclasses.replace(metrics.NODE_DURATION, cap=1))
    for node in ("node-a", "node-b", "node-a"):
        histograms.observe((node,), 5.0, at=0.0)
    histograms.refresh(now=60.0)

    assert values(histograms.text) == {("node-a",): distribution(metrics.NODE_DURATION, 5.0, 5.0)}
    assert histograms.dropped == 1


def taken(children: Counters | Histograms, *, now: float = 0.0) -> tuple[dict[Labels, Kept], set[Labels]]:
    """Return what is to be saved by its labels, and what is gone."""
    touched, gone = children.take_touched(now=now)
    assert len({one.labels for one in touched}) == len(touched)
    return {one.labels: one for one in touched}, gone


def counters(*, cap: int = 100) -> Counters:
    made = Counters(dataclasses.replace(metrics.IMAGE_BYTES, cap=cap))
    made.note_touched()
    return made


def image_bytes(repository: str, registry: str = "one.example") -> Labels:
    return (registry, repository, "compressed")


def test_tells_what_is_to_be_saved_once() -> None:
    """New ones, those that counted, and those that show their value from now on; a mere touch is none of it."""
    made = counters()
    a, b = image_bytes("a"), image_bytes("b")
    made.create(a, at=0.0)
    made.increase(b, 2.0, at=1.0)
    first = taken(made, now=10.0)
    made.create(a, at=11.0)
    nothing = taken(made)
    made.increase(a, 3.0, at=30.0)
    grew = taken(made, now=31.0)
    made.refresh(now=60.0)
    shows = taken(made, now=60.0)

    assert first == ({a: Kept(a, 10.0, (0.0,)), b: Kept(b, 9.0, (2.0,))}, set())
    assert nothing == ({}, set())
    assert grew == ({a: Kept(a, 31.0, (3.0,))}, set())
    assert shows == ({a: Kept(a, None, (3.0,))}, set())


def test_tells_nothing_where_nobody_saves_it() -> None:
    """Without a checkpoint nothing is noted, or it would grow for ever."""
    made = Counters(metrics.IMAGE_BYTES)
    made.increase(image_bytes("a"), 2.0, at=1.0)

    assert (made.touched, taken(made)) == (None, ({}, set()))


def test_tells_what_is_gone() -> None:
    """An idle child goes from the file as well; one that comes back in the same batch is new and gone."""
    made = counters()
    a, b = image_bytes("a"), image_bytes("b")
    made.increase(a, 2.0, at=0.0)
    made.increase(b, 2.0, at=0.0)
    taken(made)

    made.refresh(now=IDLE_SECONDS + 1)
    made.increase(a, 1.0, at=IDLE_SECONDS + 2)

    assert taken(made, now=IDLE_SECONDS + 3) == ({a: Kept(a, 1.0, (1.0,))}, {a, b})


def test_a_child_that_counts_and_goes_in_one_batch_is_gone() -> None:
    """The one that was counted before it went must not come back."""
    made = counters()
    a = image_bytes("a")
    made.increase(a, 2.0, at=0.0)
    made.refresh(now=IDLE_SECONDS + 1)

    assert taken(made) == ({}, {a})


def test_comes_back_as_it_was_saved() -> None:
    """Values and first minutes go on; those in it stand in line with the new ones."""
    histograms = Histograms(metrics.NODE_DURATION)
    numbers = (12.5, *range(len(metrics.NODE_DURATION.buckets) + 1))
    kept = [
        Kept(("young",), 10.0, numbers),
        Kept(("old",), None, numbers),
        Kept(("older",), 50.0, numbers),
        Kept(("future",), -9e9, numbers),
    ]

    assert histograms.restore(kept, now=1000.0) == 0
    histograms.observe(("new",), 1.0, at=1001.0)

    whole = Distribution(tuple(itertools.accumulate(numbers[1:])), 12.5)
    nothing = Distribution((0,) * (len(numbers) - 1), 0.0)
    shown = []
    for now in (1000.0, 1010.0, 1050.0, 1060.0):
        histograms.refresh(now=now)
        shown.append({labels[0] for labels, value in values(histograms.text).items() if value != nothing})
    assert shown == [{"old"}, {"old", "older"}, {"old", "older", "young"}, {"old", "older", "young", "future"}]
    assert values(histograms.text)["young",] == whole


def test_comes_back_where_one_is_from_the_start() -> None:
    """A child that is always there takes its saved value, and is shown once."""
    made = counters()
    a = image_bytes("a")
    made.create(a, at=0.0)
    made.restore([Kept(a, None, (7.0,))], now=0.0)
    made.increase(a, 1.0, at=0.0)
    made.refresh(now=0.0)

    assert values(made.text) == {a: 8.0}


def test_what_does_not_fit_the_family_is_left_out() -> None:
    """Another version had other labels or buckets."""
    made = counters()

    assert (
        made.restore([Kept(("a",), None, (1.0,)), Kept(image_bytes("a"), None, (1.0, 2)), Kept(image_bytes("b"), None, (1.0,))], now=0.0)
        == 2
    )
    made.refresh(now=0.0)
    assert values(made.text) == {image_bytes("b"): 1.0}


def test_what_was_folded_stays_folded() -> None:
    """Children of `_other` are saved by that name, come back as such and go on; they take nobody's room."""
    made = counters(cap=1)
    for repository in ("a", "b", "c"):
        made.increase(image_bytes(repository), 1.0, at=0.0)
    kept, gone = taken(made, now=61.0)

    again = counters(cap=2)
    again.restore([one._replace(age_seconds=None) for one in kept.values()], now=0.0)
    again.increase(image_bytes("d"), 1.0, at=0.0)
    again.increase(image_bytes("e"), 1.0, at=0.0)
    again.refresh(now=60.0)

    assert (set(kept), gone) == ({image_bytes("a"), image_bytes("_other")}, set())
    assert values(again.text) == {image_bytes("a"): 1.0, image_bytes("d"): 1.0, image_bytes("_other"): 3.0}
    assert set(taken(again)[0]) == {image_bytes("d"), image_bytes("_other")}


def test_no_more_registries_are_named_after_a_restart() -> None:
    """Those with an `_other` of their own are as many as before; further ones share one."""
    made = counters(cap=1)
    made.increase(image_bytes("a"), 1.0, at=0.0)
    for number in range(FOLDED_REGISTRIES):
        made.increase(image_bytes("b", f"{number}.example"), 1.0, at=0.0)
    kept, _ = taken(made)

    again = counters(cap=1)
    again.restore(kept.values(), now=0.0)
    again.increase(image_bytes("b", "new.example"), 1.0, at=0.0)
    again.increase(image_bytes("b", "7.example"), 1.0, at=0.0)

    assert set(taken(again)[0]) == {("_other", "_other", "compressed"), image_bytes("_other", "7.example")}

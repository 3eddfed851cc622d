"""A target that is scraped in virtual time behaves as one that Prometheus scrapes."""

from __future__ import annotations

from tests.history import remote_write
from tests.history.remote_write import STALE, Samples
from tests.history.scraped import Scraped

AT = 1_767_225_600.0
UP = {"__name__": "up", "job": "of", "node": "own"}


def written(samples: Samples) -> dict[bytes, list[bytes]]:
    """Return the values of each series."""
    return {series: [content[at + 3 : at + 11] for at in range(0, len(content), 18)] for series, content in samples.by_series()}


def test_labels_of_the_target_give_way() -> None:
    """A series keeps its own label where the target has one of that name, and gets those that it lacks."""
    samples = Samples()

    Scraped({"job": "of", "node": "own"}).scrape(b'# HELP a b\na{node="pull",text="x\\"y"} 2\n', samples, at=AT)

    series = remote_write.encoded({"__name__": "a", "job": "of", "node": "pull", "text": 'x"y'})
    assert written(samples) == {series: [remote_write.number(2)], remote_write.encoded(UP): [remote_write.number(1)]}


def test_a_series_that_is_gone_ends_at_the_next_scrape() -> None:
    """What is exposed no longer is marked, so that nobody sees its last value for five minutes more."""
    samples, target = Samples(), Scraped({"job": "of", "node": "own"})

    target.scrape(b"a 2\nb 3\n", samples, at=AT)
    target.scrape(b"b 4\n", samples, at=AT + 30)

    series = remote_write.encoded({"__name__": "a", "job": "of", "node": "own"})
    assert written(samples)[series] == [remote_write.number(2), STALE]


def test_a_target_that_does_not_answer_is_down_and_ends() -> None:
    """A missed scrape ends all series and says so in `up`; a target that is gone ends that, too."""
    samples, target = Samples(), Scraped({"job": "of", "node": "own"})

    target.scrape(b"a 2\n", samples, at=AT)
    target.missed(samples, at=AT + 30)
    target.gone(samples, at=AT + 60)

    series = remote_write.encoded({"__name__": "a", "job": "of", "node": "own"})
    assert written(samples)[series] == [remote_write.number(2), STALE]
    assert written(samples)[remote_write.encoded(UP)] == [remote_write.number(1), remote_write.number(0), STALE]

"""The gauge of image sizes, told many times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullwatch.publish import metrics
from pullwatch.publish.state import State
from pullwatch.pulls import image
from pullwatch.pulls.image import Image
from pullwatch.pulls.pull import SizeKind
from tests.publish.given import Exporter

# Both spellings of one image are among them.
known = [image.parse(name) for name in ("nginx:1", "docker.io/library/nginx:1", "redis", "docker.io/redis:latest", "a.example/b", "_")]
sizes = st.dictionaries(st.sampled_from(known), st.tuples(st.integers(1, 3), st.sampled_from(list(SizeKind)[:2])), max_size=6)


@given(st.lists(sizes, min_size=1, max_size=6))
def test_shows_the_sizes_of_now_whatever_was_before(moments: list[dict[Image, tuple[int, SizeKind]]]) -> None:
    """Following what changed ends where looking at all anew would."""
    exporter = Exporter()
    shown = [exporter.show(metrics.IMAGE_SIZE, State(image_sizes=told)) for told in moments]

    assert shown[-1] == Exporter().show(metrics.IMAGE_SIZE, State(image_sizes=moments[-1]))

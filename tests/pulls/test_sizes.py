"""What is known of images' sizes."""

from __future__ import annotations

from pullwatch.pulls import image
from pullwatch.pulls.pull import SizeKind
from pullwatch.pulls.sizes import KnownSizes

COMPRESSED = SizeKind.COMPRESSED


def test_keeps_the_newest_size_of_an_image_in_any_spelling() -> None:
    """Two spellings of one image are one entry, under the spelling told last."""
    sizes = KnownSizes()
    short, long = image.parse("nginx:1"), image.parse("docker.io/library/nginx:1")

    sizes.tell(short, 10, COMPRESSED)
    sizes.tell(long, 20, COMPRESSED)

    assert sizes.by_image() == {long: (20, COMPRESSED)}


def test_forgets_the_one_told_longest_ago() -> None:
    """Past the capacity an image that nobody speaks of goes, also if its size never changed."""
    sizes = KnownSizes(capacity=2)
    a, b, c = (image.parse(f"{name}.example/app:1") for name in "abc")

    for told in (a, b, a, c):
        sizes.tell(told, 10, COMPRESSED)

    assert set(sizes.by_image()) == {a, c}


def test_tells_whether_anything_changed() -> None:
    """The mapping is the same object until a size is told that was not known; what was given out before stays as it was."""
    sizes = KnownSizes()
    nginx = image.parse("nginx:1")
    sizes.tell(nginx, 10, COMPRESSED)
    before = sizes.by_image()

    sizes.tell(nginx, 10, COMPRESSED)
    assert sizes.by_image() is before

    sizes.tell(nginx, 11, COMPRESSED)
    assert (before, sizes.by_image()) == ({nginx: (10, COMPRESSED)}, {nginx: (11, COMPRESSED)})


def test_a_size_that_is_filled_in_gives_way() -> None:
    """To what is told, and to what is filled in later; never the other way round."""
    sizes = KnownSizes(capacity=2)
    nginx, redis, other = (image.parse(name) for name in ("nginx:1", "redis:1", "other:1"))
    sizes.fill(nginx, 10)
    sizes.fill(nginx, 11)
    assert sizes.size_of(nginx) == (11, COMPRESSED)

    sizes.tell(nginx, 12, SizeKind.UNCOMPRESSED)
    sizes.fill(nginx, 13)
    assert sizes.size_of(nginx) == (12, SizeKind.UNCOMPRESSED)

    sizes.fill(redis, 1)
    for number in (1, 2):
        sizes.tell(image.parse(f"{other.repository}:{number}"), 5, COMPRESSED)
    sizes.tell(redis, 7, COMPRESSED)
    sizes.fill(redis, 8)
    assert sizes.size_of(redis) == (7, COMPRESSED)

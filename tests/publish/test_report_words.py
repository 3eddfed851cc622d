"""How the report words figures and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pullwatch.publish.report import words
from pullwatch.pulls import image


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "?"),
        (0, "0s"),
        (0.0001, "<1ms"),
        (0.275, "275ms"),
        (0.9994, "999ms"),
        (0.9996, "1.0s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (82, "1m22s"),
        (3599.6, "1h00m"),
        (7500, "2h05m"),
        (86399, "1d00h"),
        (273600, "3d04h"),
    ],
)
def test_durations_carry_into_the_next_unit(seconds: float | None, text: str) -> None:
    """No `60s`, no `1000ms`, and what is not known is not 0."""
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "?"), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (419_893_421, "420 MB"), (4.2e9, "4.2 GB"), (3e15, "3,000 TB")],
)  # fmt: skip
def test_sizes_are_decimal(count: float | None, text: str) -> None:
    """The units of runtimes and registries."""
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (99, "registry.example.com:5000/team/sub/web:1.0-rc.3"),
        (36, "registry.example.com:5…/web:1.0-rc.3"),
        (15, "r…/web:1.0-rc.3"),
        (14, "web:1.0-rc.3"),
        (10, "web…0-rc.3"),
        (0, ""),
    ],
)
def test_an_image_keeps_its_tag_and_last_component(width: int, text: str) -> None:
    """The registry's path gives way first, the tag last."""
    assert words.shorten_image("registry.example.com:5000/team/sub/web:1.0-rc.3", width) == text


def test_an_image_keeps_the_beginning_of_its_digest() -> None:
    """Twelve letters tell digests apart, as everywhere."""
    reference = f"registry.example.com/team/web:1@sha256:{'ab' * 32}"

    assert words.shorten_image(reference, 40) == "registry.exam…/web:1@sha256:abababababab"


@given(st.text(max_size=400), st.integers(0, 120))
def test_no_text_is_wider_than_asked(text: str, width: int) -> None:
    """Whatever a name holds, wide letters and marks included."""
    text = words.plain(text)

    for shortened in (words.shorten(text, width), words.shorten_middle(text, width), words.shorten_image(text, width)):
        assert words.cells(shortened) <= width
        assert cell_len(shortened) <= width


@given(st.text(max_size=200))
def test_plain_text_moves_nothing(text: str) -> None:
    """No control, format or line character is left, and the length stays."""
    assert words.plain(text).isprintable()
    assert len(words.plain(text)) == len(text)


def test_an_error_is_told_without_what_stands_beside_it() -> None:
    """The kubelet repeats the image up to four times before it comes to the cause."""
    text = (
        'Failed to pull image "nginx:9": rpc error: code = NotFound desc = failed to pull and unpack image'
        ' "docker.io/library/nginx:9": failed to resolve reference "docker.io/library/nginx:9": docker.io/library/nginx:9: not found'
    )

    assert words.error(text, image.parse("nginx:9")) == 'failed to pull and unpack image "…": failed to resolve reference "…": …: not found'
    assert words.error("anything else", image.parse("nginx:9")) == "anything else"


def test_moments_that_no_calendar_has_are_unknown() -> None:
    """A skewed stamp must not end a report."""
    assert words.moment(0) == "1970-01-01 00:00:00 UTC"
    assert words.moment(1e18) == "?"
    assert words.moment(None) == "?"


@pytest.mark.parametrize(("share", "text"), [(None, "?"), (0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")])
def test_a_share_is_never_rounded_to_nothing_or_all(share: float | None, text: str) -> None:
    """Only nothing is 0 %, and only all is 100 %."""
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("share", "bar"), [("", ""), ("0.0", ""), ("0.0001", "▏"), ("0.5", "██"), ("0.53", "██▏"), ("0.9999", "███▉"), ("1.0", "████")]
)
def test_a_bar_is_of_eighths(share: str, bar: str) -> None:
    """What is there is seen, and only all of it fills the bar."""
    assert words.bar(share, 4) == bar


def test_a_bar_can_be_written_anywhere() -> None:
    """In signs of ASCII where the stream has no others; what else it lacks is `?`."""
    assert words.encodable("██▌▏ 漢", "ascii") == "###- ?"
    assert words.encodable("██▌▏ 漢", "utf-8") == "██▌▏ 漢"
    assert words.encodable("é", "latin-1") == "é"

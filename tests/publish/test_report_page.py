"""The report as one HTML file."""

from __future__ import annotations

import collections
import html.parser
import re
import time

import pytest
from hypothesis import given, settings

from pullwatch.publish.report import strips, timeline
from pullwatch.pulls.pull import Outcome
from tests.publish.reported import attacked, hostile, small, written
from tests.pulls.made import T0
from tests.pulls.made_pulls import NOW, failed, pull, pulled, running, summarise


class Structure(html.parser.HTMLParser):
    """Tags with the names of their attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: collections.Counter[tuple[str, ...]] = collections.Counter()
        self.text: list[str] = []
        self.values: dict[str, list[str]] = collections.defaultdict(list)
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag, *(name for name, _ in attrs)] += 1
        for name, value in attrs:
            self.values[name].append(value or "")
        if tag not in ("meta", "path", "link", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_it_is_one_file_that_loads_nothing() -> None:
    """No script, no link, no address: the page works offline and may be mailed; its policy says so to the browser."""
    page = Structure(written(small(), output="html"))

    assert page.open == []
    assert not {tag[0] for tag in page.tags} & {"script", "link", "img", "iframe", "object", "form", "a", "base"}
    assert not {"src", "href", "style"} & page.values.keys()
    assert not any(name.startswith("on") for name in page.values)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page.values["content"]
    assert "url(" not in written(small(), output="html")
    assert "@import" not in written(small(), output="html")


def test_it_says_what_the_table_says() -> None:
    """Headline, lists and coverage are the same in all outputs."""
    text = " ".join(Structure(written(small(), output="html")).text)

    assert "3 pulls in 1h00m, 1 slow; 3 running now, 1 past its limit, 1 stuck (14m40s: registry.example.com/ml/huge:1 on node-a)." in text
    for part in (
        "Running now",
        "STUCK, past its limit of 4m20s (2.0 GB assumed)",
        "Failures by reason",
        "queued behind 2 pulls",
        "972 kB/s",
    ):
        assert part in text
    assert (
        "Coverage: From 2023-11-14 22:13:20 UTC to 2023-11-14 23:13:20 UTC: 30 events read: 1 unparsed, 0 coalesced, 0 rejected; 2 containers unseen."
        in text
    )


def test_its_plots_have_a_name_and_a_text() -> None:
    """A reader who does not see the plot hears its title and figures; scrolled regions can be reached by keyboard."""
    page = written(small(), output="html")

    for plot in ("timeline", "strips"):
        assert f'role="img" aria-labelledby="{plot}-title {plot}-text"' in page
        assert f'<title id="{plot}-title">' in page
        assert f'<desc id="{plot}-text">' in page
    assert "p50 2.2s, p90 2.2s, slowest 2.2s of 1 pull" in page
    assert page.count('class="scroll" tabindex="0" role="region" aria-label="') == 9


@pytest.mark.parametrize("scheme", [0, 1])
def test_its_colours_have_contrast(scheme: int) -> None:
    """Text stands out by 4.5 and marks by 3 (WCAG 2.2, 1.4.3 and 1.4.11) from what they stand on, in light and dark."""
    block = re.findall(r":root \{(.*?)\}", written(small(), output="html"), re.DOTALL)[scheme]
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))

    for back in ("paper", "panel", "slow-back", "stuck-back"):
        assert contrast(colour["text"], colour[back]) >= 7
    for back in ("paper", "panel"):
        assert contrast(colour["dim"], colour[back]) >= 4.5
        assert all(contrast(colour[name], colour[back]) >= 3 for name in ("pull", "slow", "stuck", "failed"))
    assert contrast(colour["pull"], colour["wait"]) >= 3


def contrast(left: str, right: str) -> float:
    """WCAG's contrast of two colours."""
    lighter, darker = sorted((luminance(left), luminance(right)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


BENIGN = Structure(written(summarise(attacked("a" * 200)), output="html"))


@settings(max_examples=500)
@given(text=hostile)
def test_hostile_names_add_no_tag_and_no_attribute(text: str) -> None:
    """Every name of every pull may be an attack: the page has the structure it has with any other name."""
    page = Structure(written(summarise(attacked(text)), output="html"))

    assert page.open == []
    # A short name has no `title` with its whole text, one that does not parse no registry list.
    assert {tag[:1] for tag in page.tags} <= {tag[:1] for tag in BENIGN.tags}
    assert page.values.keys() <= BENIGN.values.keys()
    assert set(page.values["class"]) <= set(BENIGN.values["class"])
    assert set(page.values["content"]) == set(BENIGN.values["content"])
    assert all(data.isprintable() for data in page.text if data.strip() and not data.lstrip().startswith(":root"))


def test_an_empty_page_says_why() -> None:
    """Without pulls there are no plots, and the reason why nothing may be seen."""
    page = Structure(written(summarise([]), output="html"))

    assert "svg" not in {tag[0] for tag in page.tags}
    assert "Kubernetes keeps Events for 1 hour by default" in "".join(page.text)


def test_sixty_thousand_pulls_stay_below_two_megabytes() -> None:
    """Even where each name is long and every letter of it is escaped; what is not drawn is counted, and it takes seconds at most."""
    long = "\"<&'>" * 200
    pulls = [
        pulled(
            1 + index % 300,
            f"service-{index % 5000}{long}",
            at=(index * 7) % 3300,
            pod=f"{long}{index}",
            node=f"{long}{index % 100}",
            workload=f"{long}{index % 900}",
            wait=index % 5,
        )
        for index in range(60_000)
    ]
    found = summarise([*pulls, *(running(900, working=900 - index, reference=long, pod=long) for index in range(600))])
    began = time.process_time()

    page = written(found, output="html", top=None)

    assert time.process_time() - began < 10
    assert len(page.encode()) <= 2_000_000
    assert "are not drawn" in page


def test_a_bar_waits_lightly_and_pulls_solidly() -> None:
    """The wait is drawn before the pull, both counted back from the end, because stamps are whole seconds."""
    plot = timeline.plot(summarise([pulled(60, at=0, wait=0), pulled(50, at=10, wait=50)]))

    assert plot is not None
    (row,) = plot.rows
    assert [(bar.wait, bar.pull) for bar in row.bars] == [
        ("M221.8 33h359.1v7h-359.1z", "M580.9 33h359.1v7h-359.1z"),
        ("", "M150.0 24h430.9v7h-430.9z"),
    ]
    assert (row.height, row.wait, row.pull, row.failed, plot.left_out) == (2 * timeline.LANE_HEIGHT, "", "", "", 0)


def test_running_pulls_are_open_ended_and_failures_are_crosses() -> None:
    """A queued pull is light to its arrow, a working one solid, a failed attempt a cross."""
    plot = timeline.plot(summarise([running(100, ahead=1), running(90, working=80), running(700, working=650), failed(at=3000)]))

    assert plot is not None
    bars = {bar.tone: bar for row in plot.rows for bar in row.bars if bar.pull}
    queued = next(bar for row in plot.rows for bar in row.bars if not bar.pull)
    assert queued.wait.count("l5.5") == 1
    assert bars["running"].pull.count("l5.5") == 1
    assert bars["stuck"].title == "registry.example.com/team/web:1.0 for shop/web-0, running for 11m40s, ?"
    assert plot.rows[0].failed.count("l6 6") == 1


def test_one_wild_stamp_does_not_squeeze_the_plot() -> None:
    """An axis covers at most a week before now; what is outside is counted, not drawn."""
    plot = timeline.plot(summarise([pulled(5, at=3000), pulled(5, at=-9e9), pulled(9e9, at=3000), pulled(5, at=9e9), pull(Outcome.PULLED)]))

    assert plot is not None
    assert plot.left_out == 2
    assert 1 < len(plot.ticks) <= 9


def test_no_more_is_drawn_than_can_be_seen() -> None:
    """Forty nodes, five hundred bars each, eight lanes; the rest is counted."""
    crowd = [pulled(100, at=0, node=f"node-{node}") for node in range(50) for _ in range(12)]

    plot = timeline.plot(summarise(crowd))

    assert plot is not None
    assert (len(plot.rows), plot.left_out) == (40, 600 - 40 * 8)


def test_strips_are_logarithmic_with_labels_for_people() -> None:
    """Round edges around the data; the marks of p50, p90 and the slowest are where their values are."""
    plot = strips.plot(summarise([pulled(seconds) for seconds in (0.5, 5.0, 50.0)]))

    assert plot is not None
    assert [tick.label for tick in plot.ticks] == ["100ms", "1s", "10s", "1m"]
    (row,) = plot.rows
    assert (row.p50, row.p90, row.slowest) == (582.6, 913.8, 913.8)
    assert row.dots.count("h0") == 3
    assert row.limit is None
    assert row.title.endswith("slowest 50s of 3 pulls; a pull of its size may take 1m02s")


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 9e9])
def test_an_axis_holds_whatever_a_duration_may_be(seconds: float) -> None:
    """Zero has no logarithm, and a duration of centuries parses."""
    plot = strips.plot(summarise([pulled(seconds)]))

    assert plot is not None
    assert strips.SIDE <= plot.rows[0].slowest <= timeline.WIDTH - strips.SIDE


def test_plots_need_something_to_draw() -> None:
    """No node, no time or no duration: no plot."""
    assert timeline.plot(summarise([pulled(node=None), pull(Outcome.CACHED, finished_at=T0)])) is None
    assert strips.plot(summarise([pulled(pull_seconds=None), running(NOW - T0)])) is None

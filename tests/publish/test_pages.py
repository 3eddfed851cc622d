"""What the page says, and how it is written."""

from __future__ import annotations

import html.parser
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullwatch.publish import chosen, overview, page
from pullwatch.publish.state import State
from pullwatch.pulls import image
from pullwatch.pulls.coverage import NodeCoverage
from pullwatch.pulls.pull import Coverage, Failing, Outcome, Pull, Reason, SizeKind
from tests.publish.given import NOW, THRESHOLDS, Changes, failing, pulled, running, unfinished


def shown(state: State | None = None, *, recent: Sequence[Pull] = (), problems: Sequence[str] = ()) -> page.PageModel:
    """Return the page's content at NOW."""
    return overview.overview(state or State(), recent=recent, thresholds=THRESHOLDS, now=NOW, coverage=Coverage(), problems=problems)


# The headline


@pytest.mark.parametrize(
    ("pulls", "containers", "expected", "tone"),
    [
        ([], [], "No image is being pulled now.", "calm"),
        ([running()], [], "1 pull is running, none past its limit.", "calm"),
        ([running(), running(pod="b")], [], "2 pulls are running, none past a limit.", "calm"),
        ([running(age=300)], [], "1 pull is past its limit (5m00s: nginx:1.27 on node-a).", "slow"),
        (
            [running(age=700), running(age=900, pod="b"), running(age=270, node=None)],
            [],
            "2 pulls are stuck (longest 15m00s: nginx:1.27 on node-a); 1 pull is past its limit (4m30s: nginx:1.27).",
            "stuck",
        ),
        ([running()], [failing()], "1 container fails to get its image.", "stuck"),
        ([], [failing(), failing(pod="b")], "2 containers fail to get their images.", "stuck"),
    ],
)
def test_says_what_is_worst(pulls: list[Pull], containers: list[Failing], expected: str, tone: str) -> None:
    """One sentence tells whether to worry, and about what."""
    model = shown(State(running=pulls, failing=containers))

    assert (model.headline, model.tone) == (expected, tone)


def test_does_not_call_an_unseen_cluster_calm() -> None:
    """When the cluster cannot be read, silence means nothing."""
    model = shown(problems=["events: 403 Forbidden"])

    assert model.headline == "The cluster is not fully seen now."
    assert "events: 403 Forbidden" in page.render(model)


# What is chosen


def test_shows_what_the_link_of_an_alert_names() -> None:
    """Only rows of that image, namespace and node are left, by the canonical name that alerts have."""
    pulls = [running(age=300, pod="slow"), running("redis:7", age=900), running(age=400, pod="other", node="node-b")]
    state = State(running=pulls, failing=[failing(pod="a"), failing("redis:7", pod="b")])
    wanted = chosen.of_query({"cluster": "east", "image": "docker.io/library/nginx:1.27", "namespace": "shop", "node": "node-a"})

    model = overview.overview(
        state, recent=[pulled(), pulled("redis:7")], thresholds=THRESHOLDS, now=NOW, coverage=Coverage(), wanted=wanted
    )

    assert [row.pod for row in model.running] == ["shop/slow"]
    assert [row.image for row in model.failing] == ["nginx:1.27"]
    assert [row.image for row in model.finished] == ["nginx:1.27"]
    assert [row.name for row in model.nodes] == ["node-a"]
    assert model.headline.startswith("1 pull is past its limit")
    assert "Only what concerns image docker.io/library/nginx:1.27, namespace shop, node node-a." in page.render(model)


def test_chooses_nothing_by_what_is_empty() -> None:
    """An alert without a label leads to a link whose parameter is empty."""
    model = overview.overview(State(running=[running()]), recent=[], thresholds=THRESHOLDS, now=NOW, wanted=chosen.of_query({"image": ""}))

    assert len(model.running) == 1
    assert "Only what concerns" not in page.render(model)


def test_does_not_call_the_cluster_calm_for_a_part_of_it() -> None:
    """The sentence is about what was asked for."""
    model = overview.overview(
        State(running=[running()]), recent=[], thresholds=THRESHOLDS, now=NOW, wanted=chosen.of_query({"registry": "<b>"})
    )

    assert model.headline == "Nothing of this is being pulled now."
    assert "registry &lt;b&gt;" in page.render(model)


# The lists


def test_puts_the_worst_running_pull_first() -> None:
    """Stuck before slow before the others, then by age."""
    pulls = [running(age=20, pod="new"), running(age=300, pod="slow"), running(age=40, pod="old"), running(age=601, pod="stuck")]

    rows = shown(State(running=pulls)).running

    assert [(row.pod, row.tone) for row in rows] == [("shop/stuck", "stuck"), ("shop/slow", "slow"), ("shop/old", ""), ("shop/new", "")]


def test_does_not_hold_the_queue_against_a_pull() -> None:
    """A pull that waits behind others has used up nothing of its limit, however old it is."""
    (row,) = shown(State(running=[running(age=5_000, ahead=2)])).running

    assert (row.tone, row.worked_seconds, row.percent, row.ahead) == ("", None, 0.0, 2)
    assert "waits in the queue" in page.render(shown(State(running=[running(age=5_000, ahead=2)])))


def test_measures_a_pull_against_the_size_of_its_image() -> None:
    """A known size sets the limit; an assumed one is called so."""
    nginx = image.parse("nginx:1.27")
    pulls = [running(age=100)]

    (known,) = shown(State(running=pulls, image_sizes={nginx: (340_000_000, SizeKind.COMPRESSED)})).running
    (assumed,) = shown(State(running=pulls)).running

    assert (known.limit_seconds, known.limit_assumed, known.tone) == (94.0, False, "slow")
    assert (assumed.limit_seconds, assumed.limit_assumed, assumed.tone) == (260.0, True, "")


def test_keeps_pull_and_wait_apart() -> None:
    """A pull that was fast after a long wait is not called slow."""
    waited = pulled(pod="waited", pull_seconds=10.0, wait_seconds=500.0, total_seconds=510.0)
    slow = pulled(pod="slow", pull_seconds=100.0, wait_seconds=0.0, total_seconds=100.0)
    fast = pulled(pod="fast", pull_seconds=1.0, wait_seconds=0.0, total_seconds=1.0)

    rows = shown(recent=[fast, slow, waited]).finished

    assert [(row.pod, row.pull_seconds, row.wait_seconds, row.tone) for row in rows] == [
        ("shop/waited", 10.0, 500.0, ""),
        ("shop/slow", 100.0, 0.0, "slow"),
    ]
    assert rows[0].wait_percent + rows[0].pull_percent == pytest.approx(100.0)


def test_shows_an_unknown_time_as_unknown() -> None:
    """An old kubelet tells one time only; the page says what it is."""
    text = page.render(shown(recent=[pulled(pull_seconds=None, wait_seconds=None, total_seconds=42.0, size_bytes=None)]))

    assert "42s with wait" in text


def test_counts_failures_by_reason() -> None:
    """Attempts are added up, refusals with them, the most frequent first."""
    rows = [
        unfinished("a:1", outcome=Outcome.FAILED, reason=Reason.AUTH, count=2),
        unfinished("b:1", outcome=Outcome.FAILED, reason=Reason.AUTH, finished_at=NOW + 1),
        unfinished("c:1", outcome=Outcome.REFUSED, reason=Reason.POLICY),
    ]

    assert [(row.reason, row.attempts, row.newest) for row in shown(recent=rows).failures] == [("auth", 3, "b:1"), ("policy", 1, "c:1")]


def test_shows_nodes_with_something_to_tell() -> None:
    """Running, queued and finished pulls and failed attempts, busiest first."""
    state = State(running=[running(), running(ahead=1, pod="b")])
    recent = [pulled(), pulled(node="node-b"), unfinished(node="node-b", outcome=Outcome.FAILED, count=2)]

    rows = shown(state, recent=recent).nodes

    assert [(row.name, row.running, row.queued, row.pulls, row.slowest_seconds, row.failures) for row in rows] == [
        ("node-a", 1, 1, 1, 13.0, 0),
        ("node-b", 0, 0, 1, 13.0, 2),
    ]


def test_shows_as_many_rows_as_can_be_read() -> None:
    """A storm of 10,000 pulls is 50 rows and a number."""
    model = shown(State(running=[running(pod=f"web-{number}") for number in range(10_000)]))

    text = page.render(model)

    assert (len(model.running), model.running_more) == (overview.MOST_ROWS, 9_950)
    assert "and 9,950 more" in text
    assert len(text) < 100_000


# The HTML


class Tags(html.parser.HTMLParser):
    """Collects the tags of a page, and whether each that needs it is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {sorted(name for name, _ in attrs)}")
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def everything(text: str) -> page.PageModel:
    """Return a page with this text in every place that a cluster can write to."""
    where: Changes = {"namespace": text, "pod": text, "node": text}
    state = State(running=[running(text, age=700, **where)], failing=[failing(text, pod=text)])
    recent = [pulled(text, **where), unfinished(text, outcome=Outcome.FAILED, reason=Reason.UNKNOWN, **where)]
    return shown(state, recent=recent, problems=[text])


def test_reasons_lead_to_their_runbooks() -> None:
    """Each reason is a link in both lists where its page exists, and words where none does."""
    linked = page.render(everything("x"), runbooks={"reasons/auth"})

    assert '<a class="mark" href="runbooks/reasons/auth">auth</a>' in linked
    assert "<span>unknown</span>" in linked
    assert "runbooks/reasons/" not in page.render(everything("x"))


@given(
    st.text(max_size=60).map(lambda text: f"x{text}")
    | st.sampled_from(["<b>x</b>", "\" onload='x'", "{{ 7*7 }}", "</style><script>", "&lt;"])
)
def test_escapes_every_text(text: str) -> None:
    """Whatever a cluster writes, the page has the same tags and attributes."""
    plain = Tags(page.render(everything("x")))
    hostile = Tags(page.render(everything(text)))

    assert hostile.tags == plain.tags
    assert hostile.open == []


def test_holds_no_script_and_loads_nothing() -> None:
    """The page works under a policy that forbids both."""
    text = page.render(everything("x"))

    assert "<script" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert '<meta http-equiv="refresh" content="5">' in text
    assert "color-scheme" in text
    assert 'href="metrics"' in text
    assert 'href="api/v1/pulls"' in text


def test_names_the_nodes_whose_pulls_nobody_told_of() -> None:
    """Whoever misses a pull on the page finds out why; nodes that lost nothing are only summed up."""
    witnessed = [NodeCoverage("node-<b>", 19.0, 11), NodeCoverage("node-a", 2.0, 3)]

    content = overview.overview(State(), recent=[], thresholds=THRESHOLDS, now=NOW, witnessed=witnessed)
    text = page.render(content)

    assert content.lost == [page.Lost(name="node-<b>", done=19, seen=11, lost=8)]
    assert content.coverage == "2 kubelets counted 21 pulls in the last half hour to hour; Events told of 14."
    assert "Pulls that no Event told of" in text
    assert "node-&lt;b&gt;" in text
    assert "Pulls that no Event told of" not in page.render(shown())

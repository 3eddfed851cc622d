"""The report at a terminal."""

from __future__ import annotations

import dataclasses
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pullwatch.publish import report
from tests.publish.reported import attacked, hostile, small, written
from tests.pulls.made_pulls import REGISTRY, pulled, running, summarise

WIDE = """\
3 pulls in 1h00m, 1 slow; 3 running now, 1 past its limit, 1 stuck (14m40s:
registry.example.com/ml/huge:1 on node-a).
Half of the pulls took 3.0s or less, nine of ten 7m12s or less, the slowest
7m12s.
The longest wait in a node's queue was 42s.
5 attempts failed, 1 of them made good by a retry.
Without a pull: 3 times the image was on the node, 1 time it was only checked
with the registry, 1 time it was never tried.

Running now
      AGE  WORKING   SIZE  IMAGE
!! 15m00s   14m40s      ?  registry.example.com/ml/huge:1
     ml/train-0 on node-a: STUCK, past its limit of 4m20s (2.0 GB assumed)
      30s      29s  20 MB  registry.example.com/team/web:1.0
     shop/web-5 on node-b: within its limit of 1m02s
    1m40s        -  20 MB  registry.example.com/team/web:1.0
     shop/web-4 on node-a: queued behind 2 pulls

Slowest pulls
    PULL  WAIT  TOTAL    SIZE  IMAGE
!  7m12s    0s  7m12s  420 MB  registry.example.com…/trainer@sha256:abababababab
     ml/trainer-7c9f6d8b5-x2x9q on node-a: PAST its limit of 1m42s
    3.0s    0s   3.0s   20 MB  nginx
     shop/nginx-0 on node-b
    2.2s   42s    44s   20 MB  registry.example.com/team/web:1.0
     shop/web-1 on node-a
    62ms    0s   62ms   20 MB  registry.example.com/team/web:1.0
     shop/web-2 on node-a: revalidated

Failures by reason
   ATTEMPTS  HEALED  REASON        IMAGE                             IMAGES
          4       0  not_found     registry.example.com/team/typo:2       1
     failed to pull and unpack image "…": not found
          1       1  connect       nginx                                  1
     (the text is gone)
          1       -  invalid_name  Not/Valid:1                            1
     (the text is gone)

Images, slowest first
   IMAGE                                PULLS    P50    P90    MAX  WAIT  FAILED
   regist…/trainer@sha256:abababababab      1  7m12s  7m12s  7m12s    0s       0
   docker.io/library/nginx:latest           1   3.0s   3.0s   3.0s    0s       1
   registry.example.com/team/web:1.0        1   2.2s   2.2s   2.2s   42s       0
   registry.example.com/team/typo:2         0      -      -      -     -       4
   Not/Valid:1                              0      -      -      -     -       0
   and 1 more

Nodes, slowest first
   NODE    PULLS   P50    P90    MAX  WAIT  FAILED  CACHED    SIZE      RATE
   node-a      2  2.2s  7m12s  7m12s   42s       4       4  440 MB  1.0 MB/s
   node-b      1  3.0s   3.0s   3.0s    0s       1       0   20 MB  6.7 MB/s

Registries, slowest first
   REGISTRY              PULLS   P50    P90    MAX  WAIT  FAILED      RATE
   registry.example.com      2  2.2s  7m12s  7m12s   42s       4  1.0 MB/s
   docker.io                 1  3.0s   3.0s   3.0s    0s       1  6.7 MB/s

Workloads, slowest first
   WORKLOAD               PULLS    P50    P90    MAX  WAIT  FAILED      RATE
   ml/Job/trainer             1  7m12s  7m12s  7m12s    0s       0  972 kB/s
   shop/Deployment/nginx      1   3.0s   3.0s   3.0s    0s       1  6.7 MB/s
   shop/Deployment/web        1   2.2s   2.2s   2.2s   42s       4  8.9 MB/s
   ml/Job/train               0      -      -      -     -       0         -

From 2023-11-14 22:13:20 UTC to 2023-11-14 23:13:20 UTC: 30 events read: 1
unparsed, 0 coalesced, 0 rejected; 2 containers unseen.
"""

NARROW = """\
3 pulls in 1h00m, 1 slow; 3 running now, 1 past its limit, 1
stuck (14m40s: registry.example.com/ml/huge:1 on node-a).
Half of the pulls took 3.0s or less, nine of ten 7m12s or
less, the slowest 7m12s.
The longest wait in a node's queue was 42s.
5 attempts failed, 1 of them made good by a retry.
Without a pull: 3 times the image was on the node, 1 time it
was only checked with the registry, 1 time it was never
tried.

Running now
      AGE  WORKING   SIZE  IMAGE
!! 15m00s   14m40s      ?  registry.example.com/ml/huge:1
     ml/train-0 on node-a: STUCK, past its limit of 4m20s (…
      30s      29s  20 MB  registry.example.com/team/web:1.0
     shop/web-5 on node-b: within its limit of 1m02s
   and 1 more

Slowest pulls
    PULL  WAIT    SIZE  IMAGE
!  7m12s    0s  420 MB  registr…/trainer@sha256:abababababab
     ml/trainer…8b5-x2x9q on node-a: PAST its limit of 1m42s
    3.0s    0s   20 MB  nginx
     shop/nginx-0 on node-b
   and 2 more

Failures by reason
   ATTEMPTS  HEALED  REASON        IMAGE
          4       0  not_found     registry.example.…/typo:2
     failed to pull and unpack image "…": not found
          1       1  connect       nginx
     (the text is gone)
          1       -  invalid_name  Not/Valid:1
     (the text is gone)

Images, slowest first
   IMAGE                                PULLS    MAX  FAILED
   regist…/trainer@sha256:abababababab      1  7m12s       0
   docker.io/library/nginx:latest           1   3.0s       1
   and 4 more

Nodes, slowest first
   NODE    PULLS   P50    P90    MAX  WAIT  FAILED      RATE
   node-a      2  2.2s  7m12s  7m12s   42s       4  1.0 MB/s
   node-b      1  3.0s   3.0s   3.0s    0s       1  6.7 MB/s

Registries, slowest first
   REGISTRY              PULLS   P50    MAX  WAIT  FAILED
   registry.example.com      2  2.2s  7m12s   42s       4
   docker.io                 1  3.0s   3.0s    0s       1

Workloads, slowest first
   WORKLOAD               PULLS    P50    MAX  WAIT  FAILED
   ml/Job/trainer             1  7m12s  7m12s    0s       0
   shop/Deployment/nginx      1   3.0s   3.0s    0s       1
   and 2 more

From 2023-11-14 22:13:20 UTC to 2023-11-14 23:13:20 UTC: 30
events read: 1 unparsed, 0 coalesced, 0 rejected; 2
containers unseen.
"""


def test_it_prints_what_a_tired_person_can_read() -> None:
    """The whole report of a small cluster at 80 columns."""
    assert written(small(), output="table", width=80) == WIDE


def test_it_degrades_to_sixty_columns() -> None:
    """Figures are left out before names become unreadable; what is stuck stays told."""
    assert written(small(), output="table", width=60, top=2) == NARROW


def test_it_says_why_nothing_may_be_seen() -> None:
    """An empty report is not an all-clear: Events live for an hour."""
    text = written(summarise([], events=3), output="table")

    assert text == (
        "No pulls seen.\n"
        "Kubernetes keeps Events for 1 hour by default (kube-apiserver --event-ttl), so\n"
        "pulls before that leave no trace; and an image that a node already has is not\n"
        "pulled again.\n"
        "\n"
        "From 2023-11-14 22:13:20 UTC to 2023-11-14 23:13:20 UTC: 3 events read: 0\n"
        "unparsed, 0 coalesced, 0 rejected; 0 containers unseen.\n"
    )


def test_it_shows_as_many_rows_as_asked_and_counts_the_rest() -> None:
    """`top` bounds every list but the failures; None shows all."""
    found = summarise([pulled(index + 1, f"{REGISTRY}/team/web:{index}") for index in range(30)] + [running(9, reference="nginx")] * 4)
    text = written(found, output="table", top=3)

    assert [line for line in text.splitlines() if line.endswith("more")] == ["   and 1 more", "   and 27 more", "   and 28 more"]
    assert "more\n" not in written(found, output="table", top=None)


def test_an_old_kubelets_total_is_not_sold_as_pull_time() -> None:
    """With a single duration the wait cannot be told apart, so the pull time is unknown."""
    text = written(summarise([pulled(pull_seconds=None, wait_seconds=None, total_seconds=90)]), output="table")

    assert "      ?     ?  1m30s  20 MB  registry.example.com/team/web:1.0\n" in text
    assert "shop/web-0 on node-a: this kubelet does not tell the wait apart\n" in text
    assert "1 pull in 1h00m, none slow; none running now.\n" in text


def test_it_colours_a_terminal_only() -> None:
    """A file or a pipe gets no escape sequence, a terminal does, with the same words."""
    plain, coloured = (written(small(), output="table", color=color) for color in (False, True))

    assert "\x1b" not in plain
    assert "\x1b[1;31m!! 15m00s" in coloured


def test_it_prints_to_a_terminal_without_unicode() -> None:
    """A letter that the stream cannot encode becomes `?` and ends nothing."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    report.write(summarise([pulled(1, "漢字"), pulled(2, f"{REGISTRY}/{'team/' * 20}web:1")]), output="table", stream=stream, width=80)

    stream.flush()
    assert b"  ??\n" in raw.getvalue()


@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 200])
@settings(max_examples=60)
@given(text=hostile)
def test_no_line_is_wider_than_asked(width: int, text: str) -> None:
    """Whatever names hold; and nothing in them moves the cursor or is read as markup."""
    for line in written(summarise(attacked(text)), output="table", width=width).splitlines():
        assert cell_len(line) <= width
        assert line.isprintable()


@settings(max_examples=60)
@given(st.text(alphabet="[]/bold red#ff0000link=\\", max_size=24))
def test_names_are_no_markup(text: str) -> None:
    """Brackets of a name are printed as they are."""
    found = written(summarise([pulled(1, "nginx", node=f"<{text}>")]), output="table", width=200)

    assert f"shop/web-0 on <{text}>" in found


@pytest.mark.parametrize("output", ["table", "markdown", "html"])
def test_it_shows_texts_that_nobody_understood(output: report.Output) -> None:
    """What does not parse is shown with its reason, so that it can be reported, and nothing is made of it."""
    summary = dataclasses.replace(summarise([], unparsed=1), unparsed=(("Pulled", "Got the image somehow"),))

    text = written(summary, output=output)

    assert "Not understood" in text
    assert "Got the image somehow" in text

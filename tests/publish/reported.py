"""A small made cluster that every output of the report is shown with, and hostile texts."""

from __future__ import annotations

import io
from typing import Any

from hypothesis import strategies

from pullwatch.publish import report
from pullwatch.pulls.observed import clean
from pullwatch.pulls.pull import Outcome, Pull, Reason
from pullwatch.pulls.summary import Summary
from tests.pulls.made_pulls import REGISTRY, failed, pull, pulled, running, summarise

TRAINER = f"{REGISTRY}/ml/trainer@sha256:{'ab' * 32}"
REFUSED = f'Failed to pull image "{REGISTRY}/team/typo:2": rpc error: code = NotFound desc = failed to pull and unpack image "{REGISTRY}/team/typo:2": not found'


def small() -> Summary:
    """Return one of each: slow, waited, revalidated, cached, failed, healed, refused, running in each state."""
    return summarise(
        [
            pulled(432.1, TRAINER, at=10, size_bytes=420_000_000, pod="trainer-7c9f6d8b5-x2x9q", namespace="ml", workload="Job/trainer"),
            pulled(2.25, at=442, wait=41.5, pod="web-1"),
            pulled(0.062, at=500, pod="web-2", outcome=Outcome.REVALIDATED),
            pull(Outcome.CACHED, pod="web-3", count=3),
            failed(Reason.NOT_FOUND, f"{REGISTRY}/team/typo:2", at=600, pod="typo-0", count=4, message=REFUSED),
            failed(Reason.CONNECT, "nginx", at=700, pod="nginx-0", node="node-b", workload="Deployment/nginx"),
            pulled(3.0, "nginx", at=720, pod="nginx-0", node="node-b", workload="Deployment/nginx"),
            pull(Outcome.REFUSED, "Not/Valid:1", reason=Reason.INVALID_NAME, pod="bad-0", node=None),
            running(900, working=880, reference=f"{REGISTRY}/ml/huge:1", pod="train-0", namespace="ml", workload="Job/train"),
            running(100, ahead=2, pod="web-4"),
            running(30, working=29, pod="web-5", node="node-b"),
        ],
        events=30,
        unparsed=1,
        unseen=2,
    )


def written(summary: Summary, *, output: report.Output, width: int = 80, color: bool = False, top: int | None = report.TOP) -> str:
    stream = io.StringIO()
    report.write(summary, output=output, stream=stream, width=width, color=color, top=top)
    return stream.getvalue()


_PIECES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "</title></svg></table>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;",
    "|",
    "\\|",
    "``",
    "[bold red]",
    "[a](javascript:x)",
    "@team",
    "http://evil.example",
    "https://www.evil.example/a_b_c",
    "\x1b[31m",
    "\u202egnp",
    "\u200f",
    "\n# title\n",
    "---",
    "漢字かな",
    "e\u0301\u0301\u0301",
    "\U0001f600\ufe0f",
    "a" * 300,
    "/",
    ":",
    "@sha256:",
)

hostile = strategies.lists(strategies.sampled_from(_PIECES) | strategies.text(max_size=20), max_size=6).map("".join).map(clean)
"""Texts as they arrive: cut and cleaned once at the source, and still hostile to Markdown, HTML and rich."""


def attacked(text: str) -> list[Pull]:
    """Return pulls whose every name is this text."""
    names: dict[str, Any] = {"namespace": text, "pod": text, "container": text, "workload": text, "node": text or "n"}
    return [
        pulled(100, text, **names),
        pulled(3, text, **names),
        running(900, working=900, reference=text, **names),
        running(90, ahead=3, reference=text, **names),
        failed(reference=text, message=text, **names),
    ]

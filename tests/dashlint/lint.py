"""All rules that a dashboard of ours keeps to, and how those of Grafana's own linter are among them.

A rule looks at one rendered board and yields for each mistake where it is and a sentence that says what to do. No board and
no panel is exempt from any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.dashlint import configured, dimensions, legends, links, models, panels, queries, variables, windows
from tests.dashlint.board import Board
from tests.dashlint.context import Context

Rule = Callable[[Board, Context], Iterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake on a board; `where` is the title of a panel, or the name of a variable."""

    board: str
    where: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.board}: {self.where}: {self.message} [{self.rule}]"


def findings(board: Board, context: Context, *, rules: Mapping[str, Rule] | None = None) -> list[Finding]:
    """Return all mistakes on a board. Only these rules are asked where some are given."""
    return list(
        dict.fromkeys(
            Finding(board.uid, where, name, message)
            for name, rule in (RULES if rules is None else rules).items()
            for where, message in rule(board, context)
        )
    )


def unique(context: Context) -> Iterator[str]:
    """Yield what is wrong with the boards together: two titles that are one."""
    titles = [board.title for board in context.boards.values()]
    yield from (f"{title!r} is the title of several boards" for title in sorted(set(titles)) if titles.count(title) > 1)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **models.RULES,
        **panels.RULES,
        **variables.RULES,
        **queries.RULES,
        **windows.RULES,
        **dimensions.RULES,
        **legends.RULES,
        **links.RULES,
        **configured.RULES,
    }
)
"""By name."""

REFERENCE: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        "template-datasource-rule": (("data source variable",), ""),
        "template-job-rule": (
            ("cluster variable", "variable of the scrape"),
            "A job tells apart what bears one name. Our names bear the prefix pullwatch_, and what they are about is told by their own "
            "labels (honor_labels), so that what a reader has to tell apart are clusters.",
        ),
        "template-instance-rule": (
            ("cluster variable", "variable of the scrape"),
            "An instance is a replica of the exporter here, never what a pull is about: both tell the same, and who chose one would "
            "lose the time of the other.",
        ),
        "template-label-promql-rule": (("query of a variable", "unreadable"), "The label must be there as well."),
        "template-on-time-change-reload-rule": (("variable reload",), ""),
        "template-required-variables-rule": (("cluster variable", "variable used and known"), ""),
        "panel-datasource-rule": (("data source of a panel", "data source of an annotation"), "Of all kinds, and of each query in them."),
        "panel-title-description-rule": (
            ("title is no question", "description"),
            "Of all kinds; a title asks, a description says what is good and what to do.",
        ),
        "panel-units-rule": (("unit",), "Of all kinds and overrides, with or without mappings, by the units of Grafana's own SDK."),
        "panel-no-targets-rule": (("no query",), ""),
        "target-logql-rule": (("data source of a panel",), "No query asks Loki: every panel asks Prometheus."),
        "target-logql-auto-rule": (("data source of a panel",), "As target-logql-rule."),
        "target-promql-rule": (("unreadable", "unknown metric", "unknown label"), "Metrics and labels must be there as well."),
        "target-rate-interval-rule": (
            ("rate interval", "window of a record"),
            "Of every function that looks back. A number of the whole range takes $__range, and a record the step it is written for.",
        ),
        "target-job-rule": (
            ("all clusters",),
            "Each selector, and not each query, has the matcher of the chosen clusters; a job would be the user's own name for the scrape.",
        ),
        "target-instance-rule": (
            ("label of the scrape", "replicas counted twice"),
            "Nothing that is drawn differs by instance, and nothing counts two replicas as two: stricter than a matcher that lets both in.",
        ),
        "target-required-matchers-rule": (("all clusters", "matcher of a variable"), ""),
        "target-counter-agg-rule": (("counter without rate",), "By the type of the metric, and not by its name."),
        "uneditable-dashboard-rule": (("editable",), ""),
    }
)
"""The rules of github.com/grafana/dashboard-linter for the classic model, the ones of ours that stand for each, and why where they differ.

Its remaining rules look at the model of Grafana 13 only (required fields of a spec, references from a layout to its elements).
"""

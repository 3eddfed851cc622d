"""A dashboard file with one panel, to be written where a test needs one."""

from __future__ import annotations

from pathlib import Path

DECLARATION = """\
from pullwatch.pack.grafana import Dashboard, Row
from pullwatch.pack.panels import Stat
from pullwatch.pack.variables import DatasourceVariable

dashboard = Dashboard(
    uid="{uid}",
    title="{title}",
    description="One panel.",
    variables=[DatasourceVariable()],
    rows=[
        Row(
            "Is it slow?",
            [
                Stat(
                    title="How many pulls?",
                    query="{query}",
                    description="None is good.",
                    runbook="SlowImagePull",
                ),
            ],
        ),
    ],
)
"""


def declared(
    folder: Path, name: str = "small", *, uid: str = "small", title: str = "Small", query: str = "sum(pullwatch_pending_pods)"
) -> Path:
    """Write a dashboard file; return its path."""
    path = folder / f"{name}.dashboard.py"
    path.write_text(DECLARATION.format(uid=uid, title=title, query=query))
    return path

"""What Prometheus' own checker says of the metrics."""

from __future__ import annotations

import asyncio
import json
import subprocess
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from pullwatch.publish import metrics, self_metrics
from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from tests.e2e import programs
from tests.publish.given import Exporter, Source


async def test_finds_nothing_to_say_about_the_metrics() -> None:
    """Names, types and help of all families are as Prometheus wants them."""
    exporter = Exporter()
    exporter.everything()
    scrape = b"".join(await Exposition(Source(exporter)).scrape(Format.TEXT, gzip=False))

    checker = await asyncio.create_subprocess_exec(programs.promtool(), "check", "metrics", stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    said, _ = await checker.communicate(scrape)

    assert (checker.returncode, said) == (0, b"")


def test_understands_every_example_query(tmp_path: Path) -> None:
    """Each query in the table of metrics is valid PromQL."""
    examples = [family.example for family in (*metrics.FAMILIES, *self_metrics.FAMILIES) if family.example]
    rules = {"groups": [{"name": "examples", "rules": [{"record": f"example:{i}", "expr": query} for i, query in enumerate(examples)]}]}
    (tmp_path / "rules.yaml").write_text(json.dumps(rules), encoding="utf-8")

    checked = subprocess.run([programs.promtool(), "check", "rules", tmp_path / "rules.yaml"], capture_output=True, check=False)

    assert checked.returncode == 0, checked.stderr.decode()

"""Dashboards as files: what is rendered, and what is said of a declaration that is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from pullwatch.pack import assets, dashboards, rules
from tests.pack.given import declared

FOLDER = assets.root() / "dashboards"


def test_it_renders_each_declaration_by_name() -> None:
    """What is shipped becomes one JSON file each."""
    declarations = sorted(path.name.removesuffix(".dashboard.py") for path in FOLDER.glob("*.dashboard.py"))

    assert [name for name, _ in dashboards.render()] == [f"{name}.json" for name in declarations]


def test_it_renders_none_where_nothing_is_recorded_for_them() -> None:
    """A board whose panels stay empty for ever is worse than none."""
    assert dashboards.render(overrides={"boards": False}) == []


@pytest.mark.parametrize("seed", ["1", "2"])
def test_it_renders_the_same_bytes_each_time(seed: str) -> None:
    """Neither the process nor the order of its sets shows in the files."""
    program = (
        "import sys; from pullwatch.pack import dashboards; sys.stdout.buffer.write(b''.join(text for _, text in dashboards.render()))"
    )

    made = subprocess.run([sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True)

    assert made.stdout == b"".join(text for _, text in dashboards.render())


def test_the_program_of_grafanalib_renders_the_same(tmp_path: Path) -> None:
    """Who knows grafanalib needs nothing of ours to render a file: its generate-dashboards, as pip installs it, writes the same bytes."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    program = Path(sysconfig.get_path("scripts")) / "generate-dashboards"

    subprocess.run([program, *(path.name for path in tmp_path.glob("*.dashboard.py"))], cwd=tmp_path, check=True)

    assert [(path.name, path.read_bytes()) for path in sorted(tmp_path.glob("*.json"))] == dashboards.render()


def test_runbooks_are_linked_where_they_are_served(tmp_path: Path) -> None:
    """Whoever serves runbooks elsewhere names the place once, for alerts and dashboards."""
    declared(tmp_path)

    ((_, text),) = dashboards.render(tmp_path, overrides={"runbookURLPattern": "https://wiki.example/%s.html"})

    (panel,) = [panel for panel in json.loads(text)["panels"] if panel["type"] == "stat"]
    assert [link["url"] for link in panel["links"]] == ["https://wiki.example/SlowImagePull.html"]


def test_an_image_of_unknown_size_has_the_limit_of_the_alerts() -> None:
    """What is allowed to it follows from three values, and is written where its size would stand."""
    overrides = {"slowBaseSeconds": 120, "assumedSizeBytes": 3e9, "expectedBytesPerSecond": 2e7}
    image = json.loads(dict(dashboards.render(overrides=overrides))["image.json"])

    (panel,) = [panel for panel in image["panels"] if panel["title"] == "How long may a pull take?"]
    assert panel["fieldConfig"]["defaults"]["noValue"] == "No size known yet: 270 s"


def test_dashboards_draw_what_the_alerts_mean() -> None:
    """Who changes a limit, or the label that tells clusters apart, changes it for alerts and dashboards."""
    changed = {"slowBaseSeconds": 150, "stuckSeconds": 1800, "wideEdgeSeconds": 300, "clusterLabel": "site"}
    overview = dict(dashboards.render(overrides=changed))["overview.json"]
    panels = {panel["title"]: panel for panel in json.loads(overview)["panels"]}

    steps = panels["How long do pulls take?"]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step.get("value") for step in steps] == [None, 150, 1800]
    assert "> bool 1800" in panels["How many pulls are stuck?"]["targets"][0]["expr"]
    assert 'le="300.0"' in panels["Which share took over 300 s?"]["targets"][0]["expr"]
    assert not re.search(r"\bcluster(=|,|\))", " ".join(dashboards.queries(json.loads(overview))))


def test_it_names_the_line_of_a_syntax_error(tmp_path: Path) -> None:
    """A slip of the pen is found by file and line."""
    path = tmp_path / "broken.dashboard.py"
    path.write_text("one = 1\ntwo = = 2\n")

    with pytest.raises(dashboards.DashboardError) as error:
        dashboards.render(tmp_path)

    assert str(error.value) == f"{path}:2: invalid syntax"


def test_it_names_the_line_that_fails(tmp_path: Path) -> None:
    """An error in a declaration is told by the declaration's own line, wherever it was raised."""
    path = declared(tmp_path)
    path.write_text(path.read_text().replace("title=", "titel="))

    with pytest.raises(dashboards.DashboardError, match=r"small\.dashboard\.py:14: .*unexpected keyword argument 'titel'"):
        dashboards.render(tmp_path)


def test_it_asks_for_the_variable(tmp_path: Path) -> None:
    """A file that declares nothing is no empty dashboard."""
    (tmp_path / "empty.dashboard.py").write_text("board = 1\n")

    with pytest.raises(dashboards.DashboardError, match=r"empty\.dashboard\.py:1: declares no variable `dashboard`"):
        dashboards.render(tmp_path)


def test_it_refuses_a_uid_that_another_has(tmp_path: Path) -> None:
    """Of two dashboards with one uid Grafana would keep the last."""
    declared(tmp_path, "first", uid="same")
    declared(tmp_path, "second", uid="same")

    with pytest.raises(dashboards.DashboardError, match=r"second\.dashboard\.py:6: uid 'same' is also that of first\.dashboard\.py"):
        dashboards.render(tmp_path)


@pytest.mark.parametrize(
    "name", ["pullwatch_pending_podz", "pulwatch_pending_pods", "pod:pullwatch_pull_seconds:min", "pullwatch_pull_duration_seconds"]
)
def test_it_names_the_line_of_a_metric_that_is_none(tmp_path: Path, name: str) -> None:
    """A panel that asks for what nobody exposes would stay empty for ever; a histogram's bare name is no series either."""
    declared(tmp_path, query=f"sum({name})")

    with pytest.raises(dashboards.DashboardError, match=rf"small\.dashboard\.py:16: {name} is neither a metric"):
        dashboards.render(tmp_path)


@pytest.mark.parametrize("names", [("grafanalib",), rules.BINDINGS])
def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """The exporter's image has no tools to render with: whoever tries there is told what is missing."""
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(dashboards.DashboardError, match=rf"need {names[0]}: install pullwatch\[pack\]"):
        dashboards.render()

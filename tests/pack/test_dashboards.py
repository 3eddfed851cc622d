"""Dashboards as files: what is rendered, and what is said of a declaration that is wrong."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pullwatch.pack import assets, dashboards, declarations, rules
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
    assert 'le="300.0"' in panels["Which share of pulls took over 300 s?"]["targets"][0]["expr"]
    assert not re.search(r"\bcluster(=|,|\))", " ".join(dashboards.queries(json.loads(overview))))


def test_what_is_switched_off_is_no_mistake(tmp_path: Path) -> None:
    """A panel about what comes from others stays empty without them, and boards are drawn without any alert."""
    declared(tmp_path, query="max(pod:kube_image_waiting:max)")
    config = rules.configuration()
    off = {"joins": dict.fromkeys(config["joins"], False), "enabled": dict.fromkeys(config["severities"], False)}

    assert dashboards.render(tmp_path, overrides=off) == dashboards.render(tmp_path)
    assert dashboards.render(overrides=off) == dashboards.render()


def refused(folder: Path) -> str:
    """Return what is said of a folder that holds a mistake, with its own path cut off."""
    with pytest.raises(dashboards.DashboardError) as error:
        dashboards.render(folder)
    return str(error.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"one = 1\ntwo = = 2\n", "2: invalid syntax"),
        (b"one = (\n", "1: '(' was never closed"),
        (b"if True:\nprint(1)\n", "2: expected an indented block after 'if' statement on line 1"),
        (b"one = 1\n# caf\xe9\n", "2: is not UTF-8: invalid continuation byte"),
        (b"one = 1\n\0", r"source code .*"),
        (b"x = " + b"-" * 100_000 + b"1", r"1: .*"),
        (b"one = 1\ntwo = one / 0\n", "2: ZeroDivisionError: division by zero"),
        (b"import no_such_module\n", "1: ModuleNotFoundError: No module named 'no_such_module'"),
        (b"raise SystemExit(0)\n", "1: SystemExit: 0"),
        (b"import sys\nsys.exit()\n", "2: SystemExit"),
        (b"class Odd(BaseException): ...\nraise Odd('a\\x1b[31m\\nb')\n", r"2: Odd: a\x1b[31m"),
        (b"def f():\n    return f()\nf()\n", "2: RecursionError: maximum recursion depth exceeded"),
        (b"board = 1\n", "1: declares no variable `dashboard` that is a grafana.Dashboard"),
        (b"one = 1\ndashboard = one\n", "2: declares no variable `dashboard` that is a grafana.Dashboard: it is of type int"),
        (
            b"from grafanalib.core import Dashboard\ndashboard = Dashboard(title='x')\n",
            "2: declares no variable `dashboard` that is a grafana.Dashboard: it is of type grafanalib.core.Dashboard",
        ),
        (b"", "1: declares no variable `dashboard` that is a grafana.Dashboard"),
        (
            b"from pullwatch.pack import mixin\nSTUCK = mixin.config()['stuckSecond']\n",
            "2: LookupError: the configuration has no number and no text stuckSecond: see alerts/config.libsonnet and alerts/lib/drawn.libsonnet",
        ),
        (
            b"from pullwatch.pack import mixin\nTWICE = 2 * mixin.config()['stuckSeconds']\n",
            "2: TypeError: stuckSeconds is written and not computed with: what follows from it belongs into alerts/lib/drawn.libsonnet",
        ),
    ],
)  # fmt: skip
def test_it_names_the_line_of_a_file_that_fails(content: bytes, says: str, tmp_path: Path) -> None:
    """Syntax, text that is none, an error while it is evaluated, a variable that is missing: one line, and never a traceback."""
    (tmp_path / "broken.dashboard.py").write_bytes(content)

    said = refused(tmp_path)

    assert said.startswith("broken.dashboard.py:")
    assert says in said or re.search(says, said)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("title=", "titel=", r"14: TypeError: .*unexpected keyword argument 'titel'"),
        ('description="None is good.",', "", r"14: TypeError: .*missing 1 required keyword-only argument: 'description'"),
        ("Stat(", "Stad(", r"14: NameError: name 'Stad' is not defined"),
        ('"sum(pullwatch_pending_pods)"', "5", r"15: TypeError: .*"),
        ('query="sum(pullwatch_pending_pods)"', "query=[Stat]", r"15: 'How many pulls\?' asks .*, which is no text"),
        ('unit="s"', "unit=Stat", r"7: TypeError: Object of type type is not JSON serializable"),
        ('uid="small"', "uid=5", r"6: uid 5 is none: up to 40 letters, digits, - and _"),
        ('uid="small"', 'uid="a board"', r"6: uid 'a board' is none: .*"),
        ('uid="small"', f'uid="{"a" * 41}"', r"6: uid 'a+' is none: .*"),
        ("rows=[", "rows=5, alerts=[", r"7: AttributeError: .*"),
        ("[DatasourceVariable()]", "[None]", r"\d+: AttributeError: .*"),
        ("sum(", "sum((", r"16: 'How many pulls\?' asks 'sum\(\(pullwatch_pending_pods\)': \( is not closed"),
        ("pods)", "pods))", r"16: .*: \) closes nothing"),
        ("pods)", "pods{REGISTRY})", r"16: .*: \{REGISTRY\} is no selector such as \{label=\"value\"\}"),
        ("pods)", "pods{image='a})", r"16: .*: a text in it has no end"),
        ("sum(pullwatch_pending_pods)", "", r"15: 'How many pulls\?' asks '': it is empty"),
        ("pods)", "pods{image=~'$imag'})", r"16: \$imag, which 'How many pulls\?' asks for, is no variable of this dashboard"),
        ("pods)", "pods[${__rate_interval}])", r""),
        ("pods)", "pods{image=~'${imag:regex}'})", r"16: \$imag, which .*"),
        ("pods)", "pods[$__rate_intervall])", r"16: \$__rate_intervall, which .*"),
    ],
)
def test_it_names_the_line_of_a_panel_that_is_wrong(was: str, becomes: str, says: str, tmp_path: Path) -> None:
    """Where the mistake is in what is given to a panel, the line of that, or of the panel's title, is named."""
    path = declared(tmp_path)
    path.write_text(path.read_text().replace('description="None', 'unit="s",\n                    description="None'))
    assert was in path.read_text()
    path.write_text(path.read_text().replace(was, becomes))

    if says:
        assert re.fullmatch(rf"small\.dashboard\.py:{says}", refused(tmp_path))
    else:
        assert dashboards.render(tmp_path)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, with what the system says."""

    def denied(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    declared(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(dashboards.DashboardError, match=r"small\.dashboard\.py: Permission denied"):
        declarations.read(tmp_path / "small.dashboard.py")


def test_a_panel_of_ones_own_ends_no_program(tmp_path: Path) -> None:
    """Whatever is raised while it is drawn is told with the line that did it."""
    path = declared(tmp_path)
    own = "class Mine(Stat):\n    def custom(self):\n        raise SystemExit(3)\n\n\n"
    text = path.read_text().replace("dashboard = ", own + "dashboard = ", 1)
    path.write_text(text.replace("                Stat(", "                Mine("))

    assert refused(tmp_path) == "small.dashboard.py:7: SystemExit: 3"


def test_it_refuses_a_uid_that_another_has(tmp_path: Path) -> None:
    """Of two dashboards with one uid Grafana would keep the last, or none: both are named with their lines."""
    declared(tmp_path, "first", uid="same")
    declared(tmp_path, "second", uid="same")

    assert refused(tmp_path) == "second.dashboard.py:6: uid 'same' is also that of first.dashboard.py:6"


def test_it_refuses_a_title_that_another_has(tmp_path: Path) -> None:
    """In one folder Grafana updates neither of them."""
    declared(tmp_path, "first", uid="first")
    declared(tmp_path, "second", uid="second")

    assert refused(tmp_path) == "second.dashboard.py:7: title 'Small' is also that of first.dashboard.py:7"


def test_it_refuses_a_title_that_another_panel_has(tmp_path: Path) -> None:
    """Descriptions and links tell panels apart by it; the second is named."""
    path = declared(tmp_path)
    text = path.read_text()
    panel = text[text.index("                Stat(") : text.index("            ],\n        ),")]
    path.write_text(text.replace(panel, panel * 2))

    assert refused(tmp_path) == "small.dashboard.py:21: two panels have the title 'How many pulls?'"


@pytest.mark.parametrize(
    "name", ["pullwatch_pending_podz", "pulwatch_pending_pods", "pod:pullwatch_pull_seconds:min", "pullwatch_pull_duration_seconds"]
)
def test_it_names_the_line_of_a_metric_that_is_none(tmp_path: Path, name: str) -> None:
    """A panel that asks for what nobody exposes would stay empty for ever; a histogram's bare name is no series either."""
    declared(tmp_path, query=f"sum({name})")

    assert refused(tmp_path) == f"small.dashboard.py:16: {name} is neither a metric of pullwatch nor a series that its rules record"


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        ('KIND = "podz"\nQUERY = f"sum(pullwatch_pending_{KIND})"\n', 17),
        ('QUERY = (\n    "sum("\n    "pullwatch_pending_podz"\n    ")"\n)\n', 3),
        ("# as pullwatch_pending_podz_total\nQUERY = 'sum(pullwatch_pending_podz)'\n", 2),
    ],
    ids=["pieces", "lines", "comment"],
)
def test_it_names_the_nearest_line_of_a_query_in_pieces(pieces: str, line: int, tmp_path: Path) -> None:
    """Where the name stands whole that line, where it is put together the title of the panel that asks for it."""
    path = declared(tmp_path)
    path.write_text(pieces + path.read_text().replace('"sum(pullwatch_pending_pods)"', "QUERY"))

    assert refused(tmp_path).startswith(f"small.dashboard.py:{line}: pullwatch_pending_podz is neither")


def test_it_names_a_variable_that_asks_for_what_is_none(tmp_path: Path) -> None:
    """What a reader may choose comes from queries as well."""
    path = declared(tmp_path)
    variable = 'QueryVariable(name="node", label="Node", series="pullwatch_node_infos")'
    path.write_text(
        path.read_text().replace("import DatasourceVariable", "import DatasourceVariable, QueryVariable")
        .replace("[DatasourceVariable()]", f"[DatasourceVariable(), {variable}]")
    )  # fmt: skip

    assert refused(tmp_path).startswith("small.dashboard.py:9: pullwatch_node_infos is neither")


def test_an_interruption_is_no_mistake_of_a_file(tmp_path: Path) -> None:
    """Who presses Ctrl-C is heard."""
    (tmp_path / "slow.dashboard.py").write_text("raise KeyboardInterrupt\n")

    with pytest.raises(KeyboardInterrupt):
        dashboards.render(tmp_path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: (folder / "a.dashboard.py").mkdir(), "a.dashboard.py: is no file"),
        (lambda folder: (folder / "a.dashboard.py").symlink_to("gone"), "a.dashboard.py: is no file"),
        (lambda folder: os.mkfifo(folder / "a.dashboard.py"), "a.dashboard.py: is no file"),
        (
            lambda folder: (folder / "a.py").write_text(""),
            "a.py: is no dashboard by its name: call it a.dashboard.py, or move it away",
        ),
        (lambda folder: (folder / "a.json").write_text("{}"), ": holds no dashboard: their files are called NAME.dashboard.py"),
    ],
    ids=["folder", "link", "pipe", "name", "nothing"],
)
def test_a_file_that_is_no_dashboard_is_told(make: Callable[[Path], Any], says: str, tmp_path: Path) -> None:
    """A folder in place of a file, a name that would be passed over without a word, nothing at all."""
    make(tmp_path)

    assert refused(tmp_path).removeprefix(str(tmp_path)) == says


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """The line says what should be there."""
    assert refused(tmp_path / "gone") == f"{tmp_path}/gone: is no folder: name one with files such as mine.dashboard.py"


@pytest.mark.parametrize("names", [("grafanalib",), rules.BINDINGS])
def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """The exporter's image has no tools to render with: whoever tries there is told what is missing."""
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(dashboards.DashboardError, match=rf"need {names[0]}: install pullwatch\[pack\]"):
        dashboards.render()

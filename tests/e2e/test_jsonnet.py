"""The mixin in the hands of those who have jsonnet and no pullwatch: its own program, its formatter, a vendor folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from pullwatch.pack import assets, dashboards, jsonnet_dashboards, rules
from tests.e2e import programs
from tests.pack.given import declared
from tests.pack.test_jsonnet_dashboards import CONFIGURED as EVERY_KEY
from tests.pack.test_jsonnet_dashboards import ODD_TEXTS

ALERTS = assets.root() / "alerts"

CONFIGURED: list[dict[str, Any]] = [
    {},
    {
        "criticalNamespaces": ["payments"],
        "clusterLabel": "site",
        "mutedImages": [r"reg\.io/\"odd\".*"],
        "severities": {"SlowImagePull": "info"},
    },
    EVERY_KEY["large"] | EVERY_KEY["odd"],
]


def jsonnet(*arguments: str | Path, folder: Path) -> str:
    """Return what jsonnet's own program prints."""
    ran = subprocess.run([programs.jsonnet(), *arguments], capture_output=True, check=False, cwd=folder, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize(
    "file", sorted(path for path in ALERTS.rglob("*") if path.suffix in {".jsonnet", ".libsonnet"}), ids=lambda path: path.name
)
def test_each_file_is_formatted(file: Path) -> None:
    """jsonnetfmt would change nothing."""
    ran = subprocess.run([programs.jsonnetfmt(), "--test", file], capture_output=True, check=False, text=True)

    assert ran.returncode == 0, f"jsonnetfmt --in-place {file}\n{ran.stderr}"


def test_plain_jsonnet_makes_the_same_alerts(tmp_path: Path) -> None:
    """The entry points of a mixin give what `render` gives, as YAML, and Prometheus takes it."""
    made = jsonnet("-S", ALERTS / "lib" / "alerts.jsonnet", folder=tmp_path)
    (tmp_path / "alerts.yaml").write_text(made)
    (tmp_path / "rules.yaml").write_text(jsonnet("-S", ALERTS / "lib" / "rules.jsonnet", folder=tmp_path))

    checked = subprocess.run(
        [programs.promtool(), "check", "rules", tmp_path / "alerts.yaml", tmp_path / "rules.yaml"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert yaml.safe_load((tmp_path / "rules.yaml").read_text())["groups"] + yaml.safe_load(made)["groups"] == rules.groups()
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_vendor_folder_is_enough(tmp_path: Path) -> None:
    """What jsonnet-bundler puts below vendor/ is imported from there, changed by `_config`, and needs nothing else."""
    assert json.loads((ALERTS / "jsonnetfile.json").read_text()) == {"version": 1, "dependencies": [], "legacyImports": False}
    vendored = tmp_path / "vendor" / "github.com" / "example" / "pullwatch"
    shutil.copytree(ALERTS, vendored / "alerts")
    (tmp_path / "mine.jsonnet").write_text(
        "local pullwatch = (import 'github.com/example/pullwatch/alerts/mixin.libsonnet') + { _config+:: { slowBaseSeconds: 7 } };\n"
        "{ groups: pullwatch.prometheusRules.groups + pullwatch.prometheusAlerts.groups }\n"
    )

    made = jsonnet("-J", "vendor", "mine.jsonnet", folder=tmp_path)

    assert json.loads(made) == {"groups": rules.groups({"slowBaseSeconds": 7})}


def test_plain_jsonnet_makes_the_same_dashboards(tmp_path: Path) -> None:
    """One file for each board, as `render` has it, into the folder that jsonnet is given."""
    (tmp_path / "made").mkdir()

    jsonnet("-m", "made", ALERTS / "lib" / "dashboards.jsonnet", folder=tmp_path)

    made = {path.name: json.loads(path.read_text()) for path in (tmp_path / "made").iterdir()}
    assert made == {f"{model['uid']}.json": model for model in (json.loads(text) for _, text in dashboards.render())}


def test_dashboards_are_vendored_with_the_alerts(tmp_path: Path) -> None:
    """They come with the mixin, follow its `_config`, and stand beside boards of others in the folder that they ask for."""
    shutil.copytree(ALERTS, tmp_path / "vendor" / "alerts")
    (tmp_path / "mine.jsonnet").write_text(
        f"local mine = (import 'theirs.libsonnet') + (import 'alerts/mixin.libsonnet') + {{ _config+:: {json.dumps(CONFIGURED[1])} }};\n"
        "{ folder: mine.grafanaDashboardFolder, boards: mine.grafanaDashboards }\n"
    )
    (tmp_path / "theirs.libsonnet").write_text("{ grafanaDashboards+:: { 'mine.json': {} } }\n")

    made = json.loads(jsonnet("-J", "vendor", "mine.jsonnet", folder=tmp_path))

    rendered = [json.loads(text) for _, text in dashboards.render(overrides=CONFIGURED[1])]
    assert made == {"folder": "pullwatch", "boards": {"mine.json": {}} | {f"{model['uid']}.json": model for model in rendered}}


def test_whatever_a_board_says_is_formatted(tmp_path: Path) -> None:
    """jsonnetfmt would change nothing of odd texts either."""
    path = declared(tmp_path)
    for number, text in enumerate(ODD_TEXTS):
        told = path.read_text().replace('uid="small"', f'uid="board{number}"').replace('"None is good."', repr(text))
        (tmp_path / f"board{number}.dashboard.py").write_text(told)
    for name, content in jsonnet_dashboards.files(tmp_path).items():
        (tmp_path / name).write_bytes(content)

    ran = subprocess.run([programs.jsonnetfmt(), "--test", *tmp_path.glob("*.libsonnet")], capture_output=True, check=False, text=True)

    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("given", CONFIGURED, ids=["default", "other", "numbers"])
def test_both_bindings_make_the_same(given: dict[str, Any]) -> None:
    """What jsonnet's own binding makes, its drop-in from Go makes too; each in a process of its own, since Go brings threads."""
    if not all(map(find_spec, ("_jsonnet", "_gojsonnet"))):
        pytest.skip("one of the two bindings has no wheel for this machine")
    made = [json.loads(rendered_by(binding, given)) for binding in ("_jsonnet", "_gojsonnet")]

    assert made[0] == made[1] == [rules.groups(given), rules.dashboards(given)]


def test_without_the_one_binding_the_other_is_taken(tmp_path: Path) -> None:
    """Imports are confined there as well."""
    if find_spec("_gojsonnet") is None:
        pytest.skip("gojsonnet has no wheel for this machine")
    (tmp_path / "secret").write_text("1")
    (tmp_path / "alerts").mkdir()
    program = (
        "import sys, pathlib; sys.modules['_jsonnet'] = None; from pullwatch.pack import rules\n"
        "rules.evaluate(\"importstr '../secret'\", folder=pathlib.Path(sys.argv[1]))"
    )

    ran = subprocess.run([sys.executable, "-c", program, tmp_path / "alerts"], capture_output=True, check=False, text=True)

    assert "RuntimeError" in ran.stderr
    assert "../secret is not a file in" in ran.stderr


def rendered_by(binding: str, given: dict[str, Any]) -> str:
    """Return groups and dashboards as the named binding makes them."""
    other = {"_jsonnet": "_gojsonnet", "_gojsonnet": "_jsonnet"}[binding]
    program = (
        f"import sys, json; sys.modules[{other!r}] = None; from pullwatch.pack import rules\n"
        f"assert rules._binding().__name__ == {binding!r}; given = json.loads(sys.argv[1]); print(json.dumps([rules.groups(given), rules.dashboards(given)]))"
    )
    ran = subprocess.run([sys.executable, "-c", program, json.dumps(given)], capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout

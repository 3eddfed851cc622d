"""What is rendered from the alerts folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullwatch.pack import assets, rules

if TYPE_CHECKING:
    from pathlib import Path


def test_the_committed_thresholds_are_those_of_the_alerts() -> None:
    """`make docs` was run after the last change of alerts/config.libsonnet."""
    assert assets.THRESHOLDS.read_bytes() == rules.thresholds_json()


def test_it_loads_the_thresholds() -> None:
    """Every limit has a value above 0."""
    limits = assets.thresholds()

    assert min(limits.slow_base_seconds, limits.expected_bytes_per_second, limits.assumed_size_bytes, limits.stuck_seconds) > 0
    assert limits.limit_seconds(600_000_000) == 120.0


def test_it_renders_the_alerts_as_configured() -> None:
    """The groups are those of a rules file, and a key that is given stands in them."""
    groups = rules.groups({"slowBaseSeconds": 7, "exporterURL": "http://127.0.0.1:1"})

    every = {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}
    limits = [
        rule["expr"] for group in groups for rule in group["rules"] if rule.get("record") == "pod:pullwatch_pull_over_limit_seconds:max"
    ]
    assert "(7 + " in limits[0]
    assert every["SlowImagePull"]["annotations"]["runbook_url"] == "http://127.0.0.1:1/runbooks/SlowImagePull"


def test_what_the_boards_read_can_be_left_out() -> None:
    """Nothing is recorded for who looks at no dashboard, and the alerts are the same."""
    with_boards, without = rules.groups(), rules.groups({"boards": False})

    names = ["pullwatch.boards", "pullwatch.boards.now", "pullwatch.boards.hourly"]
    assert [(group["name"], group.get("interval")) for group in with_boards[:3]] == list(zip(names, ["5m", None, "1h"], strict=True))
    assert without == with_boards[3:]


@pytest.mark.parametrize(
    "imported", ["../secret", "{folder}/secret", "lib/../../secret", "link", "linked/secret", "lib", "none", "lib/out.libsonnet"]
)
@pytest.mark.parametrize("form", ["import", "importstr"])
def test_an_import_stays_in_its_folder(form: str, imported: str, tmp_path: Path) -> None:
    """A file outside the folder cannot be read by jsonnet: not by a way up, a whole path, or a link to a file or a folder."""
    (tmp_path / "secret").write_text("1")
    folder = tmp_path / "alerts"
    (folder / "lib").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "lib" / "out.libsonnet").write_text("import '../../secret'")
    expression = f"{form} '{imported.format(folder=tmp_path)}'"

    if imported == "lib/out.libsonnet" and form == "importstr":
        assert rules.evaluate(expression, folder=folder) == "import '../../secret'"
        return
    with pytest.raises(RuntimeError, match="not a file in"):
        rules.evaluate(expression, folder=folder)


def test_an_import_is_sought_beside_the_file_that_imports(tmp_path: Path) -> None:
    """As jsonnet itself has it: the same name means another file in another folder."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "a.libsonnet").write_text("'outer'")
    (tmp_path / "lib" / "a.libsonnet").write_text("'inner'")
    (tmp_path / "lib" / "b.libsonnet").write_text("[import 'a.libsonnet', import '../a.libsonnet']")

    assert rules.evaluate("import 'lib/b.libsonnet'", folder=tmp_path) == ["inner", "outer"]

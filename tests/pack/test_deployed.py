"""The rendered files that are committed, and the page about values, are those of the mixin."""

from __future__ import annotations

from pullwatch.pack import deployed, manifests, rules, values, values_page
from tests.pack.test_folder import contents


def test_the_committed_files_are_those_that_are_rendered() -> None:
    """`make docs` was run after the last change of alerts/, and nothing else lies in these folders."""
    there = {
        f"{folder}/{name}": content for folder in ("rules", "alertmanager") for name, content in contents(manifests.FOLDER / folder).items()
    }

    assert there == deployed.files()
    assert sorted(there) == [
        "alertmanager/pullwatch.tmpl",
        "alertmanager/pullwatch.yaml",
        "rules/prometheusrule.yaml",
        "rules/pullwatch.yaml",
    ]


def test_the_committed_page_tells_every_value() -> None:
    """`make docs` was run after the last change of alerts/config.libsonnet."""
    text = values_page.PAGE.read_text()

    assert text == values_page.page(text)


def test_each_value_has_its_reason() -> None:
    """A key of the configuration stands under a comment that says why, and one that cannot be set does not exist."""
    found = dict(values_page.reasons())
    configuration = rules.configuration()

    assert {key for key in found if key in configuration} == set(values.KEYS)
    assert [key for key in values.KEYS if not found[key]] == []


def test_a_table_has_as_many_cells_as_it_should() -> None:
    """A bar in a text is a bar and no end of a cell."""
    rows = values_page.table().replace("\\|", "").splitlines()

    assert {row.count("|") for row in rows} == {5}


def test_the_table_tells_how_urgent_each_alert_is() -> None:
    """What wakes whom, and which alert is off, is seen without reading the configuration."""
    rows = {row.split("|")[1].strip(" `"): row.split("|")[2].strip() for row in values_page.table().splitlines()}
    severities = rules.configuration()["severities"]

    assert rows["severities"].startswith("`warning`; `info` for ")
    assert all(alert in rows["severities"] for alert, severity in severities.items() if severity != "warning")
    assert rows["enabled"] == "`true`; `false` for ImagePullSLOBurn"

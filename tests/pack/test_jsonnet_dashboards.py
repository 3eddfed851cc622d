"""Dashboards for users of plain jsonnet: the same as `render` makes, whatever the configuration says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pullwatch.pack import dashboards, jsonnet_dashboards, rules, values
from tests.pack.given import declared

DEFAULTS = rules.configuration()
ODD_URL = "https://wiki.example/é/'%s'\\\"$%d{{x}}?back=%s"


def numbers(*wanted: float) -> dict[str, Any]:
    """Return for each number of the configuration the first of these that it takes."""
    taken = {key: [number for number in wanted if values.KEYS[key].accepts(number)] for key in DEFAULTS if is_number(DEFAULTS[key])}
    return {key: found[0] for key, found in taken.items() if found}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CONFIGURED: dict[str, dict[str, Any]] = {
    "default": {},
    "none": {"boards": False},
    "fractions": numbers(0.1 + 0.2) | {"clusterLabel": "site", "metricSelector": 'env="%s", team="a\\"b"'},
    "odd": numbers(1234567.25, 0.123456789, 300) | {"wideWindow": "1h", "usualWindow": "14d", "throughputWindow": "45m"},
    "large": numbers(1e7, 0.5, 600) | {"runbookURLPattern": ODD_URL, "exporterURL": "https://pullwatch.example/ü"},
    "huge": numbers(1e300, 1e-7),
    "tiny": numbers(1e-9) | {"exporterSelector": "job=~'a|\\\\d'", "grafanaURL": "https://g.example/é"},
}


@pytest.mark.parametrize("given", CONFIGURED.values(), ids=CONFIGURED)
def test_jsonnet_draws_what_render_draws(given: dict[str, Any]) -> None:
    """The same models, number by number and text by text, under the names by which a mixin has them."""
    rendered = [json.loads(text) for _, text in dashboards.render(overrides=given)]

    assert rules.dashboards(given) == {dashboards.file_name(model): model for model in rendered}


def test_what_is_committed_is_what_the_declarations_say() -> None:
    """`make docs` was run after the last change to a board, and files of boards that are gone are gone."""
    committed = {path.name: path.read_bytes() for path in jsonnet_dashboards.FOLDER.iterdir()}

    assert committed == jsonnet_dashboards.files()


def test_boards_draw_from_the_configuration() -> None:
    """Limits and the label of clusters are references, so that the comparison above is one of something."""
    drawn = set(re.findall(rb"(?:texts|values)\.(\w+)", b"".join(jsonnet_dashboards.files().values())))

    assert drawn >= {b"slowBaseSeconds", b"stuckSeconds", b"clusterLabel", b"runbookURLPattern"}


def test_what_follows_from_values_is_computed_in_jsonnet() -> None:
    """The limit for an image of unknown size follows the three values that make it, and is written as any number."""
    found = rules.drawn({"slowBaseSeconds": 30, "assumedSizeBytes": 1e9, "expectedBytesPerSecond": 2e7})

    assert (found["values"]["assumedLimitSeconds"], found["texts"]["assumedLimitSeconds"]) == (80, "80")


ODD_TEXTS = ["it's", 'say "no"', """both ' and \"""", "back\\slash", "tab\tand\nline", "\x7f", "ünicode", "%s", "{{x}}"]


def test_texts_are_written_as_jsonnet_reads_them(tmp_path: Path) -> None:
    """Quotes, backslashes, control characters and whatever else somebody writes into a description."""
    path = declared(tmp_path)
    path.write_text(path.read_text().replace('"None is good."', repr("|".join(ODD_TEXTS))))
    alone = declared(tmp_path, "alone", uid="alone", title="Alone")
    alone.write_text(alone.read_text().replace('"None is good."', '"it\'s good"'))
    (tmp_path / "made").mkdir()
    for name, content in jsonnet_dashboards.files(tmp_path).items():
        (tmp_path / "made" / name).write_bytes(content)

    call = "local all = import 'all.libsonnet', drawn = %s; [all[board](drawn.values, drawn.texts) for board in std.objectFields(all)]"
    made = rules.evaluate(call % json.dumps(rules.drawn()), folder=tmp_path / "made")

    assert made == [json.loads(text) for _, text in dashboards.render(tmp_path)]

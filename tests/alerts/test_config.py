"""The alerts' configuration and its use: jsonnet notices a misspelt field only where its branch is evaluated."""

from __future__ import annotations

import re

import pytest

from pullwatch.pack import assets, rules

ALERTS = assets.root() / "alerts"

_COMMENT = re.compile(r"^\s*//.*$|\s//\s.*$", re.MULTILINE)
_USED = re.compile(r"\b(?:config|_config)\.(?!libsonnet\b)(\w+)")
_OF_ITSELF = re.compile(r"\bself\.(\w+)")


def used(source: str) -> set[str]:
    """Return the fields of the configuration that a file of alerts names."""
    return set(_USED.findall(_COMMENT.sub("", source)))


def everywhere() -> set[str]:
    """Return those of all files. What the configuration derives from itself is used there."""
    found = {key for file in ALERTS.rglob("*sonnet") for key in used(file.read_text(encoding="utf-8"))}
    return found | set(_OF_ITSELF.findall(_COMMENT.sub("", (ALERTS / "config.libsonnet").read_text(encoding="utf-8"))))


def test_every_field_that_is_used_exists() -> None:
    """A misspelt field would stop the rendering of whoever is the first to need its branch."""
    assert everywhere() <= set(rules.configuration())


def test_every_field_is_used() -> None:
    """A field that nothing reads lets somebody believe that he changed something."""
    assert set(rules.configuration()) <= everywhere()


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("if false then config.slowBaseSecs else 1", {"slowBaseSecs"}),
        ("local x = self._config.one, // config.two\n// config.three\ny: 'a' + config.four", {"one", "four"}),
        ("url: 'http://config.example', reconfig.five", {"example"}),
    ],
)
def test_it_finds_what_is_used(source: str, fields: set[str]) -> None:
    """Branches that are not evaluated count, comments do not."""
    assert used(source) == fields

"""What every dashboard that we ship keeps to: the rules of tests/dashlint without exemption, and Grafana's own types.

That the rules see a mistake on these very boards is shown by planting each into each.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from pullwatch.pack import dashboards, mixin, rules
from tests.dashlint import configured, foundation, given, links, lint
from tests.dashlint.board import Board
from tests.dashlint.context import MOVED, Context
from tests.dashlint.mistakes import MISTAKES
from tests.dashlint.planted import Ground, Plant

TEXTS, MOVED_TEXTS = dict(dashboards.render()), dict(dashboards.render(overrides=MOVED))
MODELS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in TEXTS.items()}
MOVED_MODELS = [json.loads(text) for text in MOVED_TEXTS.values()]
CONTEXT = Context.of(mixin.groups(), rules.configuration(), boards=MODELS.values(), moved=MOVED_MODELS)

every_board = pytest.mark.parametrize("name", MODELS)


@every_board
def test_a_board_has_no_mistake(name: str) -> None:
    """No rule finds anything, on no panel."""
    assert [str(finding) for finding in lint.findings(Board(MODELS[name]), CONTEXT)] == []


@every_board
def test_a_mistake_is_found_on_it(name: str) -> None:
    """Each mistake that a rule finds on a made board, it finds on this one."""
    assert [f"{number}-{rule}" for number, (rule, plant) in enumerate(MISTAKES) if not found(name, rule, plant)] == []


@every_board
def test_its_keys_and_values_are_grafanas(name: str) -> None:
    """A round trip through Grafana's own types loses no key and changes no value; options and overrides are spelt as there."""
    assert [*foundation.differences(MODELS[name]), *foundation.misspelt(MODELS[name])] == []


def test_boards_are_told_apart() -> None:
    """By file, address and title."""
    assert len({board["uid"] for board in MODELS.values()}) == len(MODELS)
    assert list(lint.unique(CONTEXT)) == []


def test_alerts_find_the_boards_that_they_link_to() -> None:
    """Each links to one of ours, which has the variables that the link sets."""
    groups = rules.groups({"grafanaURL": "https://grafana.example"})

    assert list(links.of_alerts(groups, CONTEXT.boards)) == []


def found(name: str, rule: str, plant: Plant) -> bool:
    """Tell whether a rule finds a mistake that was planted into a board of ours."""
    model = json.loads(TEXTS[name])
    plant(Ground(model))
    # Only what follows the configuration looks at the board that was rendered with another one.
    moved = [json.loads(MOVED_TEXTS[name])] if rule in configured.RULES else []
    for board in moved:
        plant(Ground(board, moved=True))
    others = [other for key, other in MODELS.items() if key != name]
    return bool(lint.findings(Board(model), given.judged([model, *others], moved), rules={rule: lint.RULES[rule]}))

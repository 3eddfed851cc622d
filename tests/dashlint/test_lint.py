"""Each mistake, planted into a good board, is found by its rule alone."""

from __future__ import annotations

import copy

import pytest

from tests.dashlint import given, lint
from tests.dashlint.board import Board, Json
from tests.dashlint.mistakes import MISTAKES
from tests.dashlint.planted import Ground, Plant

GOOD, GOOD_MOVED = given.models(), given.models(moved=True)

TOGETHER = {"same variable everywhere"}
"""Rules about several boards, which have a test of their own."""


def found(boards: list[Json], moved: list[Json]) -> list[lint.Finding]:
    context = given.judged(boards, moved)
    return lint.findings(Board(boards[0]), context)


def planted(plant: Plant) -> list[lint.Finding]:
    boards, moved = copy.deepcopy(GOOD), copy.deepcopy(GOOD_MOVED)
    plant(Ground(boards[0]))
    plant(Ground(moved[0], moved=True))
    return found(boards, moved)


def test_good_boards_have_no_mistake() -> None:
    """A rule that finds something in what is right would be switched off soon."""
    context = given.judged(GOOD, GOOD_MOVED)

    assert [str(one) for board in context.boards.values() for one in lint.findings(board, context)] == []
    assert list(lint.unique(context)) == []


@pytest.mark.parametrize(("rule", "plant"), MISTAKES, ids=[f"{number}-{rule}" for number, (rule, _) in enumerate(MISTAKES)])
def test_a_mistake_is_found_by_its_rule_alone(rule: str, plant: Plant) -> None:
    """One mistake, one rule that tells of it."""
    assert {(one.rule) for one in planted(plant)} == {rule}


def test_every_rule_has_a_mistake() -> None:
    """A rule that never found anything may be blind."""
    assert {rule for rule, _ in MISTAKES} | TOGETHER == set(lint.RULES)


def test_a_variable_that_means_something_else_elsewhere_is_found() -> None:
    """A link carries the choice of a registry to the variable of that name."""
    boards = copy.deepcopy(GOOD)
    Ground(boards[0]).variable("registry")["query"] = 'label_values(pullwatch_pull_duration_seconds_count{cluster=~"$cluster"}, repository)'

    assert {one.rule for one in found(boards, GOOD_MOVED)} == {"same variable everywhere"}


def test_a_message_names_board_panel_and_remedy() -> None:
    """Somebody who reads the message knows what to change."""

    def plant(ground: Ground) -> None:
        ground.panel("timeseries")["fieldConfig"]["defaults"]["unit"] = "pulls"

    (only,) = planted(plant)

    assert str(only) == "pullwatch-small: When?: has the unit 'pulls', which Grafana does not know [unit]"


def test_boards_of_one_title_are_found() -> None:
    """In a menu they could not be told apart."""
    boards = copy.deepcopy(GOOD)
    boards[1]["title"] = boards[0]["title"]

    assert list(lint.unique(given.judged(boards, []))) == ["'pullwatch / Small' is the title of several boards"]


def test_each_rule_of_the_reference_is_kept_or_replaced() -> None:
    """Each of Grafana's own rules is one of ours, or is replaced by one for a reason; no panel is exempt."""
    ours = [rule for rules, _ in lint.REFERENCE.values() for rule in rules]

    assert set(ours) <= set(lint.RULES)
    assert all(reason for name, (_, reason) in lint.REFERENCE.items() if name.split("-")[1] in {"job", "instance"})

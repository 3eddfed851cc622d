"""Each alert is tested in all the ways in which alerts of their kind were seen to fail: kinds.yaml says by which scenario."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.alerts.test_lint import ALERTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
TABLE: dict[str, dict[str, str]] = yaml.safe_load((HERE / "kinds.yaml").read_text())

Scenario = dict[str, Any]

_UNITS = {"h": 3600, "m": 60, "s": 1}
_RUN = re.compile(r"(-?[\d.e]+)(?:([+-][\d.e]+))?(?:x(\d+))?")


def seconds(duration: str) -> int:
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([hms])", duration))


def told(scenario: Scenario, alert: str) -> list[bool]:
    """Return whether the alert is there, in the order of time, at each moment that the scenario looks at."""
    looked = {
        seconds(test["eval_time"]): bool(test["exp_alerts"]) for test in scenario.get("alert_rule_test", []) if test["alertname"] == alert
    }
    for test in scenario.get("promql_expr_test", []):
        names = re.match(r'ALERTS\{alertname=~?"([^"]*)"', test["expr"])
        if names and alert in names[1].split("|"):
            found = any(f'"{alert}"' in sample["labels"] for sample in test.get("exp_samples") or [])
            looked[seconds(test["eval_time"])] = found
    return [looked[at] for at in sorted(looked)]


def runs(values: str) -> Iterator[tuple[float, float]]:
    """Return the first and the last value of each part of what a series does."""
    for match in filter(None, map(_RUN.fullmatch, values.split())):
        first = float(match[1])
        yield first, first + float(match[2] or 0) * int(match[3] or 0)


def begins_again(scenario: Scenario, _: str) -> bool:
    """Tell whether a series falls and goes on."""
    for series in scenario["input_series"]:
        parts = list(runs(series["values"]))
        if any(later[0] < former[1] for former, later in itertools.pairwise(parts)):
            return True
    return False


def twice(scenario: Scenario, label: str) -> bool:
    """Tell whether a metric is there with two values of a label, and nothing else that differs."""
    alike = [re.sub(rf'\b(?:{label})="[^"]*"', "", series["series"]) for series in scenario["input_series"]]
    return len(set(alike)) < len(alike)


def of_two_instances(scenario: Scenario, _: str) -> bool:
    return twice(scenario, "instance")


def changes(scenario: Scenario, alert: str) -> bool:
    """Tell whether an exporter restarts: another instance, or one whose series end and come again or begin at 0."""
    comes_again = any(re.search(r"(stale|_x?\d*|0\+0x\d+) .*\d", series["values"]) for series in scenario["input_series"])
    return of_two_instances(scenario, alert) or comes_again or begins_again(scenario, alert)


def exact(scenario: Scenario, alert: str) -> bool:
    """Tell whether the labels and all four annotations are compared."""
    found = [
        each
        for test in scenario["alert_rule_test"]
        if test["alertname"] == alert
        for each in test["exp_alerts"]
        if len(each["exp_annotations"]) == 4
    ]
    return bool(found) and all("severity" in each["exp_labels"] for each in found)


def ends(scenario: Scenario, alert: str) -> bool:
    seen = told(scenario, alert)
    return True in seen and not seen[-1]


KINDS: dict[str, Callable[[Scenario, str], bool]] = {
    "not yet": lambda scenario, alert: told(scenario, alert)[:1] == [False] and True in told(scenario, alert),
    "firing": exact,
    "resolved": ends,
    "first sample ever": lambda scenario, alert: bool(told(scenario, alert)),
    "exporter restart": changes,
    "two replicas": lambda scenario, _: twice(scenario, "instance|replica"),
    "duplicate info series": lambda scenario, _: any(
        twice({"input_series": [series for series in scenario["input_series"] if re.match(info, series["series"])]}, "instance|replica")
        for info in (r"\w+_info\{", r"kubelet_node_name\{")
    ),
    "no traffic": lambda scenario, alert: bool(told(scenario, alert)) and True not in told(scenario, alert),
    "counter reset": begins_again,
}
"""The kinds, and what a scenario of each looks like; whether it passes, promtool says."""


def scenarios(alert: str) -> dict[str, Scenario]:
    """Return what tests an alert, by name; of two of the same name the one in the alert's own file."""
    found: dict[str, Scenario] = {}
    files = sorted(HERE.glob("*_test.yaml"), key=lambda file: file.name.startswith(alert + "_"))
    for file in files:
        for scenario in yaml.safe_load(file.read_text())["tests"]:
            if told(scenario, alert):
                found[scenario["name"]] = scenario
    return found


def wrong(alert: str, kinds: dict[str, str], found: dict[str, Scenario]) -> list[str]:
    """Return what is missing, or not what it is said to be."""
    problems = [f"{alert}: nothing is said of: {kind}" for kind in KINDS if kind not in kinds]
    for kind, name in kinds.items():
        if kind not in KINDS:
            problems.append(f"{alert}: {kind} is no kind")
        elif name.startswith("none:"):
            if len(name) < 20:
                problems.append(f"{alert}: {kind}: say why")
        elif name not in found:
            problems.append(f"{alert}: {kind}: no scenario of this alert is called: {name}")
        elif not KINDS[kind](found[name], alert):
            problems.append(f"{alert}: {kind}: this does not look like one: {name}")
    return problems


def test_every_alert_is_in_the_table() -> None:
    """A new alert cannot be forgotten."""
    assert set(TABLE) == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_is_tested_in_each_way(alert: str) -> None:
    """Each kind has a scenario of its shape, or a reason why there can be none."""
    assert wrong(alert, TABLE[alert], scenarios(alert)) == []


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        ("not yet", None, "nothing is said of: not yet"),
        ("first failure", "it needs neither a size nor a cluster label", "first failure is no kind"),
        ("no traffic", "it is quiet", "no traffic: no scenario of this alert is called: it is quiet"),
        ("no traffic", "it fires after ten minutes and not at them, and resolves", "no traffic: this does not look like one"),
        ("resolved", "it stays silent while a pull only waits in the queue of its node", "resolved: this does not look like one"),
        ("firing", "it stays silent while a pull only waits in the queue of its node", "firing: this does not look like one"),
        ("not yet", "it is one alert where two replicas show the same pull", "not yet: this does not look like one"),
        ("two replicas", "it needs neither a size nor a cluster label", "two replicas: this does not look like one"),
        (
            "duplicate info series",
            "it is one alert where two replicas show the same pull",
            "duplicate info series: this does not look like",
        ),
        ("exporter restart", "it needs neither a size nor a cluster label", "exporter restart: this does not look like one"),
        ("counter reset", "it is one alert where two replicas show the same pull", "counter reset: this does not look like one"),
        ("counter reset", "none:", "counter reset: say why"),
    ],
)
def test_what_is_missing_is_found(kind: str, name: str | None, problem: str) -> None:
    """Neither a gap in the table nor a scenario that shows something else passes."""
    alert = "ImagePullStuck"
    table = {each: scenario for each, scenario in TABLE[alert].items() if each != kind} | ({kind: name} if name else {})

    found = wrong(alert, table, scenarios(alert))
    assert len(found) == 1
    assert problem in found[0]

"""The rules of the mixin, evaluated over a stretch of time that is past: what Prometheus would have written meanwhile.

A rule that reads another one's series is evaluated after it, at the same moments; its group's interval is kept. An alert is pending for as
long as `for` says, and goes on for as long as `keep_firing_for` says; both end with their series.
"""

from __future__ import annotations

import itertools
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pullwatch.pack import kinds, promql
from tests.history import remote_write
from tests.history.remote_write import STALE, Samples

AT_ONCE = 2

_Labels = frozenset[tuple[str, str]]


class _Series(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Data(msgspec.Struct):
    result: list[_Series]


class _Answer(msgspec.Struct):
    data: _Data


_ANSWERS = msgspec.json.Decoder(_Answer)


@dataclass
class Rule:
    """A rule and how it stood when it was evaluated last."""

    rule: Mapping[str, Any]
    interval_seconds: float
    present: set[_Labels] = field(default_factory=set)
    active: dict[_Labels, Active] = field(default_factory=dict)

    @property
    def writes(self) -> str:
        return str(self.rule.get("record", "ALERTS"))

    @property
    def reads(self) -> set[str]:
        return promql.names(self.rule["expr"])

    def moments(self, after: float, until: float) -> tuple[float, float] | None:
        """Return the first and the last moment of a stretch at which it is evaluated."""
        first = (after // self.interval_seconds + 1) * self.interval_seconds
        last = until // self.interval_seconds * self.interval_seconds
        return (first, last) if first <= last else None


@dataclass
class Active:
    """An alert of one label set."""

    since: float
    fires: bool = False
    gone_at: float | None = None
    """Since when its expression finds nothing; None while it does."""


class Rules:
    """All rules of a Prometheus."""

    def __init__(self, url: str, groups: Iterable[Mapping[str, Any]], *, interval_seconds: float) -> None:
        self._url = url
        rules = [
            Rule(rule, kinds.seconds(group["interval"]) if "interval" in group else interval_seconds)
            for group in groups
            for rule in group["rules"]
        ]
        self._in_turn = list(_in_turn(rules))

    def judge(self, after: float, until: float) -> int:
        """Evaluate and write all that falls into a stretch; return the number of samples."""
        written = 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for rules in self._in_turn:
                samples = Samples()
                for rule, found in zip(rules, pool.map(lambda rule: self._ask(rule, after, until), rules), strict=True):
                    if found is not None:
                        first, last = rule.moments(after, until) or (0.0, 0.0)
                        count = round((last - first) / rule.interval_seconds) + 1
                        by_labels = {frozenset(_labelled(series.metric, rule.rule).items()): dict(series.values) for series in found}
                        write(rule, by_labels, [first + number * rule.interval_seconds for number in range(count)], samples)
                remote_write.post(self._url, samples.requests())
                written += samples.count
        return written

    def _ask(self, rule: Rule, after: float, until: float) -> list[_Series] | None:
        moments = rule.moments(after, until)
        if moments is None:
            return None
        query = {"query": rule.rule["expr"], "start": moments[0], "end": moments[1], "step": rule.interval_seconds}
        body = urllib.parse.urlencode(query).encode()
        try:
            with urllib.request.urlopen(f"{self._url}/api/v1/query_range", body, timeout=60) as answer:  # noqa: S310 - of this machine
                return _ANSWERS.decode(answer.read()).data.result
        except urllib.error.HTTPError as error:
            name = rule.rule.get("alert", rule.writes)
            raise AssertionError(f"Prometheus refuses {name}: {error.read().decode(errors='replace')}") from error


def _in_turn(rules: Sequence[Rule]) -> Iterable[Sequence[Rule]]:
    """Yield rules that can be evaluated together: what they read of each other's was written by those before."""
    left = list(rules)
    while left:
        unwritten = {rule.writes for rule in left}
        ready = [rule for rule in left if not (rule.reads - {rule.writes}) & unwritten]
        assert ready, f"{unwritten} wait for each other"
        yield ready
        left = [rule for rule in left if all(rule is not done for done in ready)]


def write(rule: Rule, by_labels: Mapping[_Labels, Mapping[float, str]], at: Sequence[float], samples: Samples) -> None:
    """Write what a rule makes of what it found at these moments, which follow those of the last time."""
    if "record" in rule.rule:
        _record(rule, by_labels, at, samples)
    else:
        _alert(rule, by_labels, at, samples)


def _labelled(metric: Mapping[str, str], rule: Mapping[str, Any]) -> dict[str, str]:
    own: dict[str, str] = {"alertname": rule["alert"]} if "alert" in rule else {}
    added: dict[str, str] = rule.get("labels", {})
    return {name: value for name, value in metric.items() if name != "__name__"} | added | own


def _record(rule: Rule, by_labels: Mapping[_Labels, Mapping[float, str]], at: Sequence[float], samples: Samples) -> None:
    written_at = [remote_write.at(moment) for moment in at]
    for labels in by_labels.keys() | rule.present:
        series = remote_write.encoded({"__name__": rule.writes} | dict(labels))
        values = by_labels.get(labels, {})
        present = labels in rule.present
        for moment, written in zip(at, written_at, strict=True):
            value = values.get(moment)
            if value is not None:
                samples.add(series, remote_write.number(float(value)), written)
            elif present:
                samples.add(series, STALE, written)
            present = value is not None
        (rule.present.add if present else rule.present.discard)(labels)


def _alert(rule: Rule, by_labels: Mapping[_Labels, Mapping[float, str]], at: Sequence[float], samples: Samples) -> None:
    waits, goes_on = (kinds.seconds(rule.rule.get(key, "0s")) for key in ("for", "keep_firing_for"))
    for labels, moment in itertools.product(sorted(by_labels.keys() | rule.active.keys(), key=sorted), at):
        before = rule.active.get(labels)
        now = _next(before, holds=moment in by_labels.get(labels, {}), moment=moment, waits=waits, goes_on=goes_on)
        written = remote_write.at(moment)
        for state, fires in (("pending", False), ("firing", True)):
            series = remote_write.encoded({"__name__": "ALERTS", "alertstate": state} | dict(labels))
            if now is not None and now.fires is fires:
                samples.add(series, remote_write.number(1), written)
            elif before is not None and before.fires is fires:
                samples.add(series, STALE, written)
        if now is None:
            rule.active.pop(labels, None)
        else:
            rule.active[labels] = now


def _next(before: Active | None, *, holds: bool, moment: float, waits: float, goes_on: float) -> Active | None:
    """Return how an alert stands after one more evaluation, as `AlertingRule.Eval` of Prometheus decides it."""
    if holds:
        since = before.since if before is not None else moment
        return Active(since, fires=moment - since >= waits)
    if before is None or not before.fires:
        return None
    gone_at = moment if before.gone_at is None else before.gone_at
    return Active(before.since, fires=True, gone_at=gone_at) if moment - gone_at < goes_on else None

"""What a user may set of the alerts' configuration: which keys there are, and which kind of value each takes.

The defaults and their reasons stand in alerts/config.libsonnet; a test compares the keys. Wrong values would make rules that
Prometheus refuses, or worse, that it takes and that never fire.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pullwatch.pack import kinds
from pullwatch.pack.kinds import Key
from pullwatch.publish import metrics, self_metrics
from pullwatch.pulls.pull import FAILURES

FINISHED_SECONDS = 900
"""Time for which the exporter shows a finished pull."""

JOINS = ("spegel", "dragonfly", "distribution", "containerd", "crio", "kubeStateMetrics")
"""Whose metrics are used where they are there, as in alerts/joins.libsonnet."""

KUBELET_EDGES = (60, 120, 300, 600)
"""Seconds at which the histograms of old and new kubelets both have an edge, or nearly."""

SEVERITIES = ("critical", "warning", "info")

INHIBITORS = ("SlowImagePullOnSlowNode",)
"""Alerts that keep others quiet; nobody is told of them, so their severity is none."""

OPTIONAL = ("ImagePullSLOBurn",)
"""Alerts that are there only where they are asked for."""

WIDE_EDGES = tuple(edge for edge in metrics.NODE_BUCKETS if edge in metrics.PULL_BUCKETS)
"""Edges that the histograms of nodes and of registries both have, in seconds."""

_RESERVED = {"alertname", "alertstate", "severity", "job", "instance", "le"}.union(
    *(family.labels for family in (*metrics.FAMILIES, *self_metrics.FAMILIES))
)

_NUMBERS = ("inf", "nan")
"""What would be a label's name if it were no number to PromQL."""

_FAILURES = tuple(reason.value for reason in FAILURES)

_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class WrongValueError(Exception):
    """A value that the alerts cannot use; the text names the key, what was given and what was expected."""


def check(given: Mapping[Any, Any], *, alerts: Collection[str], source: str = "") -> None:
    """Look at each value by itself; `source` begins the line. Raises WrongValueError."""
    begin = f"{source}: " if source else ""
    for key, value in given.items():
        if key == "_config":
            raise WrongValueError(f"{begin}_config is no key: write what is below it at the top, such as slowBaseSeconds: 120")
        if key not in KEYS:
            raise WrongValueError(f"{begin}{_shown(key)} is no key: {_nearest(key, KEYS)}")
        if not KEYS[key].accepts(value):
            raise WrongValueError(begin + _sentence(key, value, KEYS[key].expected))
    for outer, each in NESTED.items():
        kind, names = ("alert", alerts) if outer in PER_ALERT else ("join", JOINS)
        for name, value in given.get(outer, {}).items():
            if name not in names:
                raise WrongValueError(f"{begin}{outer}.{_shown(name)} is no {kind}: {_nearest(name, names)}")
            takes = QUIET if outer == "severities" and name in INHIBITORS else each
            if not takes.accepts(value):
                raise WrongValueError(begin + _sentence(f"{outer}.{name}", value, takes.expected))


def check_together(config: Mapping[str, Any]) -> None:
    """Look at what values mean to each other. Raises WrongValueError."""
    gone, missed, lasts = config["exporterDownFor"], config["exporterMissedFor"], config["keepFiringFor"]
    if kinds.seconds(lasts) <= kinds.seconds(gone) + kinds.seconds(missed):
        together = f"exporterDownFor and exporterMissedFor together, {gone} and {missed}"
        raise WrongValueError(_sentence("keepFiringFor", lasts, f"more than {together}: a dead exporter must not look like an all-clear"))
    now, usual = config["throughputWindow"], config["usualWindow"]
    if kinds.seconds(usual) <= kinds.seconds(now):
        raise WrongValueError(_sentence("usualWindow", usual, f"more than throughputWindow, {now}: it holds that many of these"))
    most = 1 / (1 - config["sloTarget"])
    for window in config["sloWindows"]:
        if window["burn"] >= most:
            expected = f"burn below {most:g}, which sloTarget {config['sloTarget']:g} allows: more cannot be bad than all pulls"
            raise WrongValueError(_sentence("sloWindows", window, expected))


def _nearest(given: Any, known: Collection[str]) -> str:
    """Return what may have been meant, and all that could be."""
    near = difflib.get_close_matches(str(given)[:100], known, n=1)
    return f"{f'did you mean {near[0]}? ' if near else ''}expected one of {', '.join(known)}"


def _sentence(key: str, value: Any, expected: str) -> str:
    return f"{key}: {_cut(_written(value))} given, expected {expected}"


def _written(value: Any) -> str:
    """Return a value as YAML or JSON has it, in one line: null and true are what was written, not None and True."""
    if isinstance(value, str):
        return repr(value)
    try:
        return json.dumps(value, default=str, ensure_ascii=True)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _shown(name: Any) -> str:
    """Return a name as it was typed; one that would not stay in its line, quoted."""
    text = str(name)
    return _cut(text if text.isprintable() else repr(text))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _is_window(value: Any) -> bool:
    """Tell whether a value is a pair of windows and a burn rate, with nothing beside."""
    if not isinstance(value, Mapping) or set(value) != {"long", "short", "burn"}:
        return False
    long, short = value["long"], value["short"]
    return _LASTS.accepts(long) and _LASTS.accepts(short) and kinds.seconds(short) < kinds.seconds(long) and _BURN.accepts(value["burn"])


_LASTS = kinds.text('a duration above 0 such as "10m" or "1h30m"', lambda text: kinds.seconds(text) > 0)
_BURN = kinds.number("a number above 0")
_ADDRESS = "an http or https URL that does not end in /"

KEYS: Mapping[str, Key] = {
    "slowBaseSeconds": kinds.number("a number of seconds above 0"),
    "expectedBytesPerSecond": kinds.number("a number of bytes per second above 0"),
    "assumedSizeBytes": kinds.number("a number of bytes above 0"),
    "stuckSeconds": kinds.number("a number of seconds above 0"),
    "failingSeconds": kinds.number("a number of seconds above 0"),
    "eventsToldRatio": kinds.number("a number above 0 and below 1", most=math.nextafter(1, 0)),
    "eventsLostMinimum": kinds.number("a number of pulls above 0"),
    "kubeletSelector": kinds.text('matchers such as job="kubelet",metrics_path="/metrics"', kinds.selects),
    "kubeletSlowSeconds": Key(
        f"one of {', '.join(map(str, KUBELET_EDGES))}, which are edges of kubelets' histograms",
        lambda value: not isinstance(value, bool) and value in KUBELET_EDGES,
    ),
    "joins": Key("names of joins and matchers of their targets, such as spegel: false", lambda value: isinstance(value, Mapping)),
    "wideEdgeSeconds": kinds.edge(WIDE_EDGES),
    "wideShare": kinds.share("a share above 0 and below 1 such as 0.3"),
    "widePulls": kinds.number("a number of pulls above 0"),
    "wideWindow": _LASTS,
    "throughputShare": kinds.share("a share above 0 and below 1 such as 0.3"),
    "throughputPulls": kinds.number("a number of pulls above 0"),
    "throughputWindow": _LASTS,
    "usualWindow": _LASTS,
    "queueingSeconds": kinds.number("a number of seconds above 0"),
    "sloSeconds": kinds.edge(metrics.PULL_BUCKETS),
    "sloTarget": kinds.share("a share above 0 and below 1 such as 0.99"),
    "sloPulls": kinds.number("a number of pulls above 0"),
    "sloWindows": Key(
        "a list such as [{long: 1h, short: 5m, burn: 14.4}], with short less than long",
        lambda value: isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0 and all(map(_is_window, value)),
    ),
    "sloIgnoredReasons": kinds.texts(f"a list of reasons of failures: {', '.join(_FAILURES)}", _FAILURES.__contains__),
    "watchStaleSeconds": kinds.number("a number of seconds above 0"),
    "finishedSeconds": kinds.number(
        f"a number of seconds above 0 and at most {FINISHED_SECONDS}, for which pulls are shown", most=FINISHED_SECONDS
    ),
    "watchStaleFor": _LASTS,
    "eventsLostFor": _LASTS,
    "exporterDownFor": _LASTS,
    "exporterMissedFor": _LASTS,
    "exporterSeenWithin": _LASTS,
    "keepFiringFor": _LASTS,
    "exporterSelector": kinds.text('matchers such as job="pullwatch",namespace="monitoring"', kinds.selects),
    "clusterLabel": kinds.text(
        "the name of a label (letters, digits and _) that neither alerts nor metrics of pullwatch have otherwise, such as cluster",
        lambda text: _LABEL.fullmatch(text) and text not in _RESERVED and text.lower() not in _NUMBERS,
    ),
    "metricSelector": kinds.text('matchers such as env="production", or nothing', lambda text: not text or kinds.selects(text)),
    "mutedNamespaces": kinds.texts("a list of namespaces, as names or RE2 patterns, such as [kube-system, ci-.*]", kinds.is_pattern),
    "mutedImages": kinds.texts("a list of RE2 patterns of whole images, such as ['docker[.]io/library/busybox:.*']", kinds.is_pattern),
    "boards": Key("true or false", lambda value: isinstance(value, bool)),
    "criticalNamespaces": kinds.texts("a list of names of namespaces such as [payments, shop]", _NAMESPACE.fullmatch),
    "severities": Key("alerts and how urgent they are, such as SlowImagePull: info", lambda value: isinstance(value, Mapping)),
    "enabled": Key("alerts and whether they are there, such as SlowImagePull: false", lambda value: isinstance(value, Mapping)),
    "exporterURL": kinds.text(_ADDRESS, lambda text: kinds.URL.fullmatch(text) and not text.endswith("/")),
    "runbookURLPattern": kinds.text(
        "an http or https URL with %s where the alert's name goes",
        lambda text: "%s" in text and kinds.URL.fullmatch(text.replace("%s", "Alert")),
    ),
    "grafanaURL": kinds.text(f"{_ADDRESS}, or nothing", lambda text: not text or (kinds.URL.fullmatch(text) and not text.endswith("/"))),
}
"""All keys, as in alerts/config.libsonnet."""

QUIET = Key(f"none: {INHIBITORS[0]} keeps another alert quiet and tells nobody", lambda value: value == "none")

PER_ALERT: Mapping[str, Key] = {
    "severities": Key(f"one of {', '.join(SEVERITIES)}", lambda value: value in SEVERITIES),
    "enabled": Key("true or false", lambda value: isinstance(value, bool)),
}
"""What each alert takes under a key that has one value for every alert."""

NESTED: Mapping[str, Key] = {
    **PER_ALERT,
    "joins": Key(
        'matchers such as job="spegel", nothing for all targets, or false',
        lambda value: value is False or value == "" or kinds.is_selector(value),
    ),
}
"""What is set by its name under another key."""

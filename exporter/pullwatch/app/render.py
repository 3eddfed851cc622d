"""`render`: values in, a folder of rules and dashboards out. What wrong values are is `pack.values`' to tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pullwatch.app.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pullwatch.settings import Render

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_PART = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL = re.compile(rf"((?:[a-z0-9][-a-z0-9.]*/)?{_LABEL_PART})=((?:{_LABEL_PART})?)")


def run(options: Render) -> list[Path]:
    """Write the folder and return its files. Raises Wrong with the line for the user."""
    try:
        return _render(options)
    except ModuleNotFoundError as error:
        if error.name not in {"_jsonnet", "yaml"}:
            raise
        raise Wrong("render needs what the pack extra brings: pip install 'pullwatch[pack]'") from error


def _render(options: Render) -> list[Path]:
    from pullwatch.pack import folder, rulefiles, rules

    labels = dict(_label(text) for text in options.rule_label)
    _check(options.rule_name, _NAME, flag="--rule-name", expected="a name of a Kubernetes object, such as pullwatch")
    if options.rule_namespace is not None:
        _check(options.rule_namespace, _NAMESPACE, flag="--rule-namespace", expected="a name of a namespace, such as monitoring")
    values = values_given(options.values, options.set)
    groups = rules.groups(values)
    files = {
        "rules/pullwatch.yaml": rulefiles.plain(groups),
        "rules/prometheusrule.yaml": rulefiles.prometheus_rule(
            groups, name=options.rule_name, namespace=options.rule_namespace, labels=labels
        ),
        **{f"dashboards/{name}": content for name, content in _dashboards(values)},
    }
    try:
        folder.write(options.out, files)
    except folder.ForeignFilesError as error:
        raise Wrong(f"{error} (--out)") from error
    except OSError as error:
        raise Wrong(f"{error.filename or options.out}: {error.strerror or error}: name another folder with --out") from error
    return [options.out / name for name in files]


def _dashboards(values: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    from pullwatch.pack import dashboards

    try:
        return dashboards.render(overrides=values)
    except dashboards.DashboardError as error:
        raise Wrong(str(error)) from error


def values_given(file: Path | None, assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values of a file and, over them, those of --set. Raises Wrong."""
    from pullwatch.pack import given, rules, values

    alerts = rules.configuration()["severities"]
    merged: dict[str, Any] = {}
    try:
        sources = [(str(file), {} if file is None else given.of_file(file)), ("--set", given.of_assignments(assignments, flag="--set"))]
        for source, some in sources:
            values.check(some, alerts=alerts, source=source)
            merged |= some | {key: merged.get(key, {}) | some[key] for key in values.PER_ALERT if key in some}
        values.check_together(rules.configuration(merged))
    except values.WrongValueError as error:
        raise Wrong(str(error)) from error
    except OSError as error:
        raise Wrong(f"{file}: {error.strerror}: --values names a YAML or JSON file") from error
    return merged


def _label(text: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(text)
    if match is None:
        raise Wrong(f"--rule-label: {text!r} given, expected key=value such as release=prometheus")
    return match[1], match[2]


def _check(text: str, pattern: re.Pattern[str], *, flag: str, expected: str) -> None:
    if not pattern.fullmatch(text):
        raise Wrong(f"{flag}: {text!r} given, expected {expected}")

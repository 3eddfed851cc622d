"""`render`: values in, a folder of rules, dashboards and what tells people out. What wrong values are is `pack.values`' to tell."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from pullwatch.app.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pullwatch.pack.dashboardobjects import Placed
    from pullwatch.pack.ruleobjects import Named
    from pullwatch.settings import Render

# A second object gets a number after its name, of which Kubernetes takes 253 characters.
_NAME = re.compile(r"(?=.{1,249}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_PART = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL = re.compile(rf"((?:[a-z0-9][-a-z0-9.]*/)?{_LABEL_PART})=((?:{_LABEL_PART})?)")

# A title of Grafana, which the sidecar makes a folder of files of.
_FOLDER = re.compile(r"(?=.{1,100}\Z)(?![. ])[^/\\\x00-\x1f\x7f]*(?<! )")
_PATH = re.compile(r"(?:/|[A-Za-z]:[/\\])[^\x00-\x1f\x7f]*")


def run(options: Render) -> list[Path]:
    """Write the folder and return its files. Raises Wrong with the line for the user."""
    try:
        return _render(options)
    except ModuleNotFoundError as error:
        if error.name not in {"_jsonnet", "yaml"}:
            raise
        raise Wrong("render needs what the pack extra brings: pip install 'pullwatch[pack]'") from error


def _render(options: Render) -> list[Path]:
    from pullwatch.pack import folder, formats, rules
    from pullwatch.pack.dashboards import DashboardError

    named, placed = _named(options), _placed(options)
    values = values_given(options.values, options.set)
    pack = formats.Pack(groups=rules.groups(values), config=rules.configuration(values), given=values, named=named, placed=placed)
    try:
        found = formats.files(pack, options.format or formats.DEFAULT)
        if not found:
            raise Wrong(f"boards: false leaves nothing of --format {' --format '.join(options.format)}: name another form")
        folder.write(options.out, {path: file.content for path, file in found.items()}, replacing=formats.every_path(pack))
    except DashboardError as error:
        raise Wrong(str(error)) from error
    except folder.ForeignFilesError as error:
        raise Wrong(f"{error} (--out)") from error
    except OSError as error:
        # What is written beside the folder before it takes its place has a name that says nothing to anybody.
        above = error.filename and options.out.absolute().is_relative_to(error.filename)
        raise Wrong(f"{error.filename if above else options.out}: {error.strerror or error}: name another folder with --out") from error
    for path, file in found.items():
        for note in file.notes:
            print(f"pullwatch: {path}: {note}", file=sys.stderr)  # noqa: T201 - this is the user interface
    return [options.out / path for path in found]


def _named(options: Render) -> Named:
    from pullwatch.pack.ruleobjects import Named

    labels = _labels(options.rule_label, flag="--rule-label", such="release=prometheus")
    _check(options.rule_name, _NAME, flag="--rule-name", expected="a name of a Kubernetes object, such as pullwatch")
    if options.rule_namespace is not None:
        _check(options.rule_namespace, _NAMESPACE, flag="--rule-namespace", expected="a name of a namespace, such as monitoring")
    return Named(name=options.rule_name, namespace=options.rule_namespace, labels=labels)


def _placed(options: Render) -> Placed:
    from pullwatch.pack.dashboardobjects import Placed

    given: dict[str, Any] = {}
    _check(options.dashboard_folder, _FOLDER, flag="--dashboard-folder", expected="a title of up to 100 characters without / and \\")
    _check(
        options.dashboard_path, _PATH, flag="--dashboard-path", expected="an absolute path, such as /var/lib/grafana/dashboards/pullwatch"
    )
    if options.dashboard_namespace is not None:
        _check(options.dashboard_namespace, _NAMESPACE, flag="--dashboard-namespace", expected="a name of a namespace, such as monitoring")
    if options.dashboard_label:
        given["labels"] = _labels(options.dashboard_label, flag="--dashboard-label", such="grafana_dashboard=1")
    if options.grafana_label:
        given["instances"] = _labels(options.grafana_label, flag="--grafana-label", such="dashboards=grafana")
    return Placed(
        declared=options.dashboards,
        folder=options.dashboard_folder,
        path=options.dashboard_path,
        namespace=options.dashboard_namespace,
        **given,
    )


def values_given(file: Path | None, assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values of a file and, over them, those of --set. Raises Wrong."""
    from pullwatch.pack import given, rules, values

    alerts = rules.configuration()["severities"]
    merged: dict[str, Any] = {}
    try:
        sources = [(str(file), {} if file is None else given.of_file(file)), ("--set", given.of_assignments(assignments, flag="--set"))]
        for source, some in sources:
            values.check(some, alerts=alerts, source=source)
            merged |= some | {key: merged.get(key, {}) | some[key] for key in values.NESTED if key in some}
        values.check_together(rules.configuration(merged))
    except values.WrongValueError as error:
        raise Wrong(str(error)) from error
    except OSError as error:
        raise Wrong(f"{file}: {error.strerror}: --values names a YAML or JSON file") from error
    return merged


def _labels(texts: Sequence[str], *, flag: str, such: str) -> dict[str, str]:
    labels: dict[str, str] = {}
    for text in texts:
        match = _LABEL.fullmatch(text)
        if match is None:
            raise Wrong(f"{flag}: {text!r} given, expected key=value such as {such}")
        if labels.setdefault(match[1], match[2]) != match[2]:
            raise Wrong(f"{flag}: {text!r} given, and before it {match[1]}={labels[match[1]]}: an object has one value of a label")
    return labels


def _check(text: str, pattern: re.Pattern[str], *, flag: str, expected: str) -> None:
    if not pattern.fullmatch(text):
        raise Wrong(f"{flag}: {text!r} given, expected {expected}")

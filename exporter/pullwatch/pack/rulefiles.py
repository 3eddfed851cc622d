"""Rules as files: the plain form that Prometheus reads, and the object that its operator reads.

The same groups give the same bytes, so that a change shows as a difference and nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

_ORDER = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")

_HEAD = "# Rendered by `pullwatch render`: change its values, not this file.\n"


def plain(groups: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a rule file for `rule_files`."""
    return _document({"groups": _in_order(groups)})


def prometheus_rule(groups: Sequence[Mapping[str, Any]], *, name: str, namespace: str | None, labels: Mapping[str, str]) -> bytes:
    """Return a PrometheusRule; `labels` are what the ruleSelector of a Prometheus asks for."""
    metadata: dict[str, Any] = {"name": name}
    if namespace is not None:
        metadata["namespace"] = namespace
    metadata["labels"] = {"app.kubernetes.io/name": "pullwatch", **labels}
    return _document(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata,
            "spec": {"groups": _in_order(groups)},
        }
    )


def _in_order(groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the groups with the keys of each rule in the order in which people write them; jsonnet sorts them by name."""
    return [
        {"name": group["name"], "rules": [{key: rule[key] for key in _ORDER if key in rule} for rule in group["rules"]]} for group in groups
    ]


class _Dumper(yaml.SafeDumper):
    """Writes expressions of several lines as they read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _document(content: Mapping[str, Any]) -> bytes:
    return (_HEAD + yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**20)).encode()

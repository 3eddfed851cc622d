"""Rules as files: the plain form that Prometheus reads, and how each other form is written down.

The same groups give the same bytes, so that a change shows as a difference and nothing else does. What objects of a cluster
hold the rules is `ruleobjects`' matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

_ORDER = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_ORDER_OF_GROUP = ("name", "interval")

HEAD = "# Rendered by `pullwatch render`: change its values, not this file.\n"


def plain(groups: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a rule file for `rule_files`."""
    return (HEAD + dumped({"groups": in_order(groups)})).encode()


def for_helm(manifest: bytes) -> bytes:
    """Return a manifest as it can lie in the `templates` folder of a chart.

    Helm evaluates what stands there in double braces, and the texts of alerts are full of them: unescaped, a chart fails to
    render, or renders texts without what they name. Braces that stand together become one action that prints them.
    """
    return re.sub(rb"[{}]{2,}", lambda braces: b'{{ "' + braces[0] + b'" }}', manifest)


def in_order(groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the groups with their own keys and those of each rule in the order in which people write them; jsonnet sorts them by name."""
    return [
        {key: group[key] for key in _ORDER_OF_GROUP if key in group} | {"rules": [_rule_in_order(rule) for rule in group["rules"]]}
        for group in groups
    ]


def _rule_in_order(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: rule[key] for key in _ORDER if key in rule}


def dumped(content: Mapping[str, Any]) -> str:
    """Return YAML with keys in the given order, and each text as it reads."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**20)


class _Dumper(yaml.SafeDumper):
    """Writes expressions of several lines as they read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)

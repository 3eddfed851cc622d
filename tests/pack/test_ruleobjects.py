"""Rules as objects: each kind has exactly the fields that its operator knows, and no object is too large."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import pytest
import yaml
from msgspec import Meta, Struct

from pullwatch.pack import dashboardobjects, dashboards, rulefiles, ruleobjects, rules
from pullwatch.pack.dashboardobjects import Placed
from pullwatch.pack.ruleobjects import Named
from tests.e2e import programs

if TYPE_CHECKING:
    from pathlib import Path

NAMED = Named(name="pulls", namespace="monitoring", labels={"release": "prometheus"})

# The durations of Prometheus, as the schemas of the operators have them.
Duration = Annotated[
    str, Meta(pattern=r"^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$", min_length=1)
]
Text = Annotated[str, Meta(min_length=1)]
Texts = dict[str, str]


def _one_of_two(alert: str, record: str, annotations: Texts) -> None:
    """See to what schemas leave to the operators' webhooks."""
    if bool(alert) == bool(record) or (record and annotations):
        message = "either an alert, or a record without annotations"
        raise ValueError(message)


class Rule(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A rule of monitoring.coreos.com/v1, and of what VictoriaMetrics' operator has in common with it."""

    alert: Text = ""
    record: Text = ""
    expr: Text
    for_: Duration = msgspec.field(name="for", default="0")
    keep_firing_for: Duration = "0"
    labels: Texts = {}
    annotations: Texts = {}

    def __post_init__(self) -> None:
        _one_of_two(self.alert, self.record, self.annotations)


class GoogleRule(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A rule of monitoring.googleapis.com/v1, which can do less."""

    alert: Text = ""
    record: Annotated[str, Meta(pattern=r"^[a-zA-Z0-9$\-_.+!*'(),%:]+$")] = ""
    expr: Text
    for_: Duration = msgspec.field(name="for", default="0")
    labels: Texts = {}
    annotations: Texts = {}

    def __post_init__(self) -> None:
        _one_of_two(self.alert, self.record, self.annotations)


class Group(Struct, forbid_unknown_fields=True):
    """A group, with an interval where it has one of its own; what else these kinds have is not ours to set."""

    name: Text
    rules: Annotated[list[Rule], Meta(min_length=1)]
    interval: Duration = "0"


class GoogleGroup(Struct, forbid_unknown_fields=True):
    """A group with its interval, a minute unless set."""

    name: Text
    interval: Duration
    rules: Annotated[list[GoogleRule], Meta(min_length=1)]


class Metadata(Struct, forbid_unknown_fields=True):
    """Of an object in a namespace."""

    name: Text
    labels: Texts
    namespace: Text = ""


class ClusterMetadata(Struct, forbid_unknown_fields=True):
    """Of an object of the whole cluster."""

    name: Text
    labels: Texts


class Spec(Struct, forbid_unknown_fields=True):
    """What an object asks for."""

    groups: list[Group]


class GoogleSpec(Struct, forbid_unknown_fields=True):
    """The same."""

    groups: list[GoogleGroup]


class PrometheusRule(Struct, forbid_unknown_fields=True):
    """Of the Prometheus operator."""

    apiVersion: Literal["monitoring.coreos.com/v1"]  # noqa: N815 - as it is written
    kind: Literal["PrometheusRule"]
    metadata: Metadata
    spec: Spec


class VMRule(Struct, forbid_unknown_fields=True):
    """Of VictoriaMetrics' operator."""

    apiVersion: Literal["operator.victoriametrics.com/v1beta1"]  # noqa: N815 - as it is written
    kind: Literal["VMRule"]
    metadata: Metadata
    spec: Spec


class ClusterRules(Struct, forbid_unknown_fields=True):
    """Of Google Cloud Managed Service for Prometheus."""

    apiVersion: Literal["monitoring.googleapis.com/v1"]  # noqa: N815 - as it is written
    kind: Literal["ClusterRules"]
    metadata: ClusterMetadata
    spec: GoogleSpec


KINDS: dict[str, tuple[Any, Any]] = {
    "PrometheusRule": (ruleobjects.prometheus_rules, PrometheusRule),
    "VMRule": (ruleobjects.vm_rules, VMRule),
    "ClusterRules": (ruleobjects.cluster_rules, ClusterRules),
}


def documents(content: bytes) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(content))


def of_size(name: str, size: int) -> dict[str, Any]:
    """Return a group of so many bytes of JSON."""
    group = {"name": name, "rules": [{"record": "a:b:c", "expr": ""}]}
    group["rules"] = [{"record": "a:b:c", "expr": "1" * (size - len(msgspec.json.encode(group)))}]
    return group


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [{}, {"criticalNamespaces": ["payments"], "exporterDownFor": "1h30m"}], ids=["default", "other"])
def test_each_kind_has_the_fields_that_its_operator_knows(kind: str, given: Mapping[str, Any]) -> None:
    """An API server drops or refuses what a schema does not know; names, labels and namespace are those asked for."""
    make, schema = KINDS[kind]

    (found,) = documents(make(rules.groups(given), NAMED).content)

    checked = msgspec.convert(found, schema)
    assert checked.metadata.name == "pulls"
    assert checked.metadata.labels == {"app.kubernetes.io/name": "pullwatch", "release": "prometheus"}
    assert getattr(checked.metadata, "namespace", "monitoring") == "monitoring"


@pytest.mark.parametrize(
    ("place", "value"),
    [("for", "5 min"), ("for", "1.5h"), ("labels", {"severity": 1}), ("keepFiringFor", "5m"), ("expr", ""), ("record", "a:b:c")],
)
def test_the_schema_finds_what_is_wrong(place: str, value: Any) -> None:
    """Planted mistakes are found, so that a check without a finding means something."""
    (found,) = documents(ruleobjects.prometheus_rules(rules.groups(), NAMED).content)
    alert = next(rule for group in found["spec"]["groups"] for rule in group["rules"] if "alert" in rule)

    alert[place] = value

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(found, PrometheusRule)


def test_google_gets_the_same_rules_but_for_what_it_cannot_say() -> None:
    """Expressions, labels and texts are whole; each field that is missing is named with its alerts, in the file and beside it."""
    groups = rules.groups()
    rendered = ruleobjects.cluster_rules(groups, NAMED)

    (found,) = documents(rendered.content)

    kept = [rule for group in groups for rule in group["rules"] if "keep_firing_for" in rule]
    expected = [{key: value for key, value in rule.items() if key != "keep_firing_for"} for group in groups for rule in group["rules"]]
    assert [rule for group in found["spec"]["groups"] for rule in group["rules"]] == expected
    assert [re.sub(r".*: ", "", note) for note in rendered.notes] == [", ".join(rule["alert"] for rule in kept)]
    assert f"# {rendered.notes[0]}\n" in rendered.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_keeps_its_own_interval(kind: str) -> None:
    """What is recorded of an hour is recorded once an hour, in whatever form the rules are applied."""
    groups = [{"rules": [{"record": "a:b:c", "expr": "1"}], "name": name} | own for name, own in (("a", {}), ("b", {"interval": "1h"}))]
    make, _ = KINDS[kind]

    (found,) = documents(make(groups, NAMED).content)

    default = [("interval", "30s")] if kind == "ClusterRules" else []
    assert [list(group.items())[:-1] for group in found["spec"]["groups"]] == [
        [("name", "a"), *default],
        [("name", "b"), ("interval", "1h")],
    ]
    assert [list(group)[-1] for group in found["spec"]["groups"]] == ["rules", "rules"]


def test_google_is_told_of_a_field_that_is_new() -> None:
    """A field that no schema of theirs has is left out with a note as well."""
    groups = [{"name": "a", "rules": [{"alert": "A", "expr": "1", "keep_firing_for": "1m"}, {"record": "a:b:c", "expr": "1"}]}]

    assert ruleobjects.cluster_rules(groups, NAMED).notes == [
        "ClusterRules have no keep_firing_for, which was left out: these alerts end with their condition, also when the exporter dies: A"
    ]


def test_an_object_stays_below_the_size_that_kubectl_can_apply() -> None:
    """Groups go on in a second object, whole and in their order, with a name that the next run gives them too."""
    sizes = {"a": 90_000, "b": 90_000, "c": 30_000, "d": 250_000, "e": 10}
    groups = [of_size(name, max(size, 60)) for name, size in sizes.items()]

    rendered = ruleobjects.prometheus_rules(groups, NAMED)

    found = documents(rendered.content)
    assert [one["metadata"]["name"] for one in found] == ["pulls", "pulls-2", "pulls-3", "pulls-4"]
    assert [[group["name"] for group in one["spec"]["groups"]] for one in found] == [["a", "b"], ["c"], ["d"], ["e"]]
    assert [group for one in found for group in one["spec"]["groups"]] == groups
    assert all(len(msgspec.json.encode(one)) < 262_144 for one in found)
    assert rendered.notes == ["PrometheusRule: the group d alone has more than 200000 bytes, apply it with kubectl apply --server-side"]
    assert rendered == ruleobjects.prometheus_rules(groups, NAMED)


def test_without_rules_there_is_an_object_without_groups() -> None:
    """All alerts may be switched off; what was applied before is then emptied."""
    (found,) = documents(ruleobjects.prometheus_rules([], NAMED).content)

    assert found["spec"] == {"groups": []}


def evaluated(template: bytes, folder: Path) -> str:
    """Return what Go's text/template makes of a text, which is what Helm does with a file of a chart."""
    (folder / "file.tmpl").write_bytes(b'{{ define "file" }}|' + template + b"|{{ end }}")
    arguments = ["template", "render", f"--template.glob={folder}/file.tmpl", '--template.text={{ template "file" . }}']
    ran = subprocess.run([programs.amtool(), *arguments], capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.removeprefix("|").removesuffix("|")


def test_helm_renders_the_object_that_was_meant(tmp_path: Path) -> None:
    """Evaluated as Helm does, byte by byte what the operator would have got without a chart."""
    manifest = ruleobjects.prometheus_rules(rules.groups({"criticalNamespaces": ["payments"]}), NAMED).content
    template = rulefiles.for_helm(manifest)

    assert b"{{ $labels" in manifest
    assert b"{{ $labels" not in template
    assert evaluated(template, tmp_path) == manifest.decode()


def test_helm_renders_the_dashboards_that_were_meant(tmp_path: Path) -> None:
    """Legends and links are full of braces: the ConfigMaps come out of a chart as they would have been without one."""
    manifest = dashboardobjects.config_maps(dashboards.render(), Placed()).content
    template = rulefiles.for_helm(manifest)

    assert b"{{node}}" in manifest
    assert b"{{node}}" not in template
    assert evaluated(template, tmp_path) == manifest.decode()


@pytest.mark.parametrize(
    "text",
    ["{{ $labels.x }}", "{{- x -}}", "{{{ a }}}", "{}", "{ {", "a}}b{{c", '{{ "{{" }}', "`x`", "{{/* x */}}", "{{{{}}}}", "{}}", "}{{"],
)
def test_no_brace_of_a_text_is_helms(text: str, tmp_path: Path) -> None:
    """Whatever braces stand in a text come out of a chart as they went in."""
    assert evaluated(rulefiles.for_helm(text.encode()), tmp_path) == text


def order(content: Sequence[str]) -> list[str]:
    return [line.split(":")[0].strip("- ") for line in content]


def test_keys_stand_in_the_order_in_which_people_write_them() -> None:
    """Name, expression, time, labels, texts: a difference between two versions reads from top to bottom."""
    rule = {"annotations": {"a": "b"}, "expr": "1", "for": "1m", "labels": {"c": "d"}, "alert": "A"}
    groups = [{"rules": [rule], "interval": "5m", "name": "g"}]

    lines = rulefiles.plain(groups).decode().splitlines()[1:]

    assert order(lines) == ["groups", "name", "interval", "rules", "alert", "expr", "for", "labels", "c", "annotations", "a"]

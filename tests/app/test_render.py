"""`pullwatch render`: values in, a folder out, and one line where a value is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml

import pullwatch.pack
from pullwatch import settings
from pullwatch.app.render import values_given
from pullwatch.pack import assets, dashboards, formats, rules
from tests.app.given import exit_code
from tests.e2e import programs
from tests.pack.given import declared
from tests.pack.test_folder import contents

BOARDS = sorted(path.name.removesuffix(".dashboard.py") for path in (assets.root() / "dashboards").glob("*.dashboard.py"))

UNASKED = [
    "alertmanager/pullwatch.tmpl",
    "alertmanager/pullwatch.yaml",
    *(f"dashboards/{name}.json" for name in BOARDS),
    "provisioning/dashboards/pullwatch.yaml",
    "rules/prometheusrule.yaml",
    "rules/pullwatch.yaml",
]

# What the operator's PrometheusRule takes: keys of a group, keys of a rule, and durations.
GROUP_KEYS = {"name", "interval", "labels", "limit", "partial_response_strategy", "query_offset", "rules"}
RULE_KEYS = {"alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"}
DURATION = re.compile(
    r"(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)",
)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)


def rendered(out: Path, *arguments: str | Path) -> dict[str, bytes]:
    assert exit_code("render", "--out", out, *arguments) == 0
    return contents(out)


def named(content: bytes) -> dict[str, dict[str, Any]]:
    """Return the rules of a file by their names."""
    groups = yaml.safe_load(content)["groups"]
    return {rule.get("alert") or rule["record"]: rule for group in groups for rule in group["rules"]}


def test_it_writes_the_same_bytes_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run, also over the first, differs in nothing, and each names what it wrote."""
    out = tmp_path / "pack"

    first = rendered(out)
    second = rendered(out)

    assert first == second == rendered(tmp_path / "other")
    assert list(first) == UNASKED
    printed = capsys.readouterr()
    assert sorted(printed.out.splitlines()[: len(UNASKED)]) == [str(out / path) for path in UNASKED]
    assert printed.err == ""


@pytest.mark.parametrize(
    "environment", [{"PYTHONHASHSEED": "1", "LC_ALL": "C"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"}]
)
def test_it_writes_the_same_bytes_everywhere(environment: dict[str, str], tmp_path: Path) -> None:
    """Neither the order of sets nor a locale, a timezone or a folder shows in any form, and the program needs no terminal."""
    asked = [argument for form in formats.FORMATS for argument in ("--format", form)]
    program = [sys.executable, "-m", "pullwatch", "render", "--out", str(tmp_path / "there"), *asked]

    ran = subprocess.run(program, env=os.environ | environment, cwd=tmp_path, capture_output=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert contents(tmp_path / "there") == rendered(tmp_path / "here", *asked)


@pytest.mark.parametrize(
    ("form", "paths"),
    [
        ("plain", ["rules/pullwatch.yaml"]),
        ("prometheusrule", ["rules/prometheusrule.yaml"]),
        ("alertmanager", ["alertmanager/pullwatch.tmpl", "alertmanager/pullwatch.yaml"]),
        ("dashboards", [*(f"dashboards/{name}.json" for name in BOARDS), "provisioning/dashboards/pullwatch.yaml"]),
        ("vmrule", ["rules/vmrule.yaml"]),
        ("gmp", ["rules/clusterrules.yaml"]),
        ("helm", ["helm/templates/dashboards.yaml", "helm/templates/prometheusrule.yaml"]),
        ("configmap", ["grafana/configmaps.yaml"]),
        ("grafanadashboard", ["grafana/grafanadashboards.yaml"]),
    ],
)
def test_a_form_that_is_asked_for_is_all_that_is_there(form: str, paths: list[str], tmp_path: Path) -> None:
    """Files of another form that an earlier run left in the folder are gone."""
    rendered(tmp_path)

    assert list(rendered(tmp_path, "--format", form)) == paths


def test_each_form_can_be_asked_for() -> None:
    """The flag takes what can be rendered."""
    hint = get_type_hints(settings.Render, include_extras=False)["format"]

    assert get_args(get_args(hint)[0]) == tuple(formats.FORMATS)
    assert tuple(formats.FORMATS)[:4] == formats.DEFAULT


def test_what_a_form_cannot_say_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line beside the files names the field and the alerts, and the same line stands in the file."""
    files = rendered(tmp_path, "--format", "gmp")

    (line,) = capsys.readouterr().err.splitlines()
    begin, told = line.split("rules/clusterrules.yaml: ")
    assert begin == "pullwatch: "
    assert re.fullmatch(r"ClusterRules have no keep_firing_for, which was left out: .*: SlowImagePull, .*", told)
    assert f"# {told}\n" in files["rules/clusterrules.yaml"].decode()


@pytest.mark.parametrize("arguments", [(), ("--set", "criticalNamespaces=[payments]", "--set", "grafanaURL=https://grafana.example.com")])
def test_prometheus_takes_the_rules(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """promtool finds nothing to say, not even twins."""
    rendered(tmp_path, *arguments)

    command = [str(programs.promtool()), "check", "rules", "--lint-fatal", str(tmp_path / "rules" / "pullwatch.yaml")]
    checked = subprocess.run(command, capture_output=True, check=False, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_operator_takes_the_object(tmp_path: Path) -> None:
    """Only fields of its schema, texts where it wants texts, and the labels that a ruleSelector asks for."""
    arguments = ["--rule-name", "pulls", "--rule-namespace", "monitoring", "--rule-label", "release=prometheus", "--rule-label", "team="]
    files = rendered(tmp_path, *arguments)
    found = yaml.safe_load(files["rules/prometheusrule.yaml"])

    assert (found["apiVersion"], found["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert found["metadata"] == {
        "name": "pulls",
        "namespace": "monitoring",
        "labels": {"app.kubernetes.io/name": "pullwatch", "release": "prometheus", "team": ""},
    }
    assert found["spec"] == yaml.safe_load(files["rules/pullwatch.yaml"])
    groups = found["spec"]["groups"]
    assert len({group["name"] for group in groups}) == len(groups)
    for group in groups:
        assert set(group) <= GROUP_KEYS
        for rule in group["rules"]:
            assert set(rule) <= RULE_KEYS
            assert ("alert" in rule) != ("record" in rule)
            assert all(DURATION.fullmatch(rule[key]) for key in ("for", "keep_firing_for") if key in rule)
            texts = [rule["expr"], *rule.get("labels", {}).values(), *rule.get("annotations", {}).values()]
            assert all(isinstance(text, str) for text in texts)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("values.yaml", "slowBaseSeconds: 120\nexpectedBytesPerSecond: 2e7\nseverities:\n  SlowImagePull: info\n"),
        ("values.json", '{"slowBaseSeconds": 120, "expectedBytesPerSecond": 2e7, "severities": {"SlowImagePull": "info"}}'),
    ],
)
def test_values_come_from_a_file_and_from_flags(name: str, text: str, tmp_path: Path) -> None:
    """YAML and JSON mean the same; what is typed wins, and leaves the rest of the file as it is."""
    file = tmp_path / name
    file.write_text(text)

    flags = ["--set", "slowBaseSeconds=90", "--set", "severities.ImagePullStuck=critical", "--set", "clusterLabel=site"]
    found = named(rendered(tmp_path / "pack", "--values", file, *flags)["rules/pullwatch.yaml"])

    assert "(90 + image:pullwatch_image_size_bytes:max / 20000000)" in found["pod:pullwatch_pull_over_limit_seconds:max"]["expr"]
    assert found["SlowImagePull"]["labels"] == {"severity": "info"}
    assert found["ImagePullStuck"]["labels"] == {"severity": "critical"}
    assert "$labels.site" in found["SlowImagePull"]["annotations"]["description"]


@pytest.mark.parametrize(
    ("key", "file", "flag"),
    [
        ("severities", {"SlowImagePull": "info"}, ("ImagePullStuck", "critical")),
        ("enabled", {"SlowImagePull": False}, ("ImagePullStuck", False)),
        ("joins", {"spegel": False}, ("kubeStateMetrics", 'job="ksm"')),
    ],
)
def test_what_is_set_by_name_leaves_other_names_of_the_file(key: str, file: dict[str, Any], flag: tuple[str, Any], tmp_path: Path) -> None:
    """One alert or join that is typed takes nothing back of what the file says of another."""
    path = tmp_path / "values.yaml"
    path.write_text(yaml.safe_dump({key: file}))

    name, value = flag
    assert values_given(path, [f"{key}.{name}={json.dumps(value)}"]) == {key: file | {name: value}}


def test_an_empty_file_of_values_changes_nothing(tmp_path: Path) -> None:
    """All of it may be commented out."""
    file = tmp_path / "values.yaml"
    file.write_text("# slowBaseSeconds: 120\n")

    assert rendered(tmp_path / "a", "--values", file, "--set", "grafanaURL=") == rendered(tmp_path / "b")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--set", "slowBaseSeconds=-3"], r"--set: slowBaseSeconds: -3 given, expected a number of seconds above 0"),
        (
            ["--set", "slowBaseSecond=3"],
            r"--set: slowBaseSecond is no key: did you mean slowBaseSeconds\? expected one of slowBaseSeconds, .*",
        ),
        (["--set", "a\x1b[31m\nb=3"], r"--set: 'a\\x1b\[31m\\nb' is no key: expected one of slowBaseSeconds, .*"),
        (["--set", "stuckSeconds=soon"], r"--set: stuckSeconds: 'soon' given, expected a number of seconds above 0"),
        (["--set", "exporterDownFor=5 min"], r"--set: exporterDownFor: '5 min' given, expected a duration above 0 such as .*"),
        (
            ["--set", "clusterLabel=k8s-cluster"],
            r"--set: clusterLabel: 'k8s-cluster' given, expected the name of a label \(letters, digits and _\) .*",
        ),
        (["--set", "enabled.SlowImagePul=false"], r"--set: enabled\.SlowImagePul is no alert: did you mean SlowImagePull\? expected .*"),
        (["--format", "prometheusrul"], r'Invalid value "prometheusrul" for --format\. Choose from: "plain", .*'),
        (["--set", "slowBaseSeconds"], r"--set: 'slowBaseSeconds' given, expected key=value such as slowBaseSeconds=120"),
        (
            ["--set", "severities=info", "--set", "severities.SlowImagePull=info"],
            r"--set: severities: 'info' given, expected alerts and .*",
        ),
        (["--set", "slowBaseSeconds=[1"], r"--set: slowBaseSeconds: '\[1' given, expected a value as YAML writes it"),
        (["--set", "joins.kraken=false"], r"--set: joins\.kraken is no join: expected one of spegel, .*"),
        (["--set", "joins.spegel=true"], r"--set: joins\.spegel: true given, expected matchers such as .*"),
        (["--set", "severities.Slow=info"], r"--set: severities\.Slow is no alert: expected one of ImagePull.*"),
        (
            ["--set", "keepFiringFor=1m"],
            r"keepFiringFor: '1m' given, expected more than exporterDownFor and exporterMissedFor together, 2m and 1m: .*",
        ),
        (["--rule-name", "My Rules"], r"--rule-name: 'My Rules' given, expected a name of a Kubernetes object.*"),
        (["--rule-namespace", "a_b"], r"--rule-namespace: 'a_b' given, expected a name of a namespace.*"),
        (["--rule-label", "release"], r"--rule-label: 'release' given, expected key=value such as release=prometheus"),
        (
            ["--rule-label", "a=1", "--rule-label", "a=2"],
            r"--rule-label: 'a=2' given, and before it a=1: an object has one value of a label",
        ),
        (["--dashboard-label", "grafana"], r"--dashboard-label: 'grafana' given, expected key=value such as grafana_dashboard=1"),
        (["--dashboard-label", "a=b=c"], r"--dashboard-label: 'a=b=c' given, expected .*"),
        (["--dashboard-label", f"a={'b' * 64}"], r"--dashboard-label: 'a=b+' given, expected .*"),
        (["--grafana-label", "a b=c"], r"--grafana-label: 'a b=c' given, expected key=value such as dashboards=grafana"),
        (["--dashboard-namespace", "Mine"], r"--dashboard-namespace: 'Mine' given, expected a name of a namespace.*"),
        (["--dashboard-folder", "a/b"], r"--dashboard-folder: 'a/b' given, expected a title of up to 100 characters without / and .*"),
        (["--dashboard-folder", ".."], r"--dashboard-folder: '\.\.' given, expected a title .*"),
        (["--dashboard-folder", "a\nb"], r"--dashboard-folder: 'a\\nb' given, expected a title .*"),
        (["--dashboard-folder", "x" * 101], r"--dashboard-folder: 'x+' given, expected a title .*"),
        (["--dashboard-path", "boards"], r"--dashboard-path: 'boards' given, expected an absolute path, such as .*"),
        (["--dashboards", "gone"], r"gone: is no folder: name one with files such as mine\.dashboard\.py"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(flags: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Key, what was given, what was expected; the exit code is 2 and nothing is written."""
    assert exit_code("render", "--out", tmp_path / "pack", *flags) == 2

    printed = capsys.readouterr()
    assert re.fullmatch(rf"pullwatch: {says}\n", printed.err)
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"slowBaseSeconds: [1\n", r", line 2: neither YAML nor JSON: .*"),
        (b"a: b: c\n", r", line 1: neither YAML nor JSON: .*"),
        (b"\xff\xfe\x00", r": neither YAML nor JSON: .*"),
        (b"- slowBaseSeconds\n", r": expected keys and values such as slowBaseSeconds: 120, found list"),
        (b"!!python/object/apply:os.system ['true']\n", r", line 1: neither YAML nor JSON: .*"),
        (b"[" * 5000, r": neither YAML nor JSON: .*"),
        (b"slowBaseSeconds: fast\n", r": slowBaseSeconds: 'fast' given, expected a number of seconds above 0"),
        (b"runbookURLPattern: https://example.com/\n", r": runbookURLPattern: .* given, expected an http or https URL with %s .*"),
        (b"slowBaseSeconds: 1\nslowBaseSeconds: 2\n", r", line 2: slowBaseSeconds stands there twice: keep one"),
        (b"? [a]\n: 1\n", r", line 1: neither YAML nor JSON: .*"),
        (b"criticalNamespaces:\n", r": criticalNamespaces: null given, expected a list of names of namespaces such as \[payments, shop\]"),
        (b"criticalNamespaces: &a [*a]\n", r": criticalNamespaces: \[\[\.\.\.\]\] given, expected a list of names.*"),
        (b"stuckSeconds: 2026-01-01\n", r": stuckSeconds: \"2026-01-01\" given, expected a number of seconds above 0"),
        (b"_config:\n  slowBaseSeconds: 120\n", r": _config is no key: write what is below it at the top, such as slowBaseSeconds: 120"),
        (b"1: 2\n", r": 1 is no key: expected one of .*"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(content: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names the file, and where in it."""
    file = tmp_path / "values.yaml"
    file.write_bytes(content)

    assert exit_code("render", "--out", tmp_path / "pack", "--values", file) == 2

    assert re.fullmatch(rf"pullwatch: {re.escape(str(file))}{says}\n", capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == [file]


def test_dashboards_go_where_they_are_asked_to_go(tmp_path: Path) -> None:
    """Folder, path, namespace, and the labels by which sidecar and operator find them."""
    wishes = ["--dashboard-folder", "Image pulls", "--dashboard-path", "/srv/boards", "--dashboard-namespace", "grafana"]
    labels = ["--dashboard-label", "team/dashboard=yes", "--grafana-label", "app=grafana", "--grafana-label", "env="]
    forms = ["--format", "dashboards", "--format", "configmap", "--format", "grafanadashboard"]
    files = rendered(tmp_path, *wishes, *labels, *forms)

    provider = yaml.safe_load(files["provisioning/dashboards/pullwatch.yaml"])["providers"][0]
    config_map = next(yaml.safe_load_all(files["grafana/configmaps.yaml"]))
    object_ = next(yaml.safe_load_all(files["grafana/grafanadashboards.yaml"]))
    assert (provider["folder"], provider["options"]) == ("Image pulls", {"path": "/srv/boards"})
    assert config_map["metadata"]["labels"] == {"app.kubernetes.io/name": "pullwatch", "team/dashboard": "yes"}
    assert config_map["metadata"]["annotations"] == {"grafana_folder": "Image pulls"}
    assert {config_map["metadata"]["namespace"], object_["metadata"]["namespace"]} == {"grafana"}
    assert object_["spec"]["instanceSelector"] == {"matchLabels": {"app": "grafana", "env": ""}}
    assert object_["spec"]["folder"] == "Image pulls"


def test_every_form_follows_the_values(tmp_path: Path) -> None:
    """The same JSON in each: what is set for the alerts is drawn whoever brings the boards into Grafana."""
    forms = ["--format", "dashboards", "--format", "configmap", "--format", "grafanadashboard"]
    files = rendered(tmp_path, "--set", "slowBaseSeconds=77", "--set", "clusterLabel=site", *forms)

    plain = dashboards.render(overrides={"slowBaseSeconds": 77, "clusterLabel": "site"})
    assert [files[f"dashboards/{name}"] for name, _ in plain] == [content for _, content in plain]
    maps = yaml.safe_load_all(files["grafana/configmaps.yaml"])
    assert [text.encode() for one in maps for text in one["data"].values()] == [content for _, content in plain]
    objects = yaml.safe_load_all(files["grafana/grafanadashboards.yaml"])
    assert [one["spec"]["json"].encode() for one in objects] == [content for _, content in plain]


def test_dashboards_of_ones_own_take_the_place_of_ours(tmp_path: Path) -> None:
    """Who changes a board copies the folder; a run over what another run left is no trouble."""
    (tmp_path / "mine").mkdir()
    declared(tmp_path / "mine", "pods", uid="pods")
    out = tmp_path / "pack"
    rendered(out)

    files = rendered(out, "--dashboards", tmp_path / "mine")

    assert [path for path in files if path.startswith("dashboards/")] == ["dashboards/pods.json"]
    assert json.loads(files["dashboards/pods.json"])["uid"] == "pods"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"one = 1\ntwo = = 2\n", "2: invalid syntax"),
        (b"board = 1\n", "1: declares no variable `dashboard` that is a grafana.Dashboard"),
        (b"dashboard = 'a board'\n", "1: declares no variable `dashboard` that is a grafana.Dashboard: it is of type str"),
        (b"import sys\nsys.exit(0)\n", "2: SystemExit: 0"),
        (b"\xff\n", "1: is not UTF-8: invalid start byte"),
    ],
    ids=["syntax", "none", "type", "exit", "bytes"],
)
def test_a_dashboard_file_that_is_wrong_is_told(content: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and reason; the exit code is 2 and nothing is written, also where other boards are right."""
    declared(tmp_path, "right")
    path = tmp_path / "wrong.dashboard.py"
    path.write_bytes(content)

    assert exit_code("render", "--out", tmp_path / "pack", "--dashboards", tmp_path) == 2

    printed = capsys.readouterr()
    assert (printed.err, printed.out) == (f"pullwatch: {path}:{says}\n", "")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["right.dashboard.py", "wrong.dashboard.py"]


@pytest.mark.parametrize(
    ("query", "uid", "says"),
    [
        (
            "sum(pullwatch_pending_podz)",
            "wrong",
            "16: pullwatch_pending_podz is neither a metric of pullwatch nor a series that its rules record",
        ),
        ("max(pod:pullwatch_pull_second:max)", "wrong", "16: pod:pullwatch_pull_second:max is neither .*"),
        ("max(pullwatch_pending_pods{image=~'$imag'})", "wrong", r"16: \$imag, which 'How many pulls\?' asks for, is no variable .*"),
        ("max(pullwatch_pending_pods{IMAGE})", "wrong", r"16: 'How many pulls\?' asks .*: \{IMAGE\} is no selector .*"),
        ("sum(pullwatch_pending_pods)", "small", "6: uid 'small' is also that of right.dashboard.py:6"),
    ],
    ids=["metric", "record", "variable", "selector", "uid"],
)
def test_a_panel_that_is_wrong_is_told(query: str, uid: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Panels that would stay empty, and boards that Grafana would not update, are found before they are there."""
    declared(tmp_path, "right", title="Right")
    path = declared(tmp_path, "wrong", query=query, uid=uid)

    assert exit_code("render", "--out", tmp_path / "pack", "--dashboards", tmp_path, "--format", "configmap") == 2

    assert re.fullmatch(rf"pullwatch: {re.escape(str(path))}:{says}\n", capsys.readouterr().err)
    assert not (tmp_path / "pack").exists()


def test_without_what_boards_read_there_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No form has a dashboard, nor a file about dashboards; what is nothing else is refused."""
    asked = [argument for form in formats.FORMATS for argument in ("--format", form)]
    files = rendered(tmp_path / "pack", "--set", "boards=false", *asked)

    assert {path.split("/")[0] for path in files} == {"alertmanager", "helm", "rules"}
    assert "helm/templates/dashboards.yaml" not in files
    capsys.readouterr()
    assert exit_code("render", "--out", tmp_path / "none", "--set", "boards=false", "--format", "configmap") == 2
    assert capsys.readouterr().err == "pullwatch: boards: false leaves nothing of --format configmap: name another form\n"


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says what should be there."""
    assert exit_code("render", "--values", tmp_path / "none.yaml") == 2

    assert capsys.readouterr().err == f"pullwatch: {tmp_path}/none.yaml: No such file or directory: --values names a YAML or JSON file\n"


@pytest.mark.parametrize(("there", "says"), [("file", "File exists"), ("file/deeper", "Not a directory")])
def test_a_folder_that_cannot_be_is_told(there: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names what is in the way, and what to do."""
    (tmp_path / "file").write_text("mine")

    assert exit_code("render", "--out", tmp_path / there / "pack") == 2

    assert capsys.readouterr().err == f"pullwatch: {tmp_path / there}: {says}: name another folder with --out\n"
    assert contents(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("there_before", [True, False])
def test_a_file_that_cannot_be_written_whole_changes_nothing(tmp_path: Path, *, there_before: bool) -> None:
    """Where writing fails in the middle, here for want of room for one large file, the folder is what it was."""
    out = tmp_path / "pack"
    before = rendered(out, "--set", "slowBaseSeconds=7") if there_before else {}
    program = ["bash", "-c", 'ulimit -f 16 && exec "$@"', "bash", sys.executable, "-B", "-m", "pullwatch", "render", "--out", str(out)]

    ran = subprocess.run(program, capture_output=True, check=False, text=True)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"pullwatch: {out}: File too large: name another folder with --out\n"
    assert (contents(out) if there_before else {}) == before
    assert [path.name for path in tmp_path.iterdir()] == (["pack"] if there_before else [])


def test_somebody_elses_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with other files is refused by name."""
    (tmp_path / "thesis.tex").write_text("mine")

    assert exit_code("render", "--out", tmp_path) == 2

    assert "holds thesis.tex, which is not written here" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("missing", [rules.BINDINGS, ["yaml"]])
def test_without_the_extra_it_says_how_to_get_it(
    missing: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The base installation has no jsonnet."""
    for module in missing:
        monkeypatch.setitem(sys.modules, module, None)
    for name in ("given", "rulefiles", "ruleobjects", "dashboardobjects", "formats"):
        monkeypatch.delitem(sys.modules, f"pullwatch.pack.{name}", raising=False)
        monkeypatch.delattr(pullwatch.pack, name, raising=False)

    assert exit_code("render", "--out", tmp_path / "pack") == 2

    assert capsys.readouterr().err == "pullwatch: render needs what the pack extra brings: pip install 'pullwatch[pack]'\n"

"""The alerts as Prometheus evaluates them: promtool runs the YAML files beside this one.

A file names the rules it wants, and `CONFIGURED` what they are rendered with. What would be hundreds of series in YAML is
made here.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pullwatch.pack import rules
from tests.e2e import programs

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent

CONFIGURED: Mapping[str, Mapping[str, Any]] = {
    "default.yaml": {},
    "critical.yaml": {"criticalNamespaces": ["payments", "bank"]},
    "slo.yaml": {"enabled": {"ImagePullSLOBurn": True}, "sloIgnoredReasons": ["not_found"]},
    "muted.yaml": {"mutedNamespaces": ["ci-.*"], "mutedImages": [r"reg\.io/\"odd\".*"], "metricSelector": 'env="prod"'},
    "odd.yaml": {"metricSelector": 'env=~"%d`{}{{ .X }}|prod"'},
    "grafana.yaml": {"grafanaURL": "https://grafana.example.com"},
    "joins.yaml": {"joins": {"spegel": False, "kubeStateMetrics": 'job="ksm"'}},
}

WRONG = HERE / "wrong.rules.yaml"
"""Rules that are found everywhere and do not work; wrong_test.yaml shows why."""

PODS = 300


@pytest.fixture(params=[programs.promtool, programs.promtool_3], ids=["2", "3"])
def promtool(request: pytest.FixtureRequest) -> Path:
    """Return promtool of Prometheus 2.42 and of 3: a range of the one begins with a sample that the other leaves out."""
    found = request.param()
    assert isinstance(found, Path)
    return found


def rendered(config: Mapping[str, Any], test: str) -> bytes:
    """Return the rules that a test needs as a file; JSON is YAML.

    Those are the rules that it names, and what these name in turn: promtool evaluates all that it is given at each moment, and
    a test lasts for hours.
    """
    groups = rules.groups(config)
    texts = {rule.get("alert") or rule["record"]: json.dumps(rule) for group in groups for rule in group["rules"]}
    needed: set[str] = set()
    named = {name for name in texts if name in test}
    while named:
        needed |= named
        named = {name for name in texts.keys() - needed if any(name in texts[other] for other in named)}
    kept = [group | {"rules": [rule for rule in group["rules"] if (rule.get("alert") or rule["record"]) in needed]} for group in groups]
    return msgspec.json.encode({"groups": [group for group in kept if group["rules"]]})


def run(test: bytes, folder: Path, promtool: Path) -> str:
    """Return what promtool says against a file of tests; nothing if all pass."""
    for name, config in CONFIGURED.items():
        if name in test.decode():
            (folder / name).write_bytes(rendered(config, test.decode()))
    (folder / WRONG.name).write_bytes(WRONG.read_bytes())
    file = folder / "test.yaml"
    file.write_bytes(test)
    ran = subprocess.run([promtool, "test", "rules", file], capture_output=True, check=False, text=True)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


@pytest.mark.parametrize("file", sorted(HERE.glob("*_test.yaml")), ids=lambda file: file.name)
def test_the_alerts_do_what_their_tests_say(file: Path, tmp_path: Path, promtool: Path) -> None:
    """Labels and texts of each alert are exact at each moment that the file names."""
    assert run(file.read_bytes(), tmp_path, promtool) == ""


@pytest.mark.parametrize("name", CONFIGURED)
def test_each_configuration_is_taken_whole(name: str, tmp_path: Path, promtool: Path) -> None:
    """Rules that no test names parse as well."""
    file = tmp_path / name
    file.write_bytes(msgspec.json.encode({"groups": rules.groups(CONFIGURED[name])}))

    ran = subprocess.run([promtool, "check", "rules", file], capture_output=True, check=False, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_wrong_expectation_is_found(tmp_path: Path, promtool: Path) -> None:
    """The files are really read: one whose limit is another one fails."""
    text = (HERE / "SlowImagePull_test.yaml").read_text()

    assert "FAILED" in run(text.replace("1m 30s is the limit", "1m 31s is the limit").encode(), tmp_path, promtool)


RUNNING = "pullwatch_pull_running_unblocked_timestamp_seconds"
FAILING = "pullwatch_pull_failing_start_timestamp_seconds"


def rollout(metric: str) -> list[dict[str, str]]:
    """Return the pulls of a rollout to many nodes; the one of pod 117 began 60 s before all others."""
    reason = ', reason="auth"' if metric == FAILING else ""
    labels = (
        'namespace="shop", container="web", workload="Deployment/web", image="reg.io/web:1", registry="reg.io", repository="web"' + reason
    )
    return [
        {
            "series": f'{metric}{{{labels}, instance="a", job="pullwatch", pod="web-{number}", node="n{number}"}}',
            "values": f"{0 if number == 117 else 60}+0x40",
        }
        for number in range(PODS)
    ]


SIZE = {"series": 'pullwatch_image_size_bytes{image="reg.io/web:1", registry="reg.io", size_kind="compressed"}', "values": "3e8+0x40"}


@pytest.mark.parametrize(
    ("alert", "metric", "at", "summary", "description"),
    [
        (
            "SlowImagePull",
            RUNNING,
            "3m",
            "An image pull takes longer than its size explains.",
            "Pod shop/web-117 (Deployment/web) on node n117: the pull of reg.io/web:1 has been running for 3m 0s, and the container cannot "
            "start before it ends. 1m 30s is the limit for its size of 300MB. Too slow for this image: 300 pod(s).",
        ),
        (
            "ImagePullStuck",
            RUNNING,
            "12m",
            "An image pull has been running for far too long.",
            "Pod shop/web-117 (Deployment/web) on node n117: the pull of reg.io/web:1 has been running for 12m 0s. The container cannot "
            "start before it ends. "
            "Stuck on this image: 300 pod(s).",
        ),
        (
            "ImagePullFailing",
            FAILING,
            "12m",
            "A container cannot get its image.",
            "Pod shop/web-117 (Deployment/web) on node n117 has been failing to get reg.io/web:1 for 12m 0s, and its container cannot "
            "start. Newest error: auth (http://pullwatch.pullwatch.svc:9436/runbooks/reasons/auth). Failing on this image: 300 pod(s), "
            "by reason: auth 300.",
        ),
    ],
)
def test_a_rollout_is_one_alert(alert: str, metric: str, at: str, summary: str, description: str, tmp_path: Path, promtool: Path) -> None:
    """300 pods that wait for one image page once; the text counts them and names the one that waits longest."""
    test = {
        "rule_files": ["default.yaml"],
        "evaluation_interval": "30s",
        "tests": [
            {
                "interval": "30s",
                "input_series": [SIZE, *rollout(metric)],
                "alert_rule_test": [
                    {
                        "eval_time": at,
                        "alertname": alert,
                        "exp_alerts": [
                            {
                                "exp_labels": {
                                    "namespace": "shop",
                                    "image": "reg.io/web:1",
                                    "registry": "reg.io",
                                    "severity": "warning",
                                },
                                "exp_annotations": {
                                    "summary": summary,
                                    "description": description,
                                    "runbook_url": f"http://pullwatch.pullwatch.svc:9436/runbooks/{alert}",
                                    "dashboard_url": "http://pullwatch.pullwatch.svc:9436/"
                                    "?cluster=&namespace=shop&image=reg.io%2Fweb%3A1&registry=reg.io",
                                },
                            }
                        ],
                    }
                ],
            }
        ],
    }

    assert run(msgspec.json.encode(test), tmp_path, promtool) == ""

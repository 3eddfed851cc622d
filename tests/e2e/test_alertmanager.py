"""What the pack configures of Alertmanager, in the real one: who is told, what is kept silent, and in how many messages."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from pullwatch.monitoring import alertmanager, receiver
from pullwatch.pack import rules
from pullwatch.pack.alertmanager import configuration
from tests.e2e import programs, told

if TYPE_CHECKING:
    from pathlib import Path

    from pullwatch.monitoring.receiver import Notification

ONE = {"cluster": "a", "namespace": "shop", "image": "reg.io/web:1", "registry": "reg.io"}
OTHER = {**ONE, "image": "reg.io/db:1"}


def amtool(*arguments: str | Path) -> tuple[int, str]:
    """Return exit code and output of amtool."""
    ran = subprocess.run([programs.amtool(), *arguments], capture_output=True, check=False, text=True)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return the file as it is rendered, with the templates beside it."""
    told.install(tmp_path)
    (tmp_path / "pullwatch.yaml").write_text(told.text())
    return tmp_path / "pullwatch.yaml"


@pytest.mark.parametrize("groups", [rules.groups(), told.GROUPS, []], ids=["shipped", "all", "none"])
@pytest.mark.parametrize("switched_on", [False, True])
def test_alertmanager_takes_the_configuration(groups: list[dict[str, object]], tmp_path: Path, *, switched_on: bool) -> None:
    """As it is rendered, and with what it proposes for receivers switched on."""
    told.install(tmp_path, cluster="site")
    text = configuration(groups, cluster="site").decode()
    (tmp_path / "x.yaml").write_text(told.filled(text) if switched_on else text)

    code, said = amtool("check-config", tmp_path / "x.yaml")

    assert code == 0, said
    assert "1 templates" in said
    receivers = {one["name"]: one for one in yaml.safe_load((tmp_path / "x.yaml").read_text())["receivers"]}
    assert set(receivers["pullwatch"]) == {"name", *(["slack_configs", "email_configs", "pushover_configs"] if switched_on else [])}


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"alertname": "SlowImagePull", "severity": "warning", **ONE}, "pullwatch"),
        ({"alertname": "ImagePullStuck", "severity": "critical", **ONE}, "pullwatch"),
        ({"alertname": "ImagePullQueueing", "severity": "info", "node": "n1"}, "pullwatch"),
        ({"alertname": "ImagePullExporterDown", "severity": "warning"}, "pullwatch"),
        ({"alertname": "SlowImagePullOnSlowNode", "severity": "none", **ONE}, "pullwatch-null"),
        ({"alertname": "Watchdog", "severity": "none"}, "default"),
        ({"alertname": "SlowImagePullOfSomebodyElse", "severity": "critical"}, "default"),
        ({"alertname": "KubeNodeNotReady", "severity": "warning", "namespace": "shop"}, "default"),
    ],
)
def test_each_alert_goes_where_it_belongs(labels: dict[str, str], expected: str, written: Path) -> None:
    """Those of the pack to one receiver, helpers to nobody, and all others where they went before."""
    code, said = amtool("config", "routes", "test", f"--config.file={written}", *(f"{key}={value}" for key, value in labels.items()))

    assert (code, said.splitlines()[0]) == (0, expected)


@pytest.mark.parametrize(
    ("alerts", "silent"),
    [
        pytest.param(
            [("ImagePullStuck", ONE), ("SlowImagePull", ONE), ("SlowImagePull", OTHER)], {("SlowImagePull", "reg.io/web:1")}, id="stuck"
        ),
        pytest.param(
            [
                ("SlowImagePullsFromRegistry", {"cluster": "a", "registry": "reg.io"}),
                ("SlowImagePull", ONE),
                ("SlowImagePull", {**OTHER, "severity": "critical"}),
                ("SlowImagePull", {**OTHER, "image": "ghcr.io/x:1", "registry": "ghcr.io"}),
                ("SlowImagePull", {**OTHER, "image": "reg.io/b:1", "cluster": "b"}),
                ("ImagePullStuck", ONE),
                ("ImagePullFailing", ONE),
            ],
            {("SlowImagePull", "reg.io/web:1")},
            id="registry",
        ),
        pytest.param(
            [("SlowImagePullOnSlowNode", ONE), ("SlowImagePull", ONE), ("SlowImagePull", OTHER), ("ImagePullStuck", OTHER)],
            {("SlowImagePull", "reg.io/web:1"), ("SlowImagePull", "reg.io/db:1")},
            id="node",
        ),
        pytest.param(
            [
                ("ImagePullExporterDown", {"cluster": "a"}),
                *((name, ONE) for name in told.SEVERITIES if name != "ImagePullExporterDown"),
                ("SlowImagePull", {**OTHER, "cluster": "b"}),
                ("KubeNodeNotReady", {"cluster": "a"}),
            ],
            {(name, "reg.io/web:1") for name in told.SEVERITIES if name not in {"ImagePullExporterDown", "KubeletImagePullSlow"}},
            id="exporter",
        ),
        pytest.param(
            [("ImagePullExporterDown", {}), ("ImagePullFailing", {**ONE, "cluster": ""}), ("ImagePullFailing", OTHER)],
            {("ImagePullFailing", "reg.io/web:1")},
            id="no cluster label",
        ),
        # The other pair shows that inhibition has begun.
        pytest.param(
            [("ImagePullStuck", {**ONE, "cluster": ""}), ("SlowImagePull", ONE), ("ImagePullStuck", OTHER), ("SlowImagePull", OTHER)],
            {("SlowImagePull", "reg.io/db:1")},
            id="cluster label on one side",
        ),
    ],
)
async def test_what_follows_from_another_alert_is_silent(
    alerts: list[tuple[str, dict[str, str]]], silent: set[tuple[str, str]], tmp_path: Path
) -> None:
    """Alertmanager keeps silent what another alert explains, and nothing else: not other images, registries, clusters or alerts."""
    told.install(tmp_path)

    async with alertmanager.configured(programs.alertmanager(), told.hurried(told.text(), {}), folder=tmp_path) as url:
        await told.post(url, *(told.alert(name, labels) for name, labels in alerts))

        async def seen() -> bool:
            return await told.silent(url) == silent

        await told.until(seen, what=f"{silent} to be silent")


async def test_a_rollout_to_300_nodes_makes_at_most_three_messages(tmp_path: Path) -> None:
    """Six images in two namespaces are slow and two of them stuck, 300 nodes and their registry are slow: three messages name them all."""
    told.install(tmp_path)
    received: list[Notification] = []
    images = [{**ONE, "namespace": namespace, "image": f"reg.io/{name}:1"} for namespace in ("shop", "bank") for name in "xyz"]
    alerts = [
        *(told.alert("SlowImagePull", image) for image in images),
        *(told.alert("ImagePullStuck", image) for image in images[:2]),
        told.alert("SlowImagePullsFromRegistry", {"cluster": "a", "registry": "reg.io"}),
        *(told.alert("SlowImagePullsOnNode", {"cluster": "a", "node": f"node-{number:03}"}) for number in range(300)),
        *(told.alert("ImagePullQueueing", {"cluster": "a", "node": f"node-{number:03}"}) for number in range(300)),
    ]

    async with receiver.receiving(received.append) as webhook:
        configured = told.hurried(told.text(), {"webhook_configs": [{"url": webhook}]}, wait="3s")
        async with alertmanager.configured(programs.alertmanager(), configured, folder=tmp_path) as url:
            await told.post(url, *alerts)
            await told.until(lambda: sum(len(one.alerts) for one in received) >= 1 + 2 + 600, what="all alerts that are not silent")

    assert sorted(sorted({alert.name for alert in one.alerts}) for one in received) == [
        ["ImagePullQueueing", "SlowImagePullsOnNode"],
        ["ImagePullStuck"],
        ["SlowImagePullsFromRegistry"],
    ]


async def test_what_ends_while_it_is_silent_is_not_told(tmp_path: Path) -> None:
    """An exporter that died is no all-clear: a pull's alert that ends meanwhile is not told as over."""
    told.install(tmp_path)
    received: list[tuple[str, str]] = []

    def take(notification: Notification) -> None:
        received.extend((alert.name, alert.status) for alert in notification.alerts)

    async def come(*expected: tuple[str, str]) -> None:
        await told.until(lambda: set(expected) <= set(received), what=str(expected))

    async with receiver.receiving(take) as webhook:
        configured = told.hurried(told.text(), {"webhook_configs": [{"url": webhook}]})
        async with alertmanager.configured(programs.alertmanager(), configured, folder=tmp_path) as url:
            await told.post(url, told.alert("ImagePullFailing", ONE))
            await come(("ImagePullFailing", receiver.FIRING))
            await told.post(url, told.alert("ImagePullExporterDown", {"cluster": "a"}))
            await come(("ImagePullExporterDown", receiver.FIRING))
            await told.post(url, told.alert("ImagePullFailing", ONE, resolved=True))
            # Of another registry, so of a group of its own, which is told in its turn after the other's.
            await told.post(url, told.alert("KubeletImagePullSlow", {"cluster": "a", "registry": "other"}))
            await come(("KubeletImagePullSlow", receiver.FIRING))
            await told.post(url, told.alert("KubeletImagePullSlow", {"cluster": "a", "registry": "other"}, resolved=True))
            await come(("KubeletImagePullSlow", receiver.RESOLVED))

    assert ("ImagePullFailing", receiver.RESOLVED) not in received

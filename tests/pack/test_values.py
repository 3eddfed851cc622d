"""Which values the alerts can be given."""

from __future__ import annotations

from typing import Any

import pytest

from pullwatch.pack import assets, rules, values

ALERTS = ("SlowImagePull", "ImagePullStuck", "SlowImagePullOnSlowNode")

GOOD: list[tuple[str, Any]] = [
    ("slowBaseSeconds", 0.5),
    ("expectedBytesPerSecond", 1e7),
    ("finishedSeconds", 900),
    ("wideEdgeSeconds", 10),
    ("wideEdgeSeconds", 1800.0),
    ("wideShare", 0.05),
    ("widePulls", 1),
    ("wideWindow", "2m"),
    ("throughputShare", 0.5),
    ("throughputPulls", 20),
    ("throughputWindow", "30m"),
    ("usualWindow", "4w"),
    ("queueingSeconds", 60),
    ("sloSeconds", 2.5),
    ("sloSeconds", 3600),
    ("sloTarget", 0.999),
    ("sloPulls", 200),
    ("sloWindows", [{"long": "1d", "short": "2h", "burn": 3}]),
    ("sloIgnoredReasons", []),
    ("sloIgnoredReasons", ["not_found", "auth"]),
    ("watchStaleFor", "500ms"),
    ("eventsLostFor", "10m"),
    ("exporterDownFor", "1h30m"),
    ("exporterMissedFor", "2m"),
    ("keepFiringFor", "90s"),
    ("exporterSelector", 'job="pullwatch"'),
    ("exporterSelector", 'job=~\'pull.*\', namespace!="a\\"b"'),
    ("clusterLabel", "k8s_cluster"),
    ("boards", False),
    ("criticalNamespaces", []),
    ("criticalNamespaces", ["payments", "bank-2"]),
    ("severities", {"SlowImagePull": "info"}),
    ("severities", {"SlowImagePullOnSlowNode": "none"}),
    ("enabled", {"SlowImagePull": False}),
    ("metricSelector", ""),
    ("metricSelector", 'env="production"'),
    ("metricSelector", "env=~\"eu-\\\\d+|\", site!~'(?i)x\\\\.y'"),
    ("mutedNamespaces", ["ci", "ci-.*"]),
    ("mutedImages", [r"docker\.io/library/(busybox|alpine):.*"]),
    ("mutedImages", ["(?i)a", "(?i-s:a)", "(?:a|b)*", "(?P<tag>a)", r"a\*+", "[*+]a{2,1000}", r"\[a+"]),
    ("metricSelector", r'cluster=~"east-\\d+", zone!~"a\x41\"|b"'),
    ("failingSeconds", 120),
    ("eventsToldRatio", 0.5),
    ("eventsLostMinimum", 1),
    ("kubeletSelector", 'job="kubelet"'),
    ("kubeletSlowSeconds", 600),
    ("joins", {"spegel": False, "crio": "", "kubeStateMetrics": 'job="kube-state-metrics"'}),
    ("exporterURL", "https://example.com/pullwatch"),
    ("exporterURL", "http://[::1]:9436"),
    ("runbookURLPattern", "https://example.com/run%20books/%s.html"),
    ("grafanaURL", ""),
]

BAD: list[tuple[str, Any]] = [
    ("slowBaseSeconds", 0),
    ("slowBaseSeconds", -60),
    ("slowBaseSeconds", "60"),
    ("slowBaseSeconds", True),
    ("slowBaseSeconds", None),
    ("slowBaseSeconds", float("nan")),
    ("slowBaseSeconds", float("inf")),
    ("expectedBytesPerSecond", 0),
    ("assumedSizeBytes", 10**40),
    ("assumedSizeBytes", [2]),
    ("finishedSeconds", 901),
    ("wideEdgeSeconds", 30),
    ("wideEdgeSeconds", "60"),
    ("wideEdgeSeconds", True),
    ("wideEdgeSeconds", [60]),
    ("wideShare", 0),
    ("wideShare", 1),
    ("wideShare", 30),
    ("wideShare", "30%"),
    ("wideShare", float("nan")),
    ("widePulls", 0),
    ("wideWindow", 30),
    ("throughputShare", 1.5),
    ("throughputPulls", -1),
    ("throughputWindow", "1 hour"),
    ("usualWindow", ""),
    ("queueingSeconds", 0),
    ("sloSeconds", 15),
    ("sloTarget", 99),
    ("sloTarget", 1.0),
    ("sloPulls", None),
    ("sloWindows", []),
    ("sloWindows", "1h"),
    ("sloWindows", ["1h"]),
    ("sloWindows", {"long": "1h", "short": "5m", "burn": 14.4}),
    ("sloWindows", [{"long": "1h", "short": "5m"}]),
    ("sloWindows", [{"long": "5m", "short": "1h", "burn": 14.4}]),
    ("sloWindows", [{"long": "1h", "short": "1h", "burn": 14.4}]),
    ("sloWindows", [{"long": "1h", "short": 5, "burn": 14.4}]),
    ("sloWindows", [{"long": "1h", "short": "5m", "burn": 0}]),
    ("sloWindows", [{"long": "1h", "short": "5m", "burn": 14.4, "severity": "critical"}]),
    ("sloIgnoredReasons", ["policy"]),
    ("sloIgnoredReasons", ["not_found|auth"]),
    ("sloIgnoredReasons", "auth"),
    ("watchStaleFor", 60),
    ("eventsLostFor", "0m"),
    ("exporterDownFor", 3),
    ("exporterMissedFor", "soon"),
    ("exporterDownFor", ""),
    ("exporterDownFor", "0s"),
    ("exporterDownFor", "5 min"),
    ("exporterDownFor", "1.5h"),
    ("exporterDownFor", "30s5m"),
    ("exporterDownFor", "-5m"),
    ("exporterSelector", ""),
    ("exporterSelector", "pullwatch"),
    ("exporterSelector", 'job="pullwatch'),
    ("exporterSelector", 'job="pullwatch"}) or vector(1'),
    ("exporterSelector", 'job=~"("'),
    ("exporterSelector", 'job=~"(?!x).*"'),
    ("metricSelector", 'env=~"(x)\\\\1"'),
    ("exporterSelector", '{job="pullwatch"}'),
    ("clusterLabel", "k8s-cluster"),
    ("clusterLabel", "__cluster"),
    ("clusterLabel", "namespace"),
    ("clusterLabel", ""),
    ("boards", "no"),
    ("criticalNamespaces", "payments"),
    ("criticalNamespaces", ["pay.*"]),
    ("criticalNamespaces", [3]),
    ("severities", "info"),
    ("severities", {"SlowImagePull": "page"}),
    ("severities", {"SlowImagePull": "none"}),
    ("severities", {"SlowImagePullOnSlowNode": "info"}),
    ("severities", {"SlowPull": "info"}),
    ("enabled", {"SlowImagePull": "no"}),
    ("enabled", {"SlowPull": True}),
    ("enabled", True),
    ("clusterLabel", "inf"),
    ("clusterLabel", "NaN"),
    ("metricSelector", "production"),
    ("metricSelector", 'env=~"eu-\\d+"'),
    ("mutedNamespaces", "ci"),
    ("mutedNamespaces", ["ci("]),
    ("mutedImages", [""]),
    ("mutedImages", ["(?!docker).*"]),
    ("mutedImages", [r"(a)\1"]),
    ("mutedImages", ["(?>a)b"]),
    ("mutedImages", ["a*+"]),
    ("mutedImages", ["(?#mine)a"]),
    ("mutedImages", ["(?x) a"]),
    ("mutedImages", [r"a\Z"]),
    ("mutedImages", [r"\u0041"]),
    ("mutedImages", ["a{2000}"]),
    ("metricSelector", r'cluster=~"east-\d"'),
    ("metricSelector", 'cluster=~"it\\\'s"'),
    ("metricSelector", 'cluster=~"a*+"'),
    ("failingSeconds", 0),
    ("failingSeconds", "5m"),
    ("eventsToldRatio", 1),
    ("eventsToldRatio", 0),
    ("eventsLostMinimum", "many"),
    ("kubeletSelector", ""),
    ("kubeletSelector", "kubelet"),
    ("kubeletSlowSeconds", 90),
    ("kubeletSlowSeconds", True),
    ("kubeletSlowSeconds", "300"),
    ("joins", ["spegel"]),
    ("joins", {"spegel": True}),
    ("joins", {"spegel": "spegel"}),
    ("joins", {"kraken": False}),
    ("exporterURL", "example.com"),
    ("exporterURL", "https://example.com/"),
    ("exporterURL", "https://example.com/{{ $labels.image }}"),
    ("exporterURL", "javascript:alert(1)"),
    ("runbookURLPattern", "https://example.com/runbooks"),
    ("runbookURLPattern", "/runbooks/%s"),
    ("grafanaURL", "https://example.com/%s"),
    ("slowbaseSeconds", 60),
    ("", 1),
]


def test_the_keys_are_those_of_the_alerts() -> None:
    """A key that is added to alerts/config.libsonnet gets a check here."""
    assert set(values.KEYS) == set(rules.configuration())


def test_the_defaults_are_accepted() -> None:
    """What the mixin ships passes its own checks."""
    config = rules.configuration()

    values.check(config, alerts=config["severities"])
    values.check_together(config)


@pytest.mark.parametrize(("key", "value"), GOOD)
def test_it_takes_what_makes_sense(key: str, value: Any) -> None:
    """None of these is refused."""
    values.check({key: value}, alerts=ALERTS)


@pytest.mark.parametrize(("key", "value"), BAD)
def test_it_refuses_what_would_make_a_broken_alert(key: str, value: Any) -> None:
    """One line names the key and what was expected."""
    with pytest.raises(values.WrongValueError, match="expected") as refused:
        values.check({key: value}, alerts=ALERTS)

    assert str(refused.value).startswith(f"{key}")
    assert "\n" not in str(refused.value)


def test_a_dead_exporter_never_looks_like_an_all_clear() -> None:
    """Alerts of pulls have to outlast the time after which the exporter is missed."""
    with pytest.raises(values.WrongValueError, match=r"^keepFiringFor: '10m' given, expected more than .*, 540s and 1m: "):
        values.check_together(rules.configuration({"exporterDownFor": "540s"}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"usualWindow": "1h"}, r"^usualWindow: '1h' given, expected more than throughputWindow, 1h: "),
        ({"throughputWindow": "8d"}, r"^usualWindow: '7d' given, expected more than throughputWindow, 8d: "),
        ({"sloTarget": 0.9}, r"^sloWindows: \{.*\} given, expected burn below 10, which sloTarget 0.9 allows: "),
    ],
)
def test_values_that_would_never_fire_together_are_refused(given: dict[str, Any], message: str) -> None:
    """A usual that is no longer than now compares nothing, and nothing is worse than 100 % bad pulls."""
    with pytest.raises(values.WrongValueError, match=message):
        values.check_together(rules.configuration(given))


def test_what_follows_from_a_value_follows_it() -> None:
    """Runbook links lead to the exporter's address, whatever that is; other severities stay."""
    config = rules.configuration({"exporterURL": "https://example.com", "severities": {"SlowImagePull": "info"}})

    assert config["runbookURLPattern"] == "https://example.com/runbooks/%s"
    assert config["severities"]["SlowImagePull"] == "info"
    assert config["severities"]["ImagePullStuck"] == "warning"


def test_the_joins_are_those_of_the_alerts() -> None:
    """A join that is added to alerts/joins.libsonnet can be switched off."""
    assert set(values.JOINS) == set(rules.configuration()["joins"])


@pytest.mark.parametrize("alert", ["SlowImagePull", "SlowImagePullsOnNode"])
def test_the_alert_between_two_is_there_with_both(alert: str) -> None:
    """Without one of them there is nothing to inhibit, or nothing that tells of the node."""
    assert rules.configuration()["enabled"]["SlowImagePullOnSlowNode"]
    assert not rules.configuration({"enabled": {alert: False}})["enabled"]["SlowImagePullOnSlowNode"]


def test_the_objective_is_off_until_asked_for() -> None:
    """Neither the alert nor what it needs is evaluated."""
    assert not rules.configuration()["enabled"]["ImagePullSLOBurn"]
    assert "pullwatch.slo" not in {group["name"] for group in rules.groups()}
    assert "pullwatch.slo" in {group["name"] for group in rules.groups({"enabled": {"ImagePullSLOBurn": True}})}


def test_the_alerts_that_must_be_asked_for_are_those_that_are_off() -> None:
    """`doctor`, which may have no jsonnet, misses none of them."""
    enabled = rules.configuration()["enabled"]

    assert {alert for alert, there in enabled.items() if not there} == set(values.OPTIONAL)
    assert set(enabled) == set(assets.alerts())

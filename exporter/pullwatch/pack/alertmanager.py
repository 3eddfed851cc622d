"""What Alertmanager needs for the alerts of the pack: routes, inhibition, receivers to fill in, and message templates.

A complete file, which can be tried as it is and merged by hand: Alertmanager has no includes. It names the alerts that were
rendered, and says of none that is not there. The templates are content, in alerts/alertmanager.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pullwatch.pack import assets

TEMPLATES = "pullwatch.tmpl"

DOWN = "ImagePullExporterDown"
WATCHER = (DOWN, "ImagePullWatchStale", "ImagePullEventsLost")
"""Alerts about the exporter itself."""

FALLBACK = "KubeletImagePullSlow"
"""The one alert that lives on other metrics than the exporter's, and is all that is left without it."""

_HEAD = """\
# Rendered by `pullwatch render`: change its values, not this file. Render it again when alerts are added.
#
# A complete configuration: `amtool check-config` takes it as it is, with receivers that receive nothing. To merge it into yours:
#   1. copy the route about image pulls into the `routes` of your `route`, above each route that would take its alerts first;
#   2. copy `inhibit_rules`, `receivers` (all but `default`) and `templates`, with {templates} beside your configuration. In the
#      Secret of the Prometheus operator's Alertmanager, which adds files of its own, it is /etc/alertmanager/config/{templates}.
# Not as an AlertmanagerConfig of the Prometheus operator: that adds a matcher for its own namespace to each route and inhibition,
# and the namespace of these alerts is that of the pods that wait. Where alertmanagerConfigMatcherStrategy is None, the
# same routes can be written as one.
"""

_ROUTE = """\
route:
  # All that is not about image pulls; in yours it stays what it is.
  receiver: default
  routes:
    - matchers:
        - {every}
      receiver: pullwatch
      # No `continue`: what is routed here is told once. Set it to true where another route of yours should see these alerts too.
      #
      # One message for each registry, however many images and namespaces a rollout has, and one for what has none, which is
      # whole nodes: 300 nodes that pull slowly are one message.
      group_by: [{cluster}, registry]
      group_wait: 30s
      # A rollout goes on for minutes: what joins the group is told in one message for each of these.
      group_interval: 10m
      repeat_interval: 12h
      routes:
        # Helper alerts, there to inhibit others.
        - matchers:
            - severity = "none"
          receiver: pullwatch-null
"""

_WATCHER_ROUTE = """\
        # The exporter itself: never behind a message about pulls.
        - matchers:
            - {watcher}
          group_by: [alertname, {cluster}]
          group_interval: 5m
"""

_ABOUT_URGENT = """\
        # What wakes somebody does not wait for the group's next message. Your pager's receiver belongs here, as `receiver: NAME`.
"""

_URGENT_ROUTE = """\
        - matchers:
            - {urgent}
          group_by: [alertname, {cluster}, registry]
          group_interval: 5m
          repeat_interval: 4h
"""

_INHIBIT = """\

# Alertmanager takes a label that is missing for one that is empty: without a {cluster} label on either side these hold, and with it
# on one side only they do not.
# What is inhibited is not told when it ends, either: a receiver that keeps incidents open has to close it by itself.
# kube-prometheus inhibits by namespace and alertname, which is no concern of these: a namespace is critical whole or not at all. Its
# InfoInhibitor silences alerts of severity info unless another alert of that namespace fires: to be told of them, give them
# another one, as in `pullwatch render --set severities.ImagePullQueueing=warning`.
inhibit_rules:
"""

_RECEIVERS = """\

receivers:
  - name: default
  - name: pullwatch-null
  - name: pullwatch
    # Fill in what you have, and remove the # before it.
    #
    # slack_configs:
    #   - api_url_file: /etc/alertmanager/slack-url
    #     channel: "#image-pulls"
    #     send_resolved: true
    #     # Without link_names, so that nobody's image can call @channel.
    #     title: '{{ template "pullwatch.slack.title" . }}'
    #     title_link: '{{ template "pullwatch.link" . }}'
    #     fallback: '{{ template "pullwatch.slack.title" . }}'
    #     text: '{{ template "pullwatch.slack.text" . }}'
    #     color: '{{ template "pullwatch.color" . }}'
    #     # Text is text: links work without mrkdwn, and backticks and asterisks stay what they are.
    #     mrkdwn_in: [pretext]
    #
    # email_configs:
    #   - to: oncall@example.com
    #     from: alertmanager@example.com
    #     smarthost: smtp.example.com:587
    #     send_resolved: true
    #     headers:
    #       Subject: '{{ template "pullwatch.title" . }}'
    #     html: '{{ template "pullwatch.email.html" . }}'
    #     text: '{{ template "pullwatch.text" . }}'
    #
    # pushover_configs:
    #   - user_key: your-user-key
    #     token: your-token
    #     send_resolved: true
    #     title: '{{ template "pullwatch.title" . }}'
    #     message: '{{ template "pullwatch.text" . }}'

templates:
  - {templates}
"""


def configuration(groups: Sequence[Mapping[str, Any]], *, cluster: str) -> bytes:
    """Return Alertmanager's configuration for these rules, as YAML; `cluster` is the label that tells clusters apart."""
    alerts = sorted({rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule})
    watcher = [alert for alert in WATCHER if alert in alerts]
    route = _ROUTE
    if watcher:
        route += _WATCHER_ROUTE
    route += _ABOUT_URGENT + _URGENT_ROUTE.replace("{urgent}", 'severity = "critical"')
    if "ImagePullStuck" in alerts:
        route += _URGENT_ROUTE.replace("{urgent}", matcher(["ImagePullStuck"]))
    inhibitions = list(_inhibitions(alerts, cluster))
    parts = [_HEAD, route, _INHIBIT if inhibitions else "", *inhibitions, _RECEIVERS]
    filled = {"{every}": matcher(alerts), "{watcher}": matcher(watcher), "{cluster}": cluster, "{templates}": TEMPLATES}
    text = "".join(parts)
    # Not str.format: the braces of Go's templates stand in it too.
    for name, value in filled.items():
        text = text.replace(name, value)
    return text.encode()


def templates(*, cluster: str) -> bytes:
    """Return the message templates; they show the label that tells clusters apart."""
    text = (assets.root() / "alerts" / "alertmanager" / TEMPLATES).read_text(encoding="utf-8")
    return text.replace(".CommonLabels.cluster", f".CommonLabels.{cluster}").encode()


def matcher(alerts: Collection[str]) -> str:
    """Return the matcher of these alerts. Matchers are anchored, and names of alerts are words."""
    return f'alertname = "{next(iter(alerts))}"' if len(alerts) == 1 else f'alertname =~ "{"|".join(alerts)}"'


def _inhibitions(alerts: Collection[str], cluster: str) -> Iterable[str]:
    """Yield each rule whose alerts are there, as YAML."""
    pull = [cluster, "namespace", "image", "registry"]
    single = ["SlowImagePull", "ImagePullThroughputLow"]
    silenced = [alert for alert in alerts if alert not in {DOWN, FALLBACK}]
    rules = [
        ("Nobody looks: what was seen last says nothing of now. Not the alert of the kubelets' own metrics, which is all that is left.",
         DOWN, silenced, [], [cluster]),
        ("A pull that is stuck is slow as well.", "ImagePullStuck", ["SlowImagePull"], [], pull),
        ("A slow registry makes each of its images slow. Critical ones are told nevertheless.",
         "SlowImagePullsFromRegistry", single, ['severity != "critical"'], [cluster, "registry"]),
        ("All slow pulls of this image are on nodes that are told of as slow. An alert of an image has no node, so a helper finds them.",
         "SlowImagePullOnSlowNode", ["SlowImagePull"], ['severity != "critical"'], pull),
    ]  # fmt: skip
    for why, source, targets, besides, equal in rules:
        found = [alert for alert in targets if alert in alerts]
        if source in alerts and found:
            yield _inhibition(why, source, [matcher(found), *besides], equal)


def _inhibition(why: str, source: str, targets: Sequence[str], equal: Sequence[str]) -> str:
    listed = "".join(f"      - {target}\n" for target in targets)
    return (
        f'  # {why}\n  - source_matchers:\n      - alertname = "{source}"\n    target_matchers:\n{listed}    equal: [{", ".join(equal)}]\n'
    )

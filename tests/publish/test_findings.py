"""What `doctor` prints."""

from __future__ import annotations

import io
import json

from pullwatch.publish import findings
from pullwatch.pulls import installed_rules
from pullwatch.pulls.installed_rules import Rules
from pullwatch.pulls.scrape import Exporter, Target, judge

EXPORTERS = [Exporter(job="pullwatch", instance=f"10.0.0.{n}:9436", attached=("namespace",), renamed=("namespace",)) for n in range(7)]
TARGETS = [
    Target(pool="serviceMonitor/monitoring/pullwatch/0", url=f"http://{e.instance}/metrics", job=e.job, instance=e.instance)
    for e in EXPORTERS
]
RULES = Rules(there=("ImagePullStuck", "SlowImagePull"), missing=())
URL = "http://prometheus:9090/"


def test_all_is_well_in_a_line_for_each_check() -> None:
    """It says what was looked at."""
    out = io.StringIO()

    findings.write([], EXPORTERS[:1], RULES, prometheus=URL, output="text", stream=out)

    assert (
        out.getvalue()
        == "scrape: ok. 1 exporter in http://prometheus:9090/, labels arrive as sent.\nrules: ok. 2 alerts of pullwatch, and what dashboards read.\n"
    )


def test_a_finding_says_what_where_and_what_to_do() -> None:
    """Text for 80 columns; many places are cut."""
    out = io.StringIO()

    findings.write(judge(EXPORTERS, TARGETS), EXPORTERS, RULES, prometheus=URL, output="text", stream=out)

    assert max(map(len, out.getvalue().splitlines())) <= findings.WIDTH
    assert (
        out.getvalue()
        == """\
scrape: 1 finding. 7 exporters in http://prometheus:9090/

  job    serviceMonitor/monitoring/pullwatch/0
  what   namespace: the exporter's own replace those of pulled pods and nodes,
         which arrived as exported_namespace. No alert sees them.
  where  http://10.0.0.0:9436/metrics
         http://10.0.0.1:9436/metrics
         http://10.0.0.2:9436/metrics
         http://10.0.0.3:9436/metrics
         http://10.0.0.4:9436/metrics
         and 2 more
  do     set honorLabels: true in ServiceMonitor pullwatch of namespace
         monitoring, below spec.endpoints[0]; where it is set already,
         overrideHonorLabels of the Prometheus object undoes it.

rules: ok. 2 alerts of pullwatch, and what dashboards read.
"""
    )


def test_json_has_all_of_it() -> None:
    """Each place, and the kind for programs."""
    out = io.StringIO()

    findings.write(judge(EXPORTERS, TARGETS), EXPORTERS, RULES, prometheus=URL, output="json", stream=out)

    document = json.loads(out.getvalue())
    assert (document["schema"], document["prometheus"], len(document["exporters"])) == (1, URL, 7)
    (finding,) = document["findings"]
    assert (finding["check"], finding["kind"], finding["labels"]) == ("scrape", "labels_renamed", ["namespace"])
    assert len(finding["where"]) == 7


def test_long_words_are_cut() -> None:
    """A name of any length keeps the text within its columns."""
    out = io.StringIO()
    long = [Exporter(job="j" * 300, instance="i" * 300, attached=("pod",), renamed=("pod",))]

    findings.write(judge(long), long, RULES, prometheus=URL, output="text", stream=out)

    assert max(map(len, out.getvalue().splitlines())) <= findings.WIDTH


def said(rules: Rules | None) -> str:
    out = io.StringIO()
    findings.write(installed_rules.judge(rules) if rules else [], [], rules, prometheus=URL, output="text", stream=out)
    return out.getvalue().partition("rules: ")[2]


def test_alerts_that_are_not_there_are_named() -> None:
    """With what to do; that is no finding, as they may have been left out. What may not be asked is not known."""
    some = Rules(there=("SlowImagePull",), missing=("ImagePullStuck", "KubeletImagePullSlow"))

    assert said(some) == (
        "ok. 1 alert of pullwatch. Not there: ImagePullStuck,\n"
        "  KubeletImagePullSlow. Unless left out on purpose, load the rules of this\n"
        "  version.\n"
    )
    assert said(Rules(there=("SlowImagePull",), missing=(), boards=False)) == (
        "ok. 1 alert of pullwatch. Not there: what dashboards read, so that they\n"
        "  stay empty. Unless left out on purpose, load the rules of this version.\n"
    )
    assert said(None) == "not known. This Prometheus does not tell which rules it has.\n"


def test_no_alert_at_all_is_a_finding() -> None:
    """Where the rules lie, and how they are loaded."""
    text = said(Rules(there=(), missing=("SlowImagePull",)))

    assert text.startswith("1 finding. 0 alerts of pullwatch.\n\n  what   this Prometheus has none of pullwatch's alerts")
    assert "  do     apply deploy/rules/prometheusrule.yaml" in text
    assert max(map(len, text.splitlines())) <= findings.WIDTH

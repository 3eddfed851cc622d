"""Watcher: whether the other boards can be believed. Does somebody watch, is everything heard, is there room, what do helpers tell.

Where several processes answer, each is shown: a second one that stands by is no fault. What is optional says in an empty panel
which setting switches it on.
"""

from pullwatch.pack import mixin
from pullwatch.pack.grafana import (
    AlertAnnotations,
    BarGauge,
    Column,
    Dashboard,
    DatasourceVariable,
    Link,
    QueryVariable,
    Row,
    Stat,
    StateTimeline,
    Table,
    Target,
    TimeSeries,
)

config = mixin.config()
TOLD_STEPS = [(config["eventsToldRatio"], "green")]

# What the reader chose above the panels. The label of clusters is whatever the alerts go by.
OF_CLUSTER = config["clusterLabel"]
CLUSTER = f'{OF_CLUSTER}=~"$cluster"'
# Targets of the exporter; what selects them stands last, as it may be nothing.
EXPORTER = f"{CLUSTER}, {config['exporterSelector']}"
BY_INSTANCE = f"by ({OF_CLUSTER}, instance)"
INSTANCE = f"{{{{instance}}}} {{{{{OF_CLUSTER}}}}}"

LEADS = f"max {BY_INSTANCE} (pullwatch_leader{{{CLUSTER}}})"
SILENT = f"max {BY_INSTANCE} (up{{{EXPORTER}}} == 0) - 1"
HEARD = f"max by ({OF_CLUSTER}, resource) (pullwatch_watch_last_contact_timestamp_seconds{{{CLUSTER}}})"
LAG = f"sum by (le) (rate(pullwatch_event_lag_seconds_bucket{{{CLUSTER}}}[$__rate_interval]))"

# With this least step the windows of increase() lie side by side, so that bars are counts, and one Event makes no spike.
STEP = "5m"
NO_EXPORTER = "No exporter in this range"
NO_KUBELET = "No kubelet is read: serve --kubelet-metrics"
NO_AGENT = "No agent tells anything: serve --agents, and an agent on each node"
NO_REGISTRY = "No registry is asked: serve --layers-from, and pullwatch registry"

# What kubelets counted, and what Events told of it.
COUNTED = f"sum by ({OF_CLUSTER}) (sum_over_time(cluster:pullwatch_runtime_pulls:increase5m{{{CLUSTER}}}[$__interval]))"
TOLD = f"sum by ({OF_CLUSTER}) (sum_over_time(cluster:pullwatch_runtime_pulls_seen:increase5m{{{CLUSTER}}}[$__interval]))"
TOLD_OF_NODE = f"max by ({OF_CLUSTER}, node) (pullwatch_node:pull_coverage:ratio30m{{{CLUSTER}}})"

does_somebody_watch = Row(
    "Does somebody watch?",
    [
        StateTimeline(
            title="Which exporters answer, and which one counts?",
            query=f"{LEADS} or on ({OF_CLUSTER}, instance) {SILENT}",
            legend=INSTANCE,
            states={-1: ("does not answer", "red"), 0: ("stands by", "blue"), 1: ("counts pulls", "green")},
            empty=NO_EXPORTER,
            runbook="ImagePullExporterDown",
            description="One that counts, at any time, is good; others stand by. Two at once are a rollout. A gap or red without another one in "
            "green is time of which nothing is known: see the runbook.",
        ),
        TimeSeries(
            title="How long ago was each watch heard?",
            query=f"time() - {HEARD}",
            legend=f"{{{{resource}}}} {{{{{OF_CLUSTER}}}}}",
            unit="s",
            steps=[(config["watchStaleSeconds"], "red")],
            empty=NO_EXPORTER,
            runbook="ImagePullWatchStale",
            description="Up to 5 minutes is a quiet cluster and good. Above the line nothing on any board is new: look at the exporter's log and "
            "at the API server.",
        ),
        TimeSeries(
            title="Why were watches opened again?",
            query=f"round(sum by (resource, reason) (increase(pullwatch_watch_restarts_total{{{CLUSTER}}}[$__rate_interval]))) > 0",
            legend="{{resource}}: {{reason}}",
            interval=STEP,
            stacked=True,
            empty="No watch was opened again in this range",
            runbook="ImagePullWatchStale",
            description="None, or one now and then, is good: nothing is lost by it. Several in each step are an API server that restarts, or "
            "something between that cuts connections; the reason says which.",
        ),
        TimeSeries(
            title="How late do Events arrive?",
            query=[
                Target(f"histogram_quantile(0.5, {LAG}) > 0", "half of the Events, at most"),
                Target(f"histogram_quantile(0.99, {LAG}) > 0", "99 of 100, at most"),
            ],
            unit="s",
            interval=STEP,
            empty="No Events in this range",
            description="From an Event's stamp to its arrival. Stamps are whole seconds, so 1 to 2 s are good. More means a slow API "
            "server or clocks that differ; the age of running pulls is then off by as much.",
        ),
    ],
)

does_it_hear_everything = Row(
    "Does it hear and understand everything?",
    [
        TimeSeries(
            title="Which Events arrive?",
            query=f"60 * sum by (reason) (rate(pullwatch_events_total{{{CLUSTER}}}[$__rate_interval])) > 0",
            legend="{{reason}}",
            unit="cpm",
            interval=STEP,
            stacked=True,
            colors={"BackOff": "orange", "Failed": "red", "Pulled": "green", "Pulling": "blue"},
            empty="No Events in this range",
            description="Per minute; _other has nothing to do with images. A steady trickle with peaks at rollouts is good. None while pods "
            "start means that Events are not heard, or that the API server drops them.",
        ),
        TimeSeries(
            title="What was not understood or believed?",
            query=[
                Target(f"round(sum(increase(pullwatch_events_unparsed_total{{{CLUSTER}}}[$__rate_interval])))", "texts in no known form"),
                Target(f"round(sum(increase(pullwatch_events_coalesced_total{{{CLUSTER}}}[$__rate_interval])))", "older texts gone"),
                Target(
                    f"round(sum by (reason) (increase(pullwatch_events_rejected_total{{{CLUSTER}}}[$__rate_interval]))) > 0",
                    "contradicts: {{reason}}",
                ),
                Target(f"round(sum(increase(pullwatch_events_unverified_total{{{CLUSTER}}}[$__rate_interval])))", "of a pod not known"),
            ],
            interval=STEP,
            stacked=True,
            empty=NO_EXPORTER,
            description="Events. Nothing is good. Texts in no known form are a runtime or kubelet that is new to pullwatch: their pulls are in no "
            "figure. Contradictions are somebody who writes Events himself. Of pods not known: counted, but nothing could be checked.",
        ),
        TimeSeries(
            title="How many containers started without a word of their image?",
            query=f"round(sum by ({OF_CLUSTER}) (sum_over_time(cluster:pullwatch_unseen_pulls:increase5m{{{CLUSTER}}}[$__interval])))",
            legend=f"containers {{{{{OF_CLUSTER}}}}}",
            interval=STEP,
            stacked=True,
            empty=NO_EXPORTER,
            runbook="ImagePullEventsLost",
            description="No Event told whether these pulled. 0 is good; a few are pods of many containers, of which a kubelet sends the first 25 "
            "Events only. Many on many nodes: Events are lost between kubelets and us.",
        ),
        TimeSeries(
            title="Which share of the kubelets' pulls did Events tell?",
            query=f"{TOLD} / ({COUNTED} > 0)",
            legend=f"told {{{{{OF_CLUSTER}}}}}",
            unit="percentunit",
            interval=STEP,
            base="red",
            steps=TOLD_STEPS,
            empty=NO_KUBELET,
            runbook="ImagePullEventsLost",
            description="Near 100 % is good; above it an Event came before the kubelet's count. A kubelet counts each credential that it tries, "
            "so that a steady lower share may be complete. Below the line pulls are missing on all boards.",
        ),
        BarGauge(
            title="Of which nodes do Events tell least?",
            query=f"sort(bottomk(8, {TOLD_OF_NODE}))",
            legend=f"{{{{node}}}} {{{{{OF_CLUSTER}}}}}",
            unit="percentunit",
            base="red",
            steps=TOLD_STEPS,
            leads_to=[Link("Show this node", "pullwatch-node-registry", {"node": "__field.labels.node"})],
            empty=NO_KUBELET,
            runbook="ImagePullEventsLost",
            description="Share of the last 30 minutes, of nodes that pulled. Near 100 % everywhere is good. One node alone low: its kubelet drops "
            "Events, or somebody pulls there by hand; all nodes low: the API server.",
        ),
        TimeSeries(
            title="Are the kubelets read?",
            query=f"60 * sum by (result) (rate(pullwatch_kubelet_reads_total{{{CLUSTER}}}[$__rate_interval])) > 0",
            legend="{{result}}",
            unit="cpm",
            interval=STEP,
            stacked=True,
            colors={"ok": "green"},
            empty=NO_KUBELET,
            description="Reads per minute by result. Nothing but ok is good. Others name what is wrong: rights to get nodes/metrics, the "
            "certificate, or the way to port 10250; such nodes have no share above.",
        ),
    ],
)

is_there_room = Row(
    "Is there room?",
    [
        Table(
            title="Which families are large, and which are full?",
            labels={"family": "Family"},
            columns=[
                Column("Series", f"max by (family) (pullwatch_series{{{CLUSTER}}})"),
                Column(
                    "Found no room",
                    f"round(sum by (family) (increase(pullwatch_series_dropped_total{{{CLUSTER}}}[$__range]))) > 0",
                    steps=[(1, "orange")],
                ),
            ],
            sort_by="Series",
            widths={"Family": 340},
            width=12,
            empty=NO_EXPORTER,
            description="Series of the exporter with the most, and label sets of the time range that found no room. None of these is good. Where "
            "there are some, what is new counts in _other, or is not shown: docs/metrics.md names the cap of each family.",
        ),
        TimeSeries(
            title="What found no room?",
            query=[
                Target(
                    f"round(sum by (family) (increase(pullwatch_series_dropped_total{{{CLUSTER}}}[$__rate_interval]))) > 0",
                    "series: {{family}}",
                ),
                Target(
                    f"round(sum by (kind) (increase(pullwatch_layers_dropped_total{{{CLUSTER}}}[$__rate_interval]))) > 0",
                    "layers: {{kind}}",
                ),
                Target(
                    f"round(sum(increase(pullwatch_checkpoint_events_dropped_total{{{CLUSTER}}}[$__rate_interval])))",
                    "checkpoint: Events",
                ),
                Target(f"round(sum(increase(pullwatch_pods_unchecked_total{{{CLUSTER}}}[$__rate_interval])))", "pods not looked at"),
            ],
            interval=STEP,
            stacked=True,
            empty=NO_EXPORTER,
            description="Nothing is good. Series: a cap was reached, see the table. Layers: more images than are kept. Checkpoint: after a restart "
            "such Events are not counted again. Pods: too many started at a time to look at each.",
        ),
    ],
)

what_helpers_tell = Row(
    "What do agents and registries tell, and what does it cost?",
    [
        Stat(
            title="How many nodes have an agent that tells?",
            query=f"sum(max by ({OF_CLUSTER}) (pullwatch_agents{{{CLUSTER}}})) > 0",
            width=6,
            height=4,
            empty="No agent: serve --agents",
            description="Nodes whose agents tell what images they hold. All nodes is good. Fewer: look at the DaemonSet, and at "
            "`What do agents report?` for refusals.",
        ),
        Stat(
            title="Of how many images are the layers known?",
            query=f"sum(max by ({OF_CLUSTER}) (pullwatch_layer_tables{{{CLUSTER}}})) > 0",
            width=6,
            height=4,
            empty="No layers: serve --agents",
            description="By agents, or by the registry process. Steady is good. Without layers the board of an image shows no largest layer, and "
            "nobody tells what images share.",
        ),
        Stat(
            title="How much memory does the exporter take?",
            query=f"max(process_resident_memory_bytes{{{EXPORTER}}})",
            unit="bytes",
            width=6,
            height=4,
            empty=NO_EXPORTER,
            description="Of the largest process. Below 100 MiB is good, also with 5,000 nodes and 100,000 series. More: see which family is "
            "large in the table above.",
        ),
        Stat(
            title="How much of a core does the exporter take?",
            query=f"max(rate(process_cpu_seconds_total{{{EXPORTER}}}[$__rate_interval]))",
            unit="percentunit",
            width=6,
            height=4,
            empty=NO_EXPORTER,
            description="Of the busiest process. Below 5 % is good; 500 Events a second take 1 %. More comes from scrapes of many series, or from a "
            "flood of Events: see `Which Events arrive?`.",
        ),
        TimeSeries(
            title="What do agents report?",
            query=[
                Target(f"60 * sum by (kind) (rate(pullwatch_agent_reports_total{{{CLUSTER}}}[$__rate_interval])) > 0", "{{kind}}"),
                Target(
                    f"60 * sum by (reason) (rate(pullwatch_agent_refusals_total{{{CLUSTER}}}[$__rate_interval])) > 0", "refused: {{reason}}"
                ),
            ],
            unit="cpm",
            interval=STEP,
            stacked=True,
            empty=NO_AGENT,
            description="Reports per minute that were taken, and what was refused. No refusals are good. Refused tokens: --agents-account and "
            "--agents-audience on both sides; another node: an agent that speaks for a node that is not its own.",
        ),
        TimeSeries(
            title="What do registries answer?",
            query=[
                Target(
                    f"60 * sum by (outcome) (rate(pullwatch_layer_requests_total{{{CLUSTER}}}[$__rate_interval])) > 0",
                    "layers: {{outcome}}",
                ),
                Target(
                    f"60 * sum by (host, outcome) (rate(pullwatch_registry_requests_total{{{CLUSTER}}}[$__rate_interval])) > 0",
                    "{{host}}: {{outcome}}",
                ),
            ],
            unit="cpm",
            interval=STEP,
            stacked=True,
            empty=NO_REGISTRY,
            description="Questions for layers per minute, and the registry process' own requests by host. Told and ok are good. unreachable: the "
            "process is not there; not_told: credentials, or a host that it may not ask.",
        ),
    ],
)

dashboard = Dashboard(
    uid="pullwatch-watcher",
    title="pullwatch / Watcher",
    description="Whether what pullwatch shows can be believed: is somebody watching, is everything heard, is there room.",
    variables=[
        DatasourceVariable(),
        QueryVariable(name="cluster", of=OF_CLUSTER, label="Cluster", series="pullwatch_build_info"),
    ],
    alerts=[
        AlertAnnotations(
            name="Alerts about the watcher",
            query=f"max by (alertname, severity, {OF_CLUSTER})"
            f' (ALERTS{{alertstate="firing", alertname=~"ImagePullExporterDown|ImagePullWatchStale|ImagePullEventsLost", {CLUSTER}}})',
            title=f"{{{{alertname}}}} {{{{{OF_CLUSTER}}}}}",
        ),
    ],
    rows=[does_somebody_watch, does_it_hear_everything, is_there_room, what_helpers_tell],
)

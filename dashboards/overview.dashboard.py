"""Overview: is it slow, where, which images, why? Alerts link here with the labels that they are about.

Counters and histograms know registries, or nodes, and no pods: only panels of single pulls follow the choice of a
namespace or an image. The headlines say what each row follows.
"""

from pullwatch.pack import mixin
from pullwatch.pack.grafana import (
    AlertAnnotations,
    Column,
    Dashboard,
    DatasourceVariable,
    Heatmap,
    Link,
    QueryVariable,
    Row,
    Stat,
    StateTimeline,
    Table,
    Target,
    TimeSeries,
)
from pullwatch.publish import metrics

config = mixin.config()
SLOW, STUCK, STALE = config["slowBaseSeconds"], config["stuckSeconds"], config["watchStaleSeconds"]
# A histogram knows shares at its edges only.
IN_TIME = max(edge for edge in metrics.PULL_BUCKETS if edge <= max(SLOW, metrics.PULL_BUCKETS[0]))
SLOW_STEPS = [(SLOW, "orange"), (STUCK, "red")]

# What the reader chose above the panels. The label of clusters is whatever the alerts go by.
OF_CLUSTER = config["clusterLabel"]
CLUSTER = f'{OF_CLUSTER}=~"$cluster"'
REGISTRY = f'{CLUSTER}, registry=~"$registry"'
NODE = f'{CLUSTER}, node=~"$node"'
PULL = f'{REGISTRY}, node=~"$node", namespace=~"$namespace", image=~"$image"'

# Pulls counted by registry and by node.
PULLS = f"pullwatch_pull_duration_seconds_count{{{REGISTRY}}}"
PULL_SECONDS = f"pullwatch_pull_duration_seconds_sum{{{REGISTRY}}}"
PULL_BUCKETS = f"pullwatch_pull_duration_seconds_bucket{{{REGISTRY}}}"
FELT = f"pullwatch_pull_including_wait_seconds_count{{{REGISTRY}}}"
FELT_BUCKETS = f"pullwatch_pull_including_wait_seconds_bucket{{{REGISTRY}}}"
FELT_IN_TIME = f'pullwatch_pull_including_wait_seconds_bucket{{{REGISTRY}, le="{IN_TIME}"}}'
WAITS = f"pullwatch_pull_wait_seconds_count{{{REGISTRY}}}"
WAIT_SECONDS = f"pullwatch_pull_wait_seconds_sum{{{REGISTRY}}}"
WAIT_BUCKETS = f"pullwatch_pull_wait_seconds_bucket{{{REGISTRY}}}"
FAILURES = f"pullwatch_pull_failures_total{{{REGISTRY}}}"
HITS = f"pullwatch_pull_cache_hits_total{{{REGISTRY}}}"
SIZED_BYTES = f"pullwatch_pull_image_bytes_total{{{REGISTRY}}}"
SIZED_SECONDS = f"pullwatch_pull_sized_seconds_total{{{REGISTRY}}}"
NODE_PULLS = f"sum by ({OF_CLUSTER}, node) (rate(pullwatch_node_pull_duration_seconds_count{{{NODE}}}[$__rate_interval]))"
NODE_SECONDS = f"sum by ({OF_CLUSTER}, node) (rate(pullwatch_node_pull_duration_seconds_sum{{{NODE}}}[$__rate_interval]))"
NODE_HITS = f"sum by ({OF_CLUSTER}, node) (rate(pullwatch_node_cache_hits_total{{{NODE}}}[$__rate_interval]))"
NODE_FAILURES = f"sum by ({OF_CLUSTER}, node) (rate(pullwatch_node_failures_total{{{NODE}}}[$__rate_interval]))"
NODE_LEGEND = f"{{{{node}}}} {{{{{OF_CLUSTER}}}}}"

# Single pulls. Two replicas show each one twice: max makes them one, as in the rules.
OVER_LIMIT = f"pod:pullwatch_pull_over_limit_seconds:max{{{PULL}}}"
WORKING = f"pod:pullwatch_pull_running_seconds:max{{{PULL}}}"
BY_PULL = f"by ({OF_CLUSTER}, namespace, pod, container, workload, node, image)"
ON_PULL = f"on ({OF_CLUSTER}, namespace, pod, container, node, image)"
ASKED = f"max {BY_PULL} (pullwatch_pull_running_start_timestamp_seconds{{{PULL}}})"
AHEAD = f"max {BY_PULL} (pullwatch_pull_running_ahead{{{PULL}}})"
PULLED = f"max {BY_PULL} (pullwatch_last_pull_duration_seconds{{{PULL}}})"
WAITED = f"max {BY_PULL} (pullwatch_last_pull_wait_seconds{{{PULL}}})"
# By what the pod felt; kubelets up to 1.25 tell no wait.
SLOWEST = f"topk(50, {PULLED} + {WAITED} or {ON_PULL} {PULLED})"
OF_SLOWEST = f"and {ON_PULL} {SLOWEST}"
# Names of what is there for pulls that run, that fail, and that ended in the last 15 minutes, one each.
SINGLE = (
    "pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds"
)

PULL_LABELS = {"image": "Image", "namespace": "Namespace", "workload": "Workload", "node": "Node", "pod": "Pod"}
HIDDEN_LABELS = [OF_CLUSTER, "container"]
THIS_IMAGE = {"Image": Link("Show this image alone", "pullwatch-overview", {"image": "__value.raw"})}

# What was not counted is no number: ratios leave out what would be 0 / 0, quantiles (> 0) likewise.
is_it_slow = Row(
    "Is it slow? (cluster, registry)",
    [
        Stat(
            title="How many pulls ended?",
            query=f"round(sum(increase({PULLS}[$__range])))",
            description="Pulls that moved bytes in the time range. Many at once are a rollout or new nodes; "
            "next to none is good and means that the caches hold. The tables below name them.",
        ),
        Stat(
            title="How many attempts failed?",
            query=f"round(sum(increase({FAILURES}[$__range])))",
            description="Attempts that ended in an error, each retry counted. A few heal by themselves and are fine. "
            "Where it grows, `What do attempts fail of?` names the reason.",
        ),
        Stat(
            title=f"Which share took over {IN_TIME:g} s?",
            query=f"1 - sum(increase({FELT_IN_TIME}[$__range])) / (sum(increase({FELT}[$__range])) > 0)",
            unit="percentunit",
            description=f"Share of pulls after which the pod had waited more than {IN_TIME:g} s, queue included, whatever the size of "
            "the image. A few percent are good, they are large images; for more, look below for the registry or the node.",
        ),
        Stat(
            title="How long do 9 of 10 pods wait at most?",
            query=f"histogram_quantile(0.9, sum by (le) (increase({FELT_BUCKETS}[$__range]))) > 0",
            unit="s",
            steps=SLOW_STEPS,
            description=f"From the kubelet's decision to pull until the image was there. Below {SLOW:g} s is good. "
            "Compare with `Do pulls wait for each other?`: the queue may be most of it.",
        ),
        Stat(
            title="How many pulls are over their limit?",
            query=f"sum({OVER_LIMIT} > bool 0)",
            steps=[(1, "orange")],
            empty="No pulls now",
            runbook="SlowImagePull",
            description=f"Pulls that run, or ended a moment ago, and took longer than {SLOW:g} s plus the time for the size of "
            "their image. 0 is good; follows all variables. The tables of pulls name them.",
        ),
        Stat(
            title="How many pulls are stuck?",
            query=f"sum({WORKING} > bool {STUCK:g})",
            steps=[(1, "red")],
            empty="No pulls run now",
            runbook="ImagePullStuck",
            description=f"Pulls that have been running for more than {STUCK:g} s since nothing was ahead of them. 0 is good; "
            "follows all variables. One that is stuck seldom ends by itself: go to its node with the runbook.",
        ),
        TimeSeries(
            title="How long do pulls take?",
            query=[
                Target(f"histogram_quantile(0.5, sum by (le) (rate({PULL_BUCKETS}[$__rate_interval]))) > 0", "half of the pulls, at most"),
                Target(f"histogram_quantile(0.9, sum by (le) (rate({PULL_BUCKETS}[$__rate_interval]))) > 0", "9 of 10 pulls, at most"),
            ],
            unit="s",
            steps=SLOW_STEPS,
            description="The runtime's own time, without the kubelet's queue. Flat and below the first line is good. Values between "
            "the edges of the histogram are estimates. Where it rises, the next row tells registry from node.",
        ),
        Heatmap(
            title="How are the durations spread?",
            query=f"sum by (le) (increase({PULL_BUCKETS}[$__rate_interval]))",
            unit="s",
            description="Pulls by duration. One low band is good. A second band far above is one slow registry or one large image: "
            "choose a registry above to see which.",
        ),
        TimeSeries(
            title="How many pulls end, and how?",
            query=[
                Target(f"60 * sum(rate({PULLS}[$__rate_interval]))", "pulled"),
                Target(f"60 * sum(rate({FAILURES}[$__rate_interval]))", "failed"),
            ],
            unit="cpm",
            stacked=True,
            description="Per minute. No failures are good; peaks are rollouts or new nodes. Failures that come with each peak point at "
            "a rate limit: see the next graph.",
        ),
        TimeSeries(
            title="What do attempts fail of?",
            query=f"60 * sum by (reason) (rate({FAILURES}[$__rate_interval])) > 0",
            legend="{{reason}}",
            unit="cpm",
            stacked=True,
            empty="No failures in this range",
            description="Failed attempts per minute by cause. Empty is good. not_found is a typo or a deleted tag, auth a missing or "
            "expired secret, rate_limited asks for a mirror or credentials.",
        ),
    ],
)

where = Row(
    "Where is it slow? (cluster, registry or node)",
    [
        TimeSeries(
            title="Which registry is slow?",
            query=f"sum by (registry) (rate({PULL_SECONDS}[$__rate_interval])) / (sum by (registry) (rate({PULLS}[$__rate_interval])) > 0)",
            legend="{{registry}}",
            unit="s",
            steps=SLOW_STEPS,
            description="Mean time of a pull. Lines that lie together are good. One far above has large images or is slow: the next "
            "graph tells which.",
        ),
        TimeSeries(
            title="How fast do registries serve images?",
            query=f"sum by (registry) (rate({SIZED_BYTES}[$__rate_interval]))"
            f" / (sum by (registry) (rate({SIZED_SECONDS}[$__rate_interval])) > 0)",
            legend="{{registry}}",
            unit="Bps",
            base="red",
            steps=[(config["expectedBytesPerSecond"], "green")],
            description="Bytes of an image per second of its pull, unpacking included: an upper bound, as nodes may hold some layers. "
            "Above the line is good: the limits of the alerts count with it. All registries low at once points at the nodes' "
            "disks or network, one of them at the way to it.",
        ),
        TimeSeries(
            title="Which nodes are slow?",
            query=f"topk(10, {NODE_SECONDS} / ({NODE_PULLS} > 0))",
            legend=NODE_LEGEND,
            unit="s",
            steps=SLOW_STEPS,
            description="Mean time of a pull on the ten slowest nodes. Nodes that lie together are good. One far above has a busy disk "
            "or a bad network: cordon it, and see whether pulls elsewhere are faster.",
        ),
        TimeSeries(
            title="Which nodes fail most?",
            query=f"topk(10, 60 * {NODE_FAILURES} > 0)",
            legend=NODE_LEGEND,
            unit="cpm",
            empty="No failures in this range",
            description="Failed attempts per minute on the ten worst nodes. Empty is good. All nodes alike: registry or image. "
            "One alone: its disk, DNS or credentials.",
        ),
    ],
)

which_images = Row(
    "Which images? (all variables)",
    [
        Table(
            title="Which pulls run now?",
            labels=PULL_LABELS,
            hidden=HIDDEN_LABELS,
            columns=[
                Column("Asked ago", f"time() - {ASKED}", unit="s"),
                Column("Ahead of it", AHEAD),
                Column("Works for", f"max {BY_PULL} ({WORKING})", unit="s", steps=[(STUCK, "red")]),
                Column("Limit", f"max {BY_PULL} ({WORKING} - {OVER_LIMIT})", unit="s"),
                Column("Over limit", f"max {BY_PULL} ({OVER_LIMIT}) > 0 and {ON_PULL} {ASKED}", unit="s", steps=[(0, "orange")]),
            ],
            sort_by="Asked ago",
            links=THIS_IMAGE,
            empty="No pulls run now",
            runbook="ImagePullStuck",
            description="Few rows, none over its limit, are good. A pull works once nothing is ahead of it on its node, and waits "
            f"until then. Over its limit it is slow for its size; after {STUCK:g} s of work it is stuck: follow the runbook.",
        ),
        Table(
            title="Which were the slowest of the last pulls?",
            labels=PULL_LABELS,
            hidden=HIDDEN_LABELS,
            columns=[
                Column("Total", SLOWEST, unit="s"),
                Column("Wait", f"{WAITED} {OF_SLOWEST}", unit="s"),
                Column("Pull", f"{PULLED} {OF_SLOWEST}", unit="s", steps=SLOW_STEPS),
                Column("Size", f"max {BY_PULL} (pullwatch_last_pull_image_bytes{{{PULL}}}) {OF_SLOWEST}", unit="decbytes"),
                Column("Ended ago", f"time() - max {BY_PULL} (pullwatch_last_pull_end_timestamp_seconds{{{PULL}}}) {OF_SLOWEST}", unit="s"),
            ],
            sort_by="Total",
            links=THIS_IMAGE,
            empty="No pulls of 10 s or more in the last 15 minutes",
            runbook="SlowImagePull",
            description="Pulls of 10 s or more that ended in the last 15 minutes, those that the pod felt most first. None is good. Large and slow: a "
            "smaller image, or pulling ahead. Small and slow: registry or node. Long wait, short pull: it stood behind another.",
        ),
        Table(
            title="What fails to be pulled, and why?",
            labels=PULL_LABELS | {"reason": "Reason"},
            hidden=HIDDEN_LABELS,
            columns=[
                Column(
                    "Fails for",
                    f"time() - min by ({OF_CLUSTER}, namespace, pod, container, workload, node, image, reason)"
                    f" (pullwatch_pull_failing_start_timestamp_seconds{{{PULL}}})",
                    unit="s",
                ),
            ],
            sort_by="Fails for",
            links=THIS_IMAGE,
            empty="Nothing fails now",
            description="Containers that fail to get their image now, with the newest reason. None is good. not_found: correct the tag. "
            "auth: look at imagePullSecrets. rate_limited: log in, or pull through a mirror.",
        ),
        StateTimeline(
            title="When was which image too slow?",
            query=f"max by (image) ({OVER_LIMIT} > bool 0)",
            legend="{{image}}",
            states={0: ("within its limit", "green"), 1: ("over its limit", "orange")},
            runbook="SlowImagePull",
            description="Each image while it was pulled, and for 10 minutes after. Green is good. One image in orange again and again "
            "is worth a smaller base or a mirror; all at the same time is the registry.",
        ),
        TimeSeries(
            title="For which images do most pods wait?",
            query=f"topk(10, sum by (image) (max by ({OF_CLUSTER}, namespace, image)"
            f' (pullwatch_pending_pods{{{REGISTRY}, namespace=~"$namespace", image=~"$image"}})))',
            legend="{{image}}",
            empty="No pods wait in this range",
            description="Pods that cannot start before their image is there. Short peaks are rollouts, and good. A plateau is a pull that "
            "hangs or fails: look for the image in the tables above.",
        ),
    ],
)

would_a_remedy_pay = Row(
    "Why, and would a remedy pay? (cluster, registry or node)",
    [
        TimeSeries(
            title="Do pulls wait for each other?",
            query=[
                Target(f"histogram_quantile(0.9, sum by (le) (rate({WAIT_BUCKETS}[$__rate_interval]))) > 0", "9 of 10 waits, at most"),
                Target(f"sum(rate({WAIT_SECONDS}[$__rate_interval])) / (sum(rate({WAITS}[$__rate_interval])) > 0)", "mean wait"),
            ],
            unit="s",
            description="Time in the kubelet's queue before the runtime is asked. Near 0 is good. Long waits beside short pulls say that "
            "the kubelet pulls one image at a time: `serializeImagePulls: false` with `maxParallelImagePulls` helps.",
        ),
        TimeSeries(
            title="On which nodes do pulls wait in the queue?",
            query=f"topk(10, count by ({OF_CLUSTER}, node) ({AHEAD} > 0))",
            legend=NODE_LEGEND,
            empty="No pulls waited in this range",
            description="Pulls that others are ahead of, on the ten worst nodes; follows all variables. Empty is good. A node that "
            "stays here has one pull that blocks it: the table of running pulls names it.",
        ),
        TimeSeries(
            title="How often was the image already there?",
            query=[
                Target(f"60 * sum by (kind) (rate({HITS}[$__rate_interval]))", "{{kind}}"),
                Target(f"60 * sum(rate({PULLS}[$__rate_interval]))", "pulled"),
            ],
            unit="cpm",
            stacked=True,
            description="Containers per minute by where their image came from. Mostly present is good. Much pulled of the same images "
            "says that nodes come and go or clean up too early; revalidated asks the registry each time, as policy Always does.",
        ),
        TimeSeries(
            title="Which nodes seldom have the image?",
            query=f"bottomk(10, {NODE_HITS} / ({NODE_HITS} + {NODE_PULLS} > 0))",
            legend=NODE_LEGEND,
            unit="percentunit",
            empty="No containers started in this range",
            description="Share of containers whose image was on the node, the ten lowest. Near 100 % is good. New nodes are low for a "
            "while; one that stays low loses its images: look at its disk and at the kubelet's image garbage collection.",
        ),
    ],
)

can_it_be_believed = Row(
    "Can this board be believed? (cluster)",
    [
        Stat(
            title="How long ago was the cluster heard?",
            query=f"max by ({OF_CLUSTER}, resource) (time() - pullwatch_watch_last_contact_timestamp_seconds{{{CLUSTER}}})",
            legend=f"{{{{resource}}}} {{{{{OF_CLUSTER}}}}}",
            unit="s",
            steps=[(STALE, "red")],
            width=8,
            height=8,
            empty="No exporter",
            runbook="ImagePullWatchStale",
            description=f"Per watch. Up to 5 minutes is a quiet cluster and good; above {STALE:g} s nothing on this board is new. "
            "No exporter at all: see the runbook of ImagePullExporterDown.",
        ),
        TimeSeries(
            title="How late do Events arrive?",
            query=f"histogram_quantile(0.99, sum by (le) (rate(pullwatch_event_lag_seconds_bucket{{{CLUSTER}}}[$__rate_interval]))) > 0",
            legend="99 of 100, at most",
            unit="s",
            width=8,
            empty="No Events in this range",
            description="From an Event's stamp to its arrival. Stamps are whole seconds, so 1 to 2 s are good. More means a slow API "
            "server or clocks that differ; the age of running pulls is then off by as much.",
        ),
        TimeSeries(
            title="What was not seen or understood?",
            query=[
                Target(f"sum(increase(pullwatch_unseen_pulls_total{{{CLUSTER}}}[$__rate_interval]))", "containers started untold"),
                Target(f"sum(increase(pullwatch_events_unparsed_total{{{CLUSTER}}}[$__rate_interval]))", "texts in no known form"),
                Target(f"sum(increase(pullwatch_events_rejected_total{{{CLUSTER}}}[$__rate_interval]))", "Events that contradict"),
                Target(f"sum(increase(pullwatch_watch_restarts_total{{{CLUSTER}}}[$__rate_interval]))", "watches begun again"),
                Target(f"sum(increase(pullwatch_series_dropped_total{{{CLUSTER}}}[$__rate_interval]))", "series without room"),
            ],
            width=8,
            stacked=True,
            empty="No exporter in this range",
            description="Zero is good, but for a watch that begins again now and then. What is counted here is in no other panel: pulls "
            "may be missing above. Series without room say that a cap was reached: see pullwatch_series by family.",
        ),
    ],
)

dashboard = Dashboard(
    uid="pullwatch-overview",
    title="pullwatch / Overview",
    description="Image pulls: is it slow, where, which images, and why.",
    variables=[
        DatasourceVariable(),
        QueryVariable(name="cluster", of=OF_CLUSTER, label="Cluster", series="pullwatch_build_info"),
        QueryVariable(name="registry", label="Registry", series=f'{{__name__=~"pullwatch_pull_wait_seconds_count|{SINGLE}", {CLUSTER}}}'),
        QueryVariable(name="node", label="Node", series=f'{{__name__=~"pullwatch_node_info|{SINGLE}", {CLUSTER}}}'),
        QueryVariable(name="namespace", label="Namespace", series=f'{{__name__=~"{SINGLE}", {REGISTRY}}}'),
        QueryVariable(name="image", label="Image", series=f'{{__name__=~"{SINGLE}", {REGISTRY}, namespace=~"$namespace"}}'),
    ],
    alerts=[
        AlertAnnotations(
            name="Alerts",
            # The empty alternative keeps alerts about the watcher, which have neither namespace nor image.
            query=f"max by (alertname, severity, {OF_CLUSTER}, namespace, image)"
            f' (ALERTS{{alertstate="firing", alertname=~".*ImagePull.*", {CLUSTER}, namespace=~"$namespace|", image=~"$image|"}})',
            title="{{alertname}} {{namespace}} {{image}}",
        ),
    ],
    rows=[is_it_slow, where, which_images, would_a_remedy_pay, can_it_be_believed],
)

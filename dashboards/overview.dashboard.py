"""Overview: whether pulls are slow, how they end, which registry and which images it is, and what runs or fails now.

What is counted over time reads what alerts/boards.libsonnet records: counters know registries and no pods, so that these panels
follow the choice of clusters and registries alone. What is of now follows all variables. The other boards, to which values
link, tell the rest: one image, nodes beside each other, and whether the watcher can be believed.
"""

from pullwatch.pack import mixin
from pullwatch.pack.grafana import (
    AlertAnnotations,
    BarGauge,
    Column,
    Dashboard,
    DatasourceVariable,
    Heatmap,
    Link,
    Page,
    QueryVariable,
    Quotient,
    Row,
    Stat,
    StateTimeline,
    Table,
    Target,
    TimeSeries,
)

config = mixin.config()
SLOW, STUCK, STALE = config["slowBaseSeconds"], config["stuckSeconds"], config["watchStaleSeconds"]
SLOW_STEPS = [(SLOW, "orange"), (STUCK, "red")]
# A histogram knows shares at its edges only; this one is whole seconds, and the one that alerts about registries take.
EDGE = config["wideEdgeSeconds"]

# What the reader chose above the panels. The label of clusters is whatever the alerts go by.
OF_CLUSTER = config["clusterLabel"]
CLUSTER = f'{OF_CLUSTER}=~"$cluster"'
REGISTRY = f'{CLUSTER}, registry=~"$registry"'
PULL = f'{REGISTRY}, node=~"$node", namespace=~"$namespace", image=~"$image"'

# What is recorded every five minutes, summed over a step of a graph, or over the whole range for one number.
STEP = "5m"
TAKEN, FELT = "pull_duration_seconds_bucket", "pull_including_wait_seconds_bucket"
ALL_PULLS = f'{REGISTRY}, le="+Inf"'
IN_TIME = f'{REGISTRY}, le="{EDGE}.0"'


def in_step(record: str, by: str = "", of: str = REGISTRY) -> str:
    """Return what happened in each step of a graph."""
    return f"sum by ({by}) (sum_over_time(registry:pullwatch_{record}:increase5m{{{of}}}[$__interval]))"


def in_range(record: str, by: str = "", of: str = REGISTRY) -> str:
    """Return what happened in the time range."""
    return f"sum by ({by}) (sum_over_time(registry:pullwatch_{record}:increase5m{{{of}}}[$__range]))"


# What is recorded every hour. The worst are those by the runtime's time: who waits is seldom who holds others up.
BY_REPOSITORY, ON_REPOSITORY = f"by ({OF_CLUSTER}, registry, repository)", f"on ({OF_CLUSTER}, registry, repository)"


def of_repositories(record: str) -> str:
    """Return what each repository's pulls came to in the whole hours of the time range."""
    return f"sum {BY_REPOSITORY} (sum_over_time(repository:pullwatch_{record}:increase1h{{{REGISTRY}}}[$__range]))"


WORST = f"topk(25, {of_repositories('pull_seconds')})"
OF_WORST = f"and {ON_REPOSITORY} {WORST}"

# Single pulls. Two replicas show each one twice: max makes them one, as in the rules.
OVER_LIMIT = f"pod:pullwatch_pull_over_limit_seconds:max{{{PULL}}}"
WORKING = f"pod:pullwatch_pull_running_seconds:max{{{PULL}}}"
BY_PULL = f"by ({OF_CLUSTER}, namespace, pod, container, workload, node, image)"
ON_PULL = f"on ({OF_CLUSTER}, namespace, pod, container, node, image)"
ASKED = f"max {BY_PULL} (pullwatch_pull_running_start_timestamp_seconds{{{PULL}}})"
AHEAD = f"max {BY_PULL} (pullwatch_pull_running_ahead{{{PULL}}})"
FAILING = f"pullwatch_pull_failing_start_timestamp_seconds{{{PULL}}}"
PENDING = f'pullwatch_pending_pods{{{REGISTRY}, namespace=~"$namespace", image=~"$image"}}'
PULLED = f"max {BY_PULL} (pullwatch_last_pull_duration_seconds{{{PULL}}})"
WAITED = f"max {BY_PULL} (pullwatch_last_pull_wait_seconds{{{PULL}}})"
# By what the pod felt; kubelets up to 1.25 tell no wait.
SLOWEST = f"topk(50, {PULLED} + {WAITED} or {ON_PULL} {PULLED})"
OF_SLOWEST = f"and {ON_PULL} {SLOWEST}"
# Names of what is there for pulls that run, that fail, and that ended in the last 15 minutes, one each.
SINGLE = (
    "pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds"
)

# The empty alternatives keep alerts about a node, a registry or the watcher, which lack the other labels.
FIRING = (
    f'ALERTS{{alertstate="firing", alertname=~".*ImagePull.*", severity!="none", {CLUSTER}, registry=~"$registry|", node=~"$node|",'
    ' namespace=~"$namespace|", image=~"$image|"'
)


def firing(severity: str) -> str:
    """Return 1 for each alert of a severity that fires."""
    return f'max by (alertname) ({FIRING}, severity=~"{severity}"}})'


COVERED = f"cluster:pullwatch_runtime_pulls_seen:increase5m{{{CLUSTER}}}"
COUNTED = f"cluster:pullwatch_runtime_pulls:increase5m{{{CLUSTER}}}"

PULL_LABELS = {"image": "Image", "namespace": "Namespace", "workload": "Workload", "node": "Node", "pod": "Pod"}
# Pixels: an image is the longest of names, and no number needs the 150 that a column takes by itself.
WIDTHS = {"Image": 330, "Namespace": 115, "Node": 110}
NUMBER = 116
HIDDEN_LABELS = [OF_CLUSTER, "container"]
TO_IMAGE = Link("Show this image", "pullwatch-image", {"image": "__value.raw"})
TO_NODE = Link("Show this node", "pullwatch-node-registry", {"node": "__value.raw"})
TO_REGISTRY = Link("Show this registry", "pullwatch-node-registry", {"registry": "__field.labels.registry"})
OF_PULL = {"Image": TO_IMAGE, "Node": TO_NODE}
TO_WATCHER = Link("Show the watcher", "pullwatch-watcher", {})

is_it_slow = Row(
    "Is it slow? (in the time range: cluster, registry; now: all variables)",
    [
        Stat(
            title="How many pulls ended?",
            query=f"round({in_range(TAKEN, of=ALL_PULLS)})",
            width=6,
            height=4,
            description="Pulls that moved bytes in the time range. Many at once are a rollout or new nodes; "
            "next to none is good and means that the caches hold. The tables below name them.",
        ),
        Stat(
            title="How many attempts failed?",
            query=f"round({in_range('pull_failures')})",
            width=6,
            height=4,
            empty="No failures in this range",
            description="Attempts that ended in an error, each retry counted. A few heal by themselves and are fine. "
            "Where it grows, `What do attempts fail of?` names the reason.",
        ),
        Stat(
            title=f"Which share of pulls took over {EDGE} s?",
            query=f"1 - {in_range(FELT, of=IN_TIME)} / {in_range(FELT, of=ALL_PULLS)}",
            unit="percentunit",
            steps=[(config["wideShare"], "red")],
            width=6,
            height=4,
            description=f"Share of pulls after which the pod had waited more than {EDGE} s, queue included, whatever the size of "
            "the image. A few percent are good, they are large images; for more, look below for the registry or the node.",
        ),
        Stat(
            title="How long do 9 of 10 pods wait at most?",
            query=f"histogram_quantile(0.9, {in_range(FELT, 'le')})",
            unit="s",
            steps=SLOW_STEPS,
            width=6,
            height=4,
            description=f"From the kubelet's decision to pull until the image was there. Below {SLOW} s is good. "
            "Compare with `Do pods wait for pulls, or in a queue?`: the queue may be most of it.",
        ),
        Stat(
            title="How many pulls are over their limit?",
            query=f"sum({OVER_LIMIT} > bool 0)",
            steps=[(1, "orange")],
            width=6,
            height=4,
            empty="No pulls now",
            runbook="SlowImagePull",
            description=f"Pulls that run, or ended a moment ago, and took longer than {SLOW} s plus the time for the size of "
            "their image. 0 is good; follows all variables. The tables of pulls name them.",
        ),
        Stat(
            title="How many pulls are stuck?",
            query=f"sum({WORKING} > bool {STUCK})",
            steps=[(1, "red")],
            width=6,
            height=4,
            empty="No pulls run now",
            runbook="ImagePullStuck",
            description=f"Pulls that have been running for more than {STUCK} s since nothing was ahead of them. 0 is good; "
            "follows all variables. One that is stuck seldom ends by itself: go to its node with the runbook.",
        ),
        Stat(
            title="How many containers fail to pull?",
            query=f"count(max {BY_PULL} ({FAILING}))",
            steps=[(1, "orange")],
            width=6,
            height=4,
            empty="Nothing fails now",
            runbook="ImagePullFailing",
            description="Containers that cannot start because an attempt failed and none has succeeded since. None is good; follows all "
            "variables. `What fails to be pulled, and why?` names each with its reason.",
        ),
        Stat(
            title="How many pods wait for an image?",
            query=f"sum(max by ({OF_CLUSTER}, namespace, image) ({PENDING}))",
            width=6,
            height=4,
            empty="No pods wait now",
            description="Pods that cannot start before their image is there. Few are good, and many for a minute are a rollout. "
            "Where it stays up, the bars below name the images.",
        ),
        TimeSeries(
            title="How long do pulls take?",
            query=[
                Target(f"histogram_quantile(0.5, {in_step(TAKEN, 'le')})", "half of the pulls, at most"),
                Target(f"histogram_quantile(0.9, {in_step(TAKEN, 'le')})", "9 of 10 pulls, at most"),
            ],
            unit="s",
            interval=STEP,
            steps=SLOW_STEPS,
            description="The runtime's own time, without the kubelet's queue. Flat and below the first line is good. Values between "
            "the edges of the histogram are estimates. Where it rises, `Which registry is slow?` goes on.",
        ),
        Heatmap(
            title="How are the durations spread?",
            query=f"round({in_step(TAKEN, 'le')})",
            unit="s",
            interval=STEP,
            description="Pulls by duration. One low band is good. A second band far above is one slow registry or one large image: "
            "choose a registry above to see which.",
        ),
        StateTimeline(
            title="Which alerts fired, and when?",
            query=f"3 * {firing('critical')} or on (alertname) 2 * {firing('warning')} or on (alertname) {firing('.*')}",
            legend="{{alertname}}",
            states={1: ("info", "blue"), 2: ("warning", "orange"), 3: ("critical", "red")},
            width=24,
            empty="No alert fires in this range",
            description="Alerts about image pulls that fire for what is chosen above. Empty is good. A bar that has just begun beside one "
            "that lasts is often its effect: begin with the longest, and follow its runbook.",
        ),
    ],
)

what_happens = Row(
    "How do pulls end, and what do they spend their time on? (cluster, registry)",
    [
        TimeSeries(
            title="How do containers get their images?",
            query=[
                Target(f"round({in_step('pull_cache_hits', 'kind')})", "{{kind}}"),
                Target(f"round({in_step(TAKEN, of=ALL_PULLS)})", "pulled"),
                Target(f"round({in_step('pull_failures')})", "failed"),
            ],
            interval=STEP,
            stacked=True,
            colors={"present": "green", "revalidated": "semi-dark-green", "pulled": "blue", "failed": "red"},
            description="Containers by where their image came from, and attempts that failed. Mostly present is good. Much pulled says that "
            "nodes come and go or clean up too early; revalidated asks the registry each time, as policy Always does.",
        ),
        TimeSeries(
            title="What do attempts fail of?",
            query=f"round({in_step('pull_failures', 'reason')})",
            legend="{{reason}}",
            interval=STEP,
            stacked=True,
            empty="No failures in this range",
            runbook="ImagePullFailing",
            description="Failed attempts by cause, retries counted. Empty is good. not_found is a typo or a deleted tag, auth a missing or "
            "expired secret, rate_limited asks for a mirror or credentials.",
        ),
        TimeSeries(
            title="Do pods wait for pulls, or in a queue?",
            query=[
                Target(in_step("pull_duration_seconds_sum"), "pulling"),
                Target(in_step("pull_wait_seconds_sum"), "waiting in the kubelet's queue"),
            ],
            unit="s",
            interval=STEP,
            stacked=True,
            colors={"pulling": "blue", "waiting in the kubelet's queue": "orange"},
            runbook="ImagePullQueueing",
            description="Seconds of all pods together. Little waiting beside pulling is good. Much of it says that the kubelet pulls one "
            "image at a time: `serializeImagePulls: false` with `maxParallelImagePulls` helps.",
        ),
        TimeSeries(
            title="How much was going on, and was anything held up?",
            query=[
                Target(f"sum(registry:pullwatch_pulls_running:count{{{REGISTRY}}})", "running"),
                Target(f"sum(registry:pullwatch_pulls_waiting:count{{{REGISTRY}}})", "of these behind another"),
                Target(f"sum(registry:pullwatch_pulls_over_limit:count{{{REGISTRY}}})", "over their limit"),
                Target(f"sum(registry:pullwatch_pulls_failing:count{{{REGISTRY}}})", "containers that fail"),
                Target(f"sum(registry:pullwatch_pods_pending:sum{{{REGISTRY}}})", "pods that wait"),
            ],
            colors={
                "running": "blue",
                "of these behind another": "purple",
                "over their limit": "orange",
                "containers that fail": "red",
                "pods that wait": "yellow",
            },
            description="At each moment. Peaks of running that end within minutes are rollouts, and good. What stays up over its limit "
            "or failing is named in the tables below; pods that wait without running pulls wait for a retry.",
        ),
    ],
)

which = Row(
    "Which registry, which images? (cluster, registry)",
    [
        TimeSeries(
            title="Which registry is slow?",
            query=f"{in_step('pull_duration_seconds_sum', 'registry')} / {in_step(TAKEN, 'registry', ALL_PULLS)}",
            legend="{{registry}}",
            unit="s",
            interval=STEP,
            steps=SLOW_STEPS,
            width=8,
            leads_to=[TO_REGISTRY],
            runbook="SlowImagePullsFromRegistry",
            description="Mean time of a pull. Lines that lie together are good. One far above has large images or is slow: the next "
            "graph tells which, and a click shows it beside the others.",
        ),
        TimeSeries(
            title="How fast do registries serve images?",
            query=f"{in_step('pull_image_bytes', 'registry')} / {in_step('pull_sized_seconds', 'registry')}",
            legend="{{registry}}",
            unit="Bps",
            interval=STEP,
            base="red",
            steps=[(config["expectedBytesPerSecond"], "green")],
            width=8,
            leads_to=[TO_REGISTRY],
            empty="No pulls of known size in this range",
            runbook="ImagePullThroughputLow",
            description="Bytes of an image per second of its pull, unpacking included: an upper bound, as nodes may hold some layers. "
            "Above the line is good: the limits of the alerts count with it. All registries low at once points at the nodes' "
            "disks or network, one of them at the way to it.",
        ),
        BarGauge(
            title="For which images do most pods wait now?",
            query=f"sort_desc(topk(8, sum by (image) (max by ({OF_CLUSTER}, namespace, image) ({PENDING}))))",
            legend="{{image}}",
            width=8,
            leads_to=[Link("Show this image", "pullwatch-image", {"image": "__field.labels.image"})],
            empty="No pods wait now",
            description="Pods that cannot start before their image is there; follows namespace and image. None is good, a minute of many "
            "is a rollout. One that stays is a pull that hangs or fails: look for the image in the tables below.",
        ),
        Table(
            title="Which images cost pods most time?",
            labels={"registry": "Registry", "repository": "Repository"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Pods waited", f"{WORST} + {ON_REPOSITORY} {of_repositories('wait_seconds')} or {ON_REPOSITORY} {WORST}", unit="s"),
                Column("In queues", f"{of_repositories('wait_seconds')} {OF_WORST}", unit="s"),
                Column("Pulling", WORST, unit="s"),
                Column("Pulls", f"round({of_repositories('pulls')} {OF_WORST})"),
                Column("Bytes", f"{of_repositories('image_bytes')} {OF_WORST}", unit="decbytes"),
            ],
            quotients=[Quotient("Mean pull", of="Pulling", by="Pulls", unit="s", steps=SLOW_STEPS)],
            sort_by="Pods waited",
            widths={"Repository": 320},
            height=9,
            links={
                "Repository": Link(
                    "Show images of this repository", "pullwatch-image", {"registry": "__data.fields.Registry", "repository": "__value.raw"}
                )
            },
            empty="No pulls in the whole hours of this range",
            description="The 25 repositories whose pulls took longest together, of the whole hours in the time range. Short times are "
            "good. Many pulls at a low mean: keep the image on the nodes, or mirror it. Few at a high one: make it smaller.",
        ),
    ],
)

now = Row(
    "What runs, ends and fails now? (all variables)",
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
            widths=WIDTHS | dict.fromkeys(("Asked ago", "Ahead of it", "Works for", "Limit", "Over limit"), NUMBER),
            links=OF_PULL,
            empty="No pulls run now",
            runbook="ImagePullStuck",
            description="Few rows, none over its limit, are good. A pull works once nothing is ahead of it on its node, and waits "
            f"until then. Over its limit it is slow for its size; after {STUCK} s of work it is stuck: follow the runbook.",
        ),
        Table(
            title="What fails to be pulled, and why?",
            labels=PULL_LABELS | {"reason": "Reason"},
            hidden=HIDDEN_LABELS,
            columns=[
                Column(
                    "Fails for",
                    f"time() - min by ({OF_CLUSTER}, namespace, pod, container, workload, node, image, reason) ({FAILING})",
                    unit="s",
                    steps=[(config["failingSeconds"], "orange")],
                ),
            ],
            sort_by="Fails for",
            widths=WIDTHS | dict.fromkeys(("Reason", "Fails for"), NUMBER),
            links=OF_PULL | {"Reason": Page("What to do about it", "reasons")},
            empty="Nothing fails now",
            runbook="ImagePullFailing",
            description="Containers that fail to get their image now, with the newest reason. None is good. not_found: correct the tag. "
            "auth: look at imagePullSecrets. rate_limited: log in, or pull through a mirror.",
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
            widths=WIDTHS | dict.fromkeys(("Total", "Wait", "Pull", "Size", "Ended ago"), NUMBER),
            links=OF_PULL,
            empty="No pulls of 10 s or more in the last 15 minutes",
            runbook="SlowImagePull",
            description="Pulls of 10 s or more that ended in the last 15 minutes, those that the pod felt most first. None is good. "
            "Large and slow: a smaller image, or pulling ahead. Small and slow: registry or node. Long wait, short pull: it stood behind another.",
        ),
    ],
)

can_it_be_believed = Row(
    "Can this board be believed? (cluster)",
    [
        Stat(
            title="How long ago was the cluster heard?",
            query=f"max(time() - max by ({OF_CLUSTER}, resource) (pullwatch_watch_last_contact_timestamp_seconds{{{CLUSTER}}}))",
            unit="s",
            steps=[(STALE, "red")],
            width=8,
            height=4,
            leads_to=[TO_WATCHER],
            empty="No exporter",
            nothing="red",
            runbook="ImagePullWatchStale",
            description=f"Of the watch that has been silent longest. Up to 5 minutes is a quiet cluster and good; above {STALE} s nothing "
            "on this board is new. No exporter at all: see the runbook of ImagePullExporterDown.",
        ),
        Stat(
            title="Of how many containers is it unknown how their image came?",
            query=f"round(sum(sum_over_time(cluster:pullwatch_unseen_pulls:increase5m{{{CLUSTER}}}[$__range])))",
            width=8,
            height=4,
            leads_to=[TO_WATCHER],
            empty="No exporter in this range",
            runbook="ImagePullEventsLost",
            description="Containers that started without any Event telling of their image. 0 is good, a few are pods of many containers. "
            "What is counted here is in no other panel: the watcher's board goes on.",
        ),
        Stat(
            title="Which share of the kubelets' pulls was told?",
            query=f"sum(sum_over_time({COVERED}[$__range])) / (sum(sum_over_time({COUNTED}[$__range])) > 0)",
            unit="percentunit",
            base="red",
            steps=[(config["eventsToldRatio"], "green")],
            width=8,
            height=4,
            leads_to=[TO_WATCHER],
            empty="No kubelet is read",
            runbook="ImagePullEventsLost",
            description="Pulls that Events told of, of those that kubelets counted. Near 100 % is good; a kubelet counts each credential that "
            "it tries, so that less may be complete. Low: the watcher's board names the nodes. Kubelets are read with serve --kubelet-metrics.",
        ),
    ],
)

dashboard = Dashboard(
    uid="pullwatch-overview",
    title="pullwatch / Overview",
    description="Image pulls: is it slow, how do they end, which registry and images, and what runs now.",
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
            # One for all images, or nothing of the graphs would be seen below a hundred of them.
            query=f'max by (alertname, severity, {OF_CLUSTER}) ({FIRING}, severity!="info"}})',
            title=f"{{{{alertname}}}} {{{{{OF_CLUSTER}}}}}",
        ),
    ],
    rows=[is_it_slow, what_happens, which, now, can_it_be_believed],
)

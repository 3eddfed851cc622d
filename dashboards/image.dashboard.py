"""Image: is this one slow, where, what is it made of, who waits for it? Alerts about an image link here.

Single pulls know their image. Counters and histograms know its repository alone, and no tag, pod or node: the headlines say which
panels are about which. What is heavy over weeks is looked at each ten minutes, in which no pull is missed.
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
SLOW, STUCK, FAILING = config["slowBaseSeconds"], config["stuckSeconds"], config["failingSeconds"]
EXPECTED, ASSUMED_LIMIT = config["expectedBytesPerSecond"], config["assumedLimitSeconds"]

# What the reader chose above the panels. An image has one registry and one repository, which follow from it.
OF_CLUSTER = config["clusterLabel"]
CLUSTER = f'{OF_CLUSTER}=~"$cluster"'
LISTED = f'{CLUSTER}, registry=~"$registry", repository=~"$repository"'
IMAGE = f'{CLUSTER}, image="$image"'
PULL = f'{IMAGE}, namespace=~"$namespace", node=~"$node"'
REPOSITORY = f'{CLUSTER}, registry="$its_registry", repository="$its_repository"'

# Pulls of its repository, of all tags and digests together.
PULLS = f"pullwatch_pull_duration_seconds_count{{{REPOSITORY}}}"
PULL_BUCKETS = f"sum by (le) (rate(pullwatch_pull_duration_seconds_bucket{{{REPOSITORY}}}[$__rate_interval]))"
WAITS = f"pullwatch_pull_wait_seconds_count{{{REPOSITORY}}}"
WAIT_SECONDS = f"pullwatch_pull_wait_seconds_sum{{{REPOSITORY}}}"
WAIT_BUCKETS = f"sum by (le) (rate(pullwatch_pull_wait_seconds_bucket{{{REPOSITORY}}}[$__rate_interval]))"
HITS = f"pullwatch_pull_cache_hits_total{{{REPOSITORY}}}"
SIZED_BYTES = f'pullwatch_pull_image_bytes_total{{{REPOSITORY}, size_kind="compressed"}}'
SIZED_SECONDS = f'pullwatch_pull_sized_seconds_total{{{REPOSITORY}, size_kind="compressed"}}'

# Single pulls of the image. Two replicas show each one twice: max makes them one, as in the rules.
BY_PULL = f"by ({OF_CLUSTER}, namespace, pod, container, workload, node)"
ON_PULL = f"on ({OF_CLUSTER}, namespace, pod, container, node)"
STARTED = f"max {BY_PULL} (pullwatch_pull_running_start_timestamp_seconds{{{PULL}}})"
AHEAD = f"max {BY_PULL} (pullwatch_pull_running_ahead{{{PULL}}})"
WORKING = f"max {BY_PULL} (pod:pullwatch_pull_running_seconds:max{{{PULL}}})"
OVER_LIMIT = f"max {BY_PULL} (pod:pullwatch_pull_over_limit_seconds:max{{{PULL}}})"
RUNS_OVER_LIMIT = f"{OVER_LIMIT} > 0 and {ON_PULL} {STARTED}"
FAILS = f"time() - min by ({OF_CLUSTER}, namespace, pod, container, workload, reason) (pullwatch_pull_failing_start_timestamp_seconds{{{PULL}}})"
PENDING = f'max by ({OF_CLUSTER}, namespace) (pullwatch_pending_pods{{{IMAGE}, namespace=~"$namespace"}})'
PULLED = f"max {BY_PULL} (pullwatch_last_pull_duration_seconds{{{PULL}}})"
WAITED = f"max {BY_PULL} (pullwatch_last_pull_wait_seconds{{{PULL}}})"
BYTES = f"max {BY_PULL} (pullwatch_last_pull_image_bytes{{{PULL}}})"
ENDED = f"max {BY_PULL} (pullwatch_last_pull_end_timestamp_seconds{{{PULL}}})"
OLDEST_RUNNING = f"topk(100, time() - {STARTED})"
# By what the pod felt; kubelets up to 1.25 tell no wait.
SLOWEST = f"topk(100, {PULLED} + {WAITED} or {ON_PULL} {PULLED})"

# By node. A pull that ended is shown for 15 minutes: a look each 10 sees every one, and asks for a twentieth of the samples.
ON_NODE = f"on ({OF_CLUSTER}, node)"
BY_NODE = f"by ({OF_CLUSTER}, node)"
PULLED_BY_NODE = f"max {BY_NODE} (pullwatch_last_pull_duration_seconds{{{PULL}}})"
WAITED_BY_NODE = f"max {BY_NODE} (pullwatch_last_pull_wait_seconds{{{PULL}}})"
ENDED_BY_NODE = f"max {BY_NODE} (pullwatch_last_pull_end_timestamp_seconds{{{PULL}}})"
SLOWEST_ON_NODE = f"max_over_time(({PULLED_BY_NODE})[$__range:10m])"
SLOW_NODES = f"topk(100, {SLOWEST_ON_NODE})"
OVER_LIMIT_ON_NODE = f"max_over_time((max {BY_NODE} (pod:pullwatch_pull_over_limit_seconds:max{{{PULL}}}))[$__range:5m])"
EACH_NODE = f"max_over_time(({PULLED_BY_NODE})[$__interval:10m])"

LIMIT = f"max({SLOW} + image:pullwatch_image_size_bytes:max{{{IMAGE}}} / {EXPECTED})"

# Layers of running pulls, by agents: the runtime knows no tag before the end, and no port of a registry.
LAYERS = f'{CLUSTER}, node=~"$node", repository="$its_repository"'
BY_MANIFEST = f"by ({OF_CLUSTER}, node, digest)"
BY_LAYER = f"by ({OF_CLUSTER}, node, digest, layer)"
FETCHED = f"max {BY_LAYER} (pullwatch_layer_downloaded_bytes{{{LAYERS}}})"
TO_FETCH = f"max {BY_LAYER} (pullwatch_layer_size_bytes{{{LAYERS}}})"

SINGLE = (
    "pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds|pullwatch_last_pull_duration_seconds"
)
"""Names of what is there for pulls that run, that fail, and that ended in the last 15 minutes."""

POD_LABELS = {"namespace": "Namespace", "workload": "Workload", "node": "Node", "pod": "Pod"}
THIS_NODE = Link("Show this node", "pullwatch-node-registry", {"node": "__value.raw"})
ITS_REGISTRY = Link("Show its registry", "pullwatch-node-registry", {"registry": "its_registry"})

is_it_slow = Row(
    "Is this image slow? (the image, of the namespaces and nodes chosen)",
    [
        Stat(
            title="How many pulls run now?",
            query=f"count({STARTED})",
            empty="No pulls run now",
            width=6,
            height=4,
            description="Containers that asked for this image and do not have it yet, those in a node's queue included. None is good, and so "
            "are many for a short while, which are a rollout. The table of running pulls below names them.",
        ),
        Stat(
            title="How many are over their limit?",
            query=f"count({RUNS_OVER_LIMIT})",
            steps=[(1, "orange")],
            empty="No pull is over its limit",
            runbook="SlowImagePull",
            width=6,
            height=4,
            description="Running pulls that take longer than the size of the image explains. None is good. One or more: see below whether "
            "they are on one node, then follow the runbook. What the alerts mute has no limit.",
        ),
        Stat(
            title="How long has the longest worked?",
            query=f"max({WORKING})",
            unit="s",
            steps=[(STUCK, "red")],
            base="text",
            empty="No pulls run now",
            runbook="ImagePullStuck",
            width=6,
            height=4,
            description=f"Since nothing was ahead of it in its node's queue. Below `How long may a pull take?` is good; above {STUCK} s it is stuck, "
            "and seldom ends by itself: go to its node with the runbook.",
        ),
        Stat(
            title="How many containers fail to get it?",
            query=f"count({FAILS})",
            steps=[(1, "orange")],
            empty="No container fails now",
            runbook="ImagePullFailing",
            width=6,
            height=4,
            description="Containers whose last attempt ended in an error. None is good; one that heals in a minute is a retry. "
            "`What fails, since when and why?` names the reason. _invalid stands for all names that are no reference.",
        ),
        Stat(
            title="How many pods wait for it?",
            query=f"sum({PENDING})",
            empty="No pods wait now",
            width=6,
            height=4,
            description="Pods that cannot start before this image is there. None is good. A number that stays up while pulls fail is an "
            "outage of these workloads; while pulls run, it is what a faster pull would shorten.",
        ),
        Stat(
            title="What did the slowest pull take?",
            query=f"max({SLOWEST_ON_NODE})",
            unit="s",
            empty="No pull of 10 s or more ended",
            runbook="SlowImagePull",
            width=6,
            height=4,
            description="The longest of the pulls that ended in this range, without its wait. Below the limit beside it is good, and no pull "
            "of 10 s or more is better. Above it, `Which nodes pulled it, and how slowly?` tells one bad node from a slow image.",
        ),
        Stat(
            title="How long may a pull take?",
            query=LIMIT,
            unit="s",
            empty=f"No size known yet: {ASSUMED_LIMIT} s",
            runbook="SlowImagePull",
            width=6,
            height=4,
            description=f"{SLOW} s plus its size at {EXPECTED} bytes per second: the limit of the alerts. A good image has one that its pods "
            f"can wait for; where not, make it smaller. Without a known size it is {ASSUMED_LIMIT} s.",
        ),
        Stat(
            title="How large is it?",
            query=[
                Target(f"max by (size_kind) (pullwatch_image_size_bytes{{{IMAGE}}})", "{{size_kind}}"),
                Target(f"max(pullwatch_image_largest_layer_bytes{{{IMAGE}}})", "largest layer"),
            ],
            unit="decbytes",
            named=True,
            empty="No size known yet",
            runbook="causes/size",
            width=6,
            height=4,
            description="Below 1 GB is good. Compressed is what moves; CRI-O tells uncompressed bytes, two to three times as many. A layer is one "
            "stream: where one is most of the image, split it. Layers need agents or a registry; no size is known before a first pull.",
        ),
        StateTimeline(
            title="When was it too slow, and for whom?",
            query=f"max by ({OF_CLUSTER}, namespace) (pod:pullwatch_pull_over_limit_seconds:max{{{PULL}}} > bool 0)",
            legend=f"{{{{namespace}}}} {{{{{OF_CLUSTER}}}}}",
            states={0: ("within its limit", "green"), 1: ("over its limit", "orange")},
            runbook="SlowImagePull",
            width=24,
            height=6,
            empty="No pulls in this range",
            description="Each namespace while the image was pulled there, and for 10 minutes after. Green is good. Orange with each rollout is an "
            "image worth making smaller or pulling ahead; orange once was its registry or a node on that day.",
        ),
    ],
)

who_waits = Row(
    "Who waits for it, and what fails? (the image, of the namespaces and nodes chosen)",
    [
        TimeSeries(
            title="When did pods wait, and containers fail?",
            query=[
                Target(f"sum({PENDING})", "pods that wait"),
                Target(f"count({FAILS})", "containers that fail"),
            ],
            colors={"pods that wait": "blue", "containers that fail": "red"},
            empty="No pods waited in this range",
            runbook="ImagePullFailing",
            description="Short peaks are rollouts, and good. A plateau is a pull that hangs; where failing containers are as many, it fails: the "
            "table beside it says why.",
        ),
        Table(
            title="What fails, since when and why?",
            labels={"namespace": "Namespace", "workload": "Workload", "reason": "Reason"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Fails for", f"max by ({OF_CLUSTER}, namespace, workload, reason) ({FAILS})", unit="s", steps=[(FAILING, "orange")]),
                Column("Containers", f"count by ({OF_CLUSTER}, namespace, workload, reason) ({FAILS})"),
            ],
            sort_by="Fails for",
            links={"Reason": Page("What to do about it", "reasons")},
            width=12,
            empty="Nothing fails now",
            runbook="ImagePullFailing",
            description=f"Containers that fail now, by their newest reason. None is good; above {FAILING} s it is more than a retry. A click on the "
            "reason leads to what to do about it.",
        ),
        Table(
            title="Which pulls run, and where?",
            labels=POD_LABELS,
            hidden=[OF_CLUSTER, "container"],
            columns=[
                Column("Asked ago", OLDEST_RUNNING, unit="s"),
                Column("Ahead of it", f"{AHEAD} and {ON_PULL} {OLDEST_RUNNING}"),
                Column("Works for", f"{WORKING} and {ON_PULL} {OLDEST_RUNNING}", unit="s", steps=[(STUCK, "red")]),
                Column("Limit", f"{WORKING} - {OVER_LIMIT} and {ON_PULL} {OLDEST_RUNNING}", unit="s"),
                Column("Over limit", f"{OVER_LIMIT} > 0 and {ON_PULL} {OLDEST_RUNNING}", unit="s", steps=[(0, "orange")]),
            ],
            sort_by="Asked ago",
            links={"Node": THIS_NODE},
            widths={"Pod": 280},
            height=6,
            empty="No pulls run now",
            runbook="ImagePullStuck",
            description="The hundred oldest. None over its limit is good. A pull works once nothing is ahead of it on its node; over its limit it "
            f"is slow for its size, after {STUCK} s of work it is stuck: go to its node with the runbook.",
        ),
        Table(
            title="How far are running pulls of its repository?",
            labels={"node": "Node"},
            hidden=[OF_CLUSTER, "digest"],
            columns=[
                Column("Fetched", f"sum {BY_MANIFEST} ({FETCHED})", unit="decbytes"),
                Column("To fetch", f"sum {BY_MANIFEST} ({TO_FETCH})", unit="decbytes"),
                Column("Layers left", f"count {BY_MANIFEST} ({TO_FETCH} > {FETCHED})"),
                Column("Longest download", f'max {BY_MANIFEST} (pullwatch_layer_seconds{{{LAYERS}, phase="download"}})', unit="s"),
                Column("Longest unpacking", f'max {BY_MANIFEST} (pullwatch_layer_seconds{{{LAYERS}, phase="unpack"}})', unit="s"),
            ],
            quotients=[Quotient("Share", of="Fetched", by="To fetch", unit="percentunit")],
            sort_by="To fetch",
            links={"Node": THIS_NODE},
            height=6,
            empty="No agent tells of a pull of this repository now",
            runbook="ImagePullStuck",
            description="Pulls that nodes with an agent work on; layers that were there already are left out. Shares that grow are good. One layer left: "
            "remedies/layer_shape. Unpacking above download: the disk or one core of that node. The runtime knows no tag before the end.",
        ),
    ],
)

on_which_nodes = Row(
    "On which nodes is it slow? (the image; pulls of 10 s or more with their wait)",
    [
        TimeSeries(
            title="What did single pulls take?",
            query=[
                Target(f"max({EACH_NODE})", "slowest node"),
                Target(f"quantile(0.5, {EACH_NODE})", "median of the nodes"),
                Target(f"min({EACH_NODE})", "fastest node"),
                Target(LIMIT, "limit of the alerts"),
            ],
            unit="s",
            colors={"limit of the alerts": "orange"},
            points=True,
            interval="10m",
            width=10,
            empty="No pulls of 10 s or more in this range",
            runbook="SlowImagePull",
            description="Pulls that ended within a step of 10 minutes or more, without their wait. Points that lie together, below the limit, are good. "
            "All high: image or registry. The slowest far above the others: one node, which the table beside names.",
        ),
        Table(
            title="Which nodes pulled it, and how slowly?",
            labels={"node": "Node"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Slowest pull", SLOW_NODES, unit="s"),
                Column("Over limit", f"{OVER_LIMIT_ON_NODE} > 0 and {ON_NODE} {SLOW_NODES}", unit="s", steps=[(0, "orange")]),
                Column("Longest wait", f"max_over_time(({WAITED_BY_NODE})[$__range:10m]) and {ON_NODE} {SLOW_NODES}", unit="s"),
                Column("Containers", f"count {BY_NODE} (max_over_time(({PULLED})[$__range:10m])) and {ON_NODE} {SLOW_NODES}"),
                Column(
                    "Last ended",
                    f"time() - max_over_time(({ENDED_BY_NODE})[$__range:10m]) and {ON_NODE} {SLOW_NODES}",
                    unit="s",
                ),
            ],
            sort_by="Slowest pull",
            links={"Node": THIS_NODE},
            width=14,
            empty="No pulls of 10 s or more in this range",
            runbook="SlowImagePullsOnNode",
            description="Of this range, the hundred slowest nodes. Times that lie together are good. One node far above: its disk or network, click "
            "on it. A wait above the pull: other images were first. Many containers on one node: it loses the image again.",
        ),
        Table(
            title="Which were the slowest of its last pulls?",
            labels=POD_LABELS,
            hidden=[OF_CLUSTER, "container"],
            columns=[
                Column("Total", SLOWEST, unit="s"),
                Column("Wait", f"{WAITED} and {ON_PULL} {SLOWEST}", unit="s"),
                Column("Pull", f"{PULLED} and {ON_PULL} {SLOWEST}", unit="s"),
                Column("Over limit", f"{OVER_LIMIT} > 0 and {ON_PULL} {SLOWEST}", unit="s", steps=[(0, "orange")]),
                Column("Size", f"{BYTES} and {ON_PULL} {SLOWEST}", unit="decbytes"),
                Column("Ended ago", f"time() - {ENDED} and {ON_PULL} {SLOWEST}", unit="s"),
            ],
            sort_by="Total",
            links={"Node": THIS_NODE},
            widths={"Pod": 280},
            height=6,
            empty="No pulls of 10 s or more in the last 15 minutes",
            runbook="SlowImagePull",
            description="What ended in the last 15 minutes, by what the pod felt. None is good. Long pulls on all nodes: remedies/smaller_image or pre_pull. On one node: that "
            "node. Long wait, short pull: it stood behind another image. Earlier pulls: end the range of the board there.",
        ),
    ],
)

its_repository = Row(
    "How do pulls of its repository go? (all its tags and digests: what is counted knows no tag, no node, no namespace)",
    [
        TimeSeries(
            title="How long do pulls of its repository take?",
            query=[
                Target(f"histogram_quantile(0.5, {PULL_BUCKETS}) > 0", "half of the pulls, at most"),
                Target(f"histogram_quantile(0.9, {PULL_BUCKETS}) > 0", "9 of 10 pulls, at most"),
            ],
            unit="s",
            steps=[(SLOW, "orange"), (STUCK, "red")],
            points=True,
            interval="5m",
            empty="No pulls of this repository in this range",
            leads_to=[ITS_REGISTRY],
            runbook="SlowImagePull",
            description="The runtime's own time, without the node's queue; values between edges of the histogram are estimates. Flat and low is "
            "good. A step upwards with a new tag is its size; one without is registry or nodes. Past 2,000 repositories new ones are in _other.",
        ),
        Heatmap(
            title="How are these durations spread?",
            query=f"round(sum by (le) (increase(pullwatch_pull_duration_seconds_bucket{{{REPOSITORY}}}[$__rate_interval])))",
            unit="s",
            interval="5m",
            empty="No pulls of this repository in this range",
            runbook="SlowImagePull",
            description="Pulls by duration. One low band is good. A second band far above is some nodes, or one large tag: `Which nodes "
            "pulled it, and how slowly?` tells nodes apart, `Do new tags grow?` the tags.",
        ),
        TimeSeries(
            title="Do its pulls wait behind others?",
            query=[
                Target(f"histogram_quantile(0.9, {WAIT_BUCKETS}) > 0", "9 of 10 waits, at most"),
                Target(f"sum(rate({WAIT_SECONDS}[$__rate_interval])) / (sum(rate({WAITS}[$__rate_interval])) > 0)", "mean wait"),
            ],
            unit="s",
            points=True,
            interval="5m",
            width=8,
            empty="No pulls of this repository in this range",
            runbook="remedies/parallel_pulls",
            description="Time in the queue of a node before the runtime was asked. Near 0 is good. Long waits are not this image's own: its pods "
            "stand behind other images, and parallel pulls help more than a smaller image.",
        ),
        TimeSeries(
            title="How often was it already there?",
            query=[
                Target(f"round(sum by (kind) (increase({HITS}[$__rate_interval]))) > 0", "{{kind}}"),
                Target(f"round(sum(increase({PULLS}[$__rate_interval]))) > 0", "pulled"),
            ],
            colors={"pulled": "orange"},
            stacked=True,
            interval="5m",
            width=8,
            empty="No container asked for it in this range",
            runbook="causes/gc_churn",
            description="Containers by where the image came from: present cost nothing, revalidated asked the registry, pulled moved bytes. Mostly "
            "present is good. Much pulled of a tag that did not change: nodes come and go, or clean up too early.",
        ),
        TimeSeries(
            title="How fast does it come?",
            query=f"sum(rate({SIZED_BYTES}[$__rate_interval])) / (sum(rate({SIZED_SECONDS}[$__rate_interval])) > 0)",
            legend="compressed bytes per second",
            unit="Bps",
            base="red",
            steps=[(EXPECTED, "green")],
            points=True,
            interval="5m",
            width=8,
            leads_to=[ITS_REGISTRY],
            empty="No pulls of compressed size in this range",
            runbook="causes/registry_path",
            description="Of the repository, unpacking included: an upper bound, as nodes may hold some layers. Above the line is good: the limit "
            "counts with it. Below it: all images of its registry slow is the way there, this one alone its layers. CRI-O tells no such size.",
        ),
    ],
)

what_is_it_made_of = Row(
    "What is it made of? (the image, and the tags of its repository)",
    [
        Stat(
            title="How many layers?",
            query=f"max(pullwatch_image_layers{{{IMAGE}}})",
            height=9,
            empty="No agent or registry told",
            runbook="remedies/layer_shape",
            description="10 to 40 of like size are good: a runtime fetches several at a time, and one or two by as many streams. Told by agents "
            "(serve --agents) or registries (serve --layers-from).",
        ),
        BarGauge(
            title="Which layers are large?",
            query=f"topk(15, max by (layer, digest) (pullwatch_image_layer_size_bytes{{{IMAGE}}}))",
            legend="layer {{layer}} ({{digest}})",
            unit="decbytes",
            width=10,
            height=9,
            empty="No layers known of this image",
            runbook="remedies/layer_shape",
            description="Layers by compressed size, the fifteen largest, counted from 0 at the base. Bars of like length are good. One long bar holds "
            "up the pull: split that line of the Dockerfile. Known of the 100 costliest images, where agents or a registry tell.",
        ),
        TimeSeries(
            title="Do new tags grow?",
            query=[
                Target(f'max by (image) (pullwatch_image_size_bytes{{{REPOSITORY}, size_kind="compressed"}})', "{{image}}"),
                Target(
                    f'max by (image, size_kind) (pullwatch_image_size_bytes{{{REPOSITORY}, size_kind!="compressed"}})',
                    "{{image}}, {{size_kind}}",
                ),
            ],
            unit="decbytes",
            width=10,
            height=9,
            empty="No sizes of this repository in this range",
            runbook="remedies/smaller_image",
            description="Sizes of its repository's images while nodes had them. Lines at one height are good. A step upwards tells the release that "
            "brought it: compare its layers. Never compare compressed with uncompressed.",
        ),
    ],
)

dashboard = Dashboard(
    uid="pullwatch-image",
    title="pullwatch / Image",
    description="One image: is it slow, on which nodes, what is it made of, who waits for it, what fails.",
    variables=[
        DatasourceVariable(),
        QueryVariable(name="cluster", of=OF_CLUSTER, label="Cluster", series="pullwatch_build_info"),
        QueryVariable(name="registry", label="Registry", series=f'{{__name__=~"pullwatch_image_size_bytes|{SINGLE}", {CLUSTER}}}'),
        QueryVariable(
            name="repository",
            label="Repository",
            series=f'{{__name__=~"pullwatch_image_size_bytes|{SINGLE}", {CLUSTER}, registry=~"$registry"}}',
        ),
        # One that only ever failed has no size, one that nobody pulled in the range has nothing else.
        # _invalid is no image to begin with; alerts about it set it.
        QueryVariable(
            name="image",
            label="Image",
            series=f'{{__name__=~"pullwatch_image_size_bytes|{SINGLE}", {LISTED}, image!="_invalid"}}',
            single=True,
        ),
        QueryVariable(name="namespace", label="Namespace", series=f'{{__name__=~"{SINGLE}", {IMAGE}}}'),
        QueryVariable(name="node", label="Node", series=f'{{__name__=~"{SINGLE}", {IMAGE}}}'),
        QueryVariable(
            name="its_registry",
            of="registry",
            label="Registry of the image",
            series=f'{{__name__=~"pullwatch_image_size_bytes|{SINGLE}", {IMAGE}}}',
            single=True,
            hidden=True,
        ),
        # Of an image without a name, such as a bare digest, no repository: _invalid holds the pulls of all of these.
        QueryVariable(
            name="its_repository",
            of="repository",
            label="Repository of the image",
            series=f'{{__name__=~"pullwatch_image_size_bytes|{SINGLE}", {IMAGE}, repository!="_invalid"}}',
            single=True,
            hidden=True,
        ),
    ],
    alerts=[
        AlertAnnotations(
            name="Alerts of the image",
            query=f"max by (alertname, severity, {OF_CLUSTER}, namespace)"
            f' (ALERTS{{alertstate="firing", {IMAGE}, namespace=~"$namespace"}})',
            title="{{alertname}} {{namespace}}",
        ),
        AlertAnnotations(
            name="Alerts of its registry",
            query=f"max by (alertname, severity, {OF_CLUSTER}, registry)"
            f' (ALERTS{{alertstate="firing", {CLUSTER}, alertname=~".*ImagePull.*", registry="$its_registry", image=""}})',
            title="{{alertname}} {{registry}}",
            color="orange",
        ),
    ],
    rows=[is_it_slow, who_waits, on_which_nodes, its_repository, what_is_it_made_of],
)

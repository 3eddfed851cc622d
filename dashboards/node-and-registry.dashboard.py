"""Node and registry: is it one of them, or everything, and what do the slow ones have in common.

Alerts about a node or a registry link here with its name. Counters know nodes or registries and never both: the headlines say
which variables a row follows. Records of a whole hour are there once it is over, those of 5 minutes after 5 minutes.
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
    Quotient,
    Row,
    Stat,
    Table,
    Target,
    TimeSeries,
)

config = mixin.config()
SLOW, STUCK, WIDE_SHARE = config["slowBaseSeconds"], config["stuckSeconds"], config["wideShare"]
WIDE_EDGE, WIDE_PULLS, WINDOW = config["wideEdgeSeconds"], config["widePulls"], config["wideWindow"]
THROUGHPUT_SHARE, NOW, USUAL = config["throughputShare"], config["throughputWindow"], config["usualWindow"]
SLOW_STEPS = [(SLOW, "orange"), (STUCK, "red")]

# What the reader chose above the panels. The label of clusters is whatever the alerts go by.
OF_CLUSTER = config["clusterLabel"]
CLUSTER = f'{OF_CLUSTER}=~"$cluster"'
REGISTRY = f'{CLUSTER}, registry=~"$registry"'
NODE = f'{CLUSTER}, node=~"$node"'
PULL = f'{REGISTRY}, node=~"$node"'
BY_REGISTRY = f"by ({OF_CLUSTER}, registry)"
BY_NODE, ON_NODE = f"by ({OF_CLUSTER}, node)", f"on ({OF_CLUSTER}, node)"
BY_KIND = f"by ({OF_CLUSTER}, registry, size_kind)"

# What the alerts record of the last minutes, to be read as of now.
NODE_SHARE = f"node:pullwatch_pulls_over_edge:ratio{WINDOW}{{{NODE}}}"
NODE_PULL_SECONDS = f"node:pullwatch_pull_seconds:sum{WINDOW}{{{NODE}}}"
NODE_WAIT_SECONDS = f"node:pullwatch_pull_wait_seconds:sum{WINDOW}{{{NODE}}}"
REGISTRY_SHARE = f"registry:pullwatch_pulls_over_edge:ratio{WINDOW}{{{REGISTRY}}}"
GIVES = f"registry:pullwatch_pull_bytes_per_second:rate{NOW}{{{REGISTRY}}}"
GAVE = f"registry:pullwatch_pull_bytes_per_second:rate{USUAL}{{{REGISTRY}}}"
OTHERS_GIVE = f"registry:pullwatch_pull_bytes_per_second_elsewhere:rate{NOW}{{{REGISTRY}}}"
WAITING = f"pod:pullwatch_pull_waiting_seconds:max{{{PULL}}}"
FAILING = f"pod:pullwatch_pull_failing_seconds:max{{{PULL}}}"
LIMITED = f'pod:pullwatch_pull_failing_seconds:max{{{REGISTRY}, reason="rate_limited"}}'
LOST = f"pullwatch_node:pulls_lost:increase30m{{{NODE}}}"
WAITS_NOW = Column("Wait now", f"count {BY_NODE} ({WAITING})")

# Single pulls. Two replicas show each one twice: max makes them one, as in the rules.
BY_PULL = f"by ({OF_CLUSTER}, namespace, pod, container, workload, node, image)"
ON_PULL = f"on ({OF_CLUSTER}, namespace, pod, container, node, image)"
BY_FAILURE = f"by ({OF_CLUSTER}, namespace, pod, container, workload, node, image, reason)"
OLDEST = f"topk(100, time() - min {BY_PULL} (pullwatch_pull_running_start_timestamp_seconds{{{PULL}}}))"
SINGLE = "pullwatch_pull_running_start_timestamp_seconds|pullwatch_pull_failing_start_timestamp_seconds"

FACTS = {
    "pool": "Pool",
    "instance_type": "Machine",
    "zone": "Zone",
    "arch": "Arch",
    "runtime_version": "Runtime",
    "kubelet_version": "Kubelet",
}
BY_FACTS = f"by ({OF_CLUSTER}, {', '.join(FACTS)})"
NODES = f"max by ({OF_CLUSTER}, node, {', '.join(FACTS)}) (pullwatch_node_info{{{NODE}}})"

OF = f"{{{{{OF_CLUSTER}}}}}"
PULL_LABELS = {"image": "Image", "node": "Node", "namespace": "Namespace", "workload": "Workload", "pod": "Pod"}
BOARD = "pullwatch-node-registry"
THIS_NODE = Link("Show this node alone", BOARD, {"node": "__value.raw"}, kept=("datasource", "cluster", "registry"))
THIS_REGISTRY = Link("Show this registry alone", BOARD, {"registry": "__value.raw"}, kept=("datasource", "cluster", "node"))
OF_PULLS = {"Image": Link("Show this image", "pullwatch-image", {"image": "__value.raw"}), "Node": THIS_NODE}


def by_hour(selector: str) -> str:
    """Return what is recorded once an hour, for each step of a graph: a bare selector would find it in five minutes of each hour."""
    return f"avg_over_time({selector}[$__interval])"


def in_range(record: str) -> str:
    """Return the sum of a record of nodes over the range, in whole hours."""
    return f"sum {BY_NODE} (sum_over_time(node:pullwatch_{record}:increase1h{{{NODE}}}[$__range]))"


def by(label: str, record: str, selector: str) -> str:
    """Return the sum by a label of a record of 5 minutes, for each step of a graph."""
    return f"sum by ({label}) (sum_over_time({record}:increase5m{{{selector}}}[$__interval]))"


def pools(record: str, label: str) -> str:
    """Return the sum of what pools record, by a label of theirs."""
    return by(label, f"pool:pullwatch_node_{record}", CLUSTER)


NODE_MEANS = by_hour(f"node:pullwatch_pull_seconds:mean1h{{{NODE}}}")
PULLS = by("registry", "registry:pullwatch_pull_duration_seconds_bucket", f'{REGISTRY}, le="+Inf"')
PULL_SECONDS = by("registry", "registry:pullwatch_pull_duration_seconds_sum", REGISTRY)
WAIT_SECONDS = by("registry", "registry:pullwatch_pull_wait_seconds_sum", REGISTRY)
PULL_BUCKETS = by("le", "registry:pullwatch_pull_duration_seconds_bucket", REGISTRY)
REGISTRY_BUCKETS = by("le, registry", "registry:pullwatch_pull_duration_seconds_bucket", REGISTRY)
FAILURES = by("reason", "registry:pullwatch_pull_failures", REGISTRY)
HITS = by("kind", "registry:pullwatch_pull_cache_hits", REGISTRY)
SIZED_BYTES = by("registry, size_kind", "registry:pullwatch_pull_image_bytes", REGISTRY)
SIZED_SECONDS = by("registry, size_kind", "registry:pullwatch_pull_sized_seconds", REGISTRY)

which_is_it = Row(
    f"Is it one node, one registry, or everything? (last {WINDOW}; cluster)",
    [
        Stat(
            title="How many nodes are slow?",
            width=8,
            height=4,
            query=f"sum(cluster:pullwatch_nodes_over_edge:count{WINDOW}{{{CLUSTER}}})",
            steps=[(1, "orange")],
            empty="No slow node",
            runbook="SlowImagePullsOnNode",
            description=f"Nodes on which a share of more than {WIDE_SHARE} of the pulls took over {WIDE_EDGE} s. None is good. One or two: "
            "go on with the nodes below. Many at once, and a slow registry beside them: it is the registry, or the network.",
        ),
        Stat(
            title="Which share of nodes is that?",
            width=8,
            height=4,
            query=f"avg(max {BY_NODE} (node:pullwatch_pulls_over_edge:ratio{WINDOW}{{{CLUSTER}}}) > bool {WIDE_SHARE})",
            unit="percentunit",
            empty="No node with enough pulls",
            description=f"Of the nodes with at least {WIDE_PULLS} pulls in the last {WINDOW}; fewer say nothing. 0 % is good. A few percent are "
            "single nodes; about all of them is what they have in common: registry, network, or a kind of node.",
        ),
        Stat(
            title="On how many nodes do pulls queue?",
            width=8,
            height=4,
            query=f"count(max {BY_NODE} (node:pullwatch_pull_wait_seconds:sum{WINDOW}{{{CLUSTER}}})"
            f" > {ON_NODE} max {BY_NODE} (node:pullwatch_pull_seconds:sum{WINDOW}{{{CLUSTER}}}))",
            steps=[(1, "orange")],
            empty="No queue",
            runbook="ImagePullQueueing",
            description="Nodes whose pods waited for each other's pulls for longer than these took. None is good. Else "
            "`On which nodes do pulls wait?` names them: one large pull holds up all that come after it.",
        ),
        Stat(
            title="How many registries are slow?",
            width=8,
            height=4,
            query=f"count(max {BY_REGISTRY} (registry:pullwatch_pulls_over_edge:ratio{WINDOW}{{{CLUSTER}}}) > {WIDE_SHARE})",
            steps=[(1, "orange")],
            empty="No slow registry",
            runbook="SlowImagePullsFromRegistry",
            description=f"Registries from which a share of more than {WIDE_SHARE} of the pulls took over {WIDE_EDGE} s. None is good. One: go "
            "on with the registries below. All at once: it is the nodes' disks, or the way out of the cluster.",
        ),
        Stat(
            title="What is left of a registry's usual speed?",
            width=8,
            height=4,
            query=f"min(registry:pullwatch_pull_bytes_per_second_to_usual:ratio{NOW}{{{CLUSTER}}})",
            unit="percentunit",
            base="text",
            steps=[(0, "red"), (THROUGHPUT_SHARE, "green")],
            empty="No registry to compare",
            runbook="ImagePullThroughputLow",
            description=f"Of the worst registry: bytes per second of the last {NOW} by those of {USUAL}. About 100 % is good. In red, see "
            "`What does each registry give, beside its past and the others?`: they tell whether it is the registry or all of them.",
        ),
        Stat(
            title="How many registries refuse by a limit?",
            width=8,
            height=4,
            query=f'count(count {BY_REGISTRY} (pod:pullwatch_pull_failing_seconds:max{{{CLUSTER}, reason="rate_limited"}}))',
            steps=[(1, "red")],
            empty="No rate limit",
            runbook="ImagePullRateLimited",
            description="Registries that answer a container now that too much was pulled. None is good. Log in to the registry, or pull "
            "through a mirror: the last table names the pods that are held up.",
        ),
    ],
)

which_nodes = Row(
    "Which nodes? (cluster, node)",
    [
        Table(
            title="Which nodes are slow now?",
            labels={"node": "Node"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Slow pulls", f"max {BY_NODE} ({NODE_SHARE})", unit="percentunit", steps=[(WIDE_SHARE, "red")]),
                Column("Pulls", f"max {BY_NODE} (node:pullwatch_pulls:count{WINDOW}{{{NODE}}})"),
                Column("Pull time", f"max {BY_NODE} ({NODE_PULL_SECONDS})", unit="s"),
                Column("Waited", f"max {BY_NODE} ({NODE_WAIT_SECONDS})", unit="s"),
                WAITS_NOW,
                Column("Fail now", f"count {BY_NODE} ({FAILING})", steps=[(1, "orange")]),
            ],
            sort_by="Slow pulls",
            links={"Node": THIS_NODE},
            empty=f"No pulls in the last {WINDOW}",
            runbook="SlowImagePullsOnNode",
            description=f"Of the last {WINDOW}; slow are pulls of over {WIDE_EDGE} s, told of nodes with {WIDE_PULLS} pulls or more. Shares that are "
            "alike are good. One node far above the others: cordon it, and look at its disk and network. A click shows it alone.",
        ),
        Table(
            title="Which nodes were slow in this range?",
            labels={"node": "Node"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Pulls", f"round({in_range('pulls')})"),
                Column("Pull time", in_range("pull_seconds"), unit="s"),
                Column("Wait time", in_range("wait_seconds"), unit="s"),
                Column("Image bytes", in_range("image_bytes"), unit="decbytes"),
                Column("Failed", f"round({in_range('failures')})", steps=[(1, "orange")]),
                Column("Already there", f"round({in_range('cache_hits')})"),
            ],
            quotients=[
                Quotient("Mean pull", "Pull time", "Pulls", unit="s", steps=SLOW_STEPS),
                Quotient("Mean wait", "Wait time", "Pulls", unit="s"),
                Quotient("There per pull", "Already there", "Pulls"),
            ],
            sort_by="Mean pull",
            links={"Node": THIS_NODE},
            empty="No whole hour with pulls in this range",
            description="By whole hours, the present one comes when it is over. Means that are alike are good. A high mean of few pulls is one "
            "large image; of many it is the node. Few images already there for each pull: the node is new, or loses its images.",
        ),
    ],
)

against_fleet = Row(
    "How do nodes differ? (cluster; node where a panel says so)",
    [
        TimeSeries(
            title="Are the chosen nodes slower than the others?",
            query=[
                Target(f"max by ({OF_CLUSTER}) ({NODE_MEANS})", f"slowest of the chosen nodes {OF}"),
                Target(f"avg by ({OF_CLUSTER}) ({NODE_MEANS})", f"chosen nodes, on average {OF}"),
                Target(by_hour(f"cluster:pullwatch_node_pull_seconds:median1h{{{CLUSTER}}}"), f"half of all nodes, at most {OF}"),
                Target(by_hour(f"cluster:pullwatch_node_pull_seconds:p90_1h{{{CLUSTER}}}"), f"9 of 10 nodes, at most {OF}"),
            ],
            unit="s",
            interval="1h",
            steps=SLOW_STEPS,
            empty="No whole hour with pulls in this range",
            description="Mean time of a node's pulls, hour by hour; of one chosen node it is one line. Between the two lines of all nodes is good. "
            "Above them for hours: its disk, its network, or what runs there. The table of whole hours names the slowest.",
        ),
        TimeSeries(
            title="Which pool is slow?",
            query=f"{pools('pull_seconds', 'pool')} / {pools('pulls', 'pool')}",
            legend="pool {{pool}}",
            unit="s",
            interval="5m",
            steps=SLOW_STEPS,
            description="Mean time of a pull by pool of nodes, without queue. Pools that lie together are good. One far above has slower disks, "
            "another network, or larger images: compare its bytes and its machines in the table below.",
        ),
        TimeSeries(
            title="Is it a version of the runtime?",
            query=f"{pools('pull_seconds', 'runtime_version')} / {pools('pulls', 'runtime_version')}",
            legend="runtime {{runtime_version}}",
            unit="s",
            interval="5m",
            steps=SLOW_STEPS,
            description="Mean time of a pull by version of the container runtime. Versions that lie together are good. One that is slower since an "
            "upgrade, in several pools, is worth a look at its snapshotter and its settings.",
        ),
        TimeSeries(
            title="In which pools do attempts fail?",
            query=f"round({pools('failures', 'pool')})",
            legend="pool {{pool}}",
            interval="5m",
            stacked=True,
            empty="No failures in this range",
            description="Failed attempts, each retry counted. Empty is good. All pools alike: registry or image, see its failures by reason. One "
            "pool alone: its DNS, its way to the registry, or its credentials.",
        ),
        Table(
            title="What do the slow nodes have in common?",
            labels=FACTS,
            hidden=[OF_CLUSTER],
            columns=[
                Column("Nodes", f"count {BY_FACTS} ({NODES})"),
                Column("Pull enough", f"count {BY_FACTS} ({NODES} and {ON_NODE} {NODE_SHARE})"),
                Column("Slow now", f"count {BY_FACTS} ({NODES} and {ON_NODE} {NODE_SHARE} > {WIDE_SHARE})", steps=[(1, "orange")]),
            ],
            quotients=[Quotient("Slow of them", "Slow now", "Pull enough", unit="percentunit", steps=[(WIDE_SHARE, "red")])],
            sort_by="Slow now",
            height=7,
            empty="No nodes known",
            description=f"Kinds of nodes; of one chosen node what it is. Slow as in the last {WINDOW}. No slow ones are good. All in one row: what "
            "stands there is the cause, such as a zone, a machine or a version. Spread over all rows: no kind of node is to blame.",
        ),
    ],
)

queueing = Row(
    "Do pulls wait for each other? (cluster, node or registry)",
    [
        Table(
            title="On which nodes do pulls wait?",
            labels={"node": "Node"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Waited", f"max {BY_NODE} ({NODE_WAIT_SECONDS})", unit="s"),
                Column(
                    "Pulls took",
                    f"max {BY_NODE} ({NODE_PULL_SECONDS}) and {ON_NODE} ({NODE_WAIT_SECONDS} or {ON_NODE} {WAITING})",
                    unit="s",
                ),
                WAITS_NOW,
            ],
            quotients=[Quotient("Waited / took", "Waited", "Pulls took", steps=[(1, "orange")])],
            sort_by="Waited",
            links={"Node": THIS_NODE},
            width=12,
            empty="No node with a queue",
            runbook="ImagePullQueueing",
            description=f"Waits of all pods together, from {config['queueingSeconds']} s in {WINDOW} on, and the pulls of that time. None is good. More waited "
            "than pulled: one image holds up many. `serializeImagePulls: false` with `maxParallelImagePulls` helps.",
        ),
        TimeSeries(
            title="For images of which registry do pulls wait?",
            query=f"sum by (registry) (registry:pullwatch_pulls_waiting:count{{{REGISTRY}}})",
            legend="{{registry}}",
            stacked=True,
            empty="No pulls waited in this range",
            description="Pulls that others are ahead of on their node. Short peaks are rollouts, and good. A plateau is a node that is blocked: the "
            "table beside it names it, the last row what it pulls.",
        ),
        TimeSeries(
            title="Which share of a pod's wait is the queue?",
            query=f"{WAIT_SECONDS} / ({WAIT_SECONDS} + {PULL_SECONDS} > 0)",
            legend="{{registry}}",
            unit="percentunit",
            interval="5m",
            description="Time in the kubelet's queue, of queue and pull together. Below a tenth is good: images then come when they are asked for. Above "
            "a half, pulls side by side save more than a faster registry.",
        ),
        TimeSeries(
            title="In which pools do pulls wait?",
            query=f"{pools('wait_seconds', 'pool')} / {pools('pulls', 'pool')}",
            legend="pool {{pool}}",
            unit="s",
            interval="5m",
            empty="No pulls waited in this range",
            description="Mean wait of a pull by pool of nodes. Near 0 is good. Kubelets are set up by pool: one that waits longer than the others pulls one "
            "image at a time, or starts too many pods at once.",
        ),
        Table(
            title="Where do kubelets count more pulls than Events tell?",
            labels={"node": "Node"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Counted", f"round(max {BY_NODE} (pullwatch_node:pulls_counted:increase30m{{{NODE}}}) and {ON_NODE} {LOST} > 0)"),
                Column("Untold", f"round(max {BY_NODE} ({LOST}) > 0)", steps=[(config["eventsLostMinimum"], "orange")]),
                Column(
                    "Told", f"max {BY_NODE} (pullwatch_node:pull_coverage:ratio30m{{{NODE}}}) and {ON_NODE} {LOST} > 0", unit="percentunit"
                ),
            ],
            sort_by="Untold",
            links={"Node": THIS_NODE},
            height=6,
            empty="No pulls without Events in the last 30 minutes",
            runbook="ImagePullEventsLost",
            description="What is untold is in no other panel. None is good; a few are containers with several credentials, each of which the kubelet counts. "
            "Told is there for kubelets that are read. Many untold: follow the runbook.",
        ),
    ],
)

registries = Row(
    "How do registries differ? (cluster, registry)",
    [
        Table(
            title="Which registry is slow now?",
            labels={"registry": "Registry"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Slow pulls", f"max {BY_REGISTRY} ({REGISTRY_SHARE})", unit="percentunit", steps=[(WIDE_SHARE, "red")]),
                Column("Pulls", f"max {BY_REGISTRY} (registry:pullwatch_pulls:count{WINDOW}{{{REGISTRY}}})"),
                Column("Slow repositories", f"max {BY_REGISTRY} (registry:pullwatch_repositories_over_edge:count{WINDOW}{{{REGISTRY}}})"),
                Column("Fail now", f"max {BY_REGISTRY} (registry:pullwatch_pulls_failing:count{{{REGISTRY}}})", steps=[(1, "orange")]),
                Column("By limit", f"count {BY_REGISTRY} ({LIMITED})", steps=[(1, "red")]),
            ],
            sort_by="Slow pulls",
            links={"Registry": THIS_REGISTRY},
            widths={"Registry": 260},
            width=16,
            empty=f"No pulls in the last {WINDOW}",
            runbook="SlowImagePullsFromRegistry",
            description=f"Of the last {WINDOW}; slow are pulls of over {WIDE_EDGE} s, told of registries with {WIDE_PULLS} pulls or more. A few percent "
            "are good. One slow repository is an image, several are the registry: a mirror helps. All registries: it is the cluster's side.",
        ),
        Heatmap(
            title="How are the durations spread?",
            query=PULL_BUCKETS,
            unit="s",
            interval="5m",
            width=8,
            description="Pulls of the chosen registries by duration. One low band is good. A second band far above is a second registry, or a large image: "
            "choose one registry above to see which.",
        ),
        TimeSeries(
            title="Which registry takes long?",
            query=f"{PULL_SECONDS} / ({PULLS} > 0)",
            legend="{{registry}}",
            unit="s",
            interval="5m",
            width=8,
            steps=SLOW_STEPS,
            description="Mean time of a pull. Lines that lie together are good. One far above has large images or is slow: `How fast do registries serve "
            "images?` tells which.",
        ),
        TimeSeries(
            title="How long do 9 of 10 pulls take at most?",
            query=f"histogram_quantile(0.9, {REGISTRY_BUCKETS}) > 0",
            legend="{{registry}}",
            unit="s",
            interval="5m",
            width=8,
            steps=SLOW_STEPS,
            description="By registry. Flat and below the first line is good. Far above its mean: a few pulls are very slow, while most are well. Values "
            "between the edges of the histogram are estimates.",
        ),
        TimeSeries(
            title="How fast do registries serve images?",
            query=f"{SIZED_BYTES} / ({SIZED_SECONDS} > 0)",
            legend="{{registry}} {{size_kind}}",
            unit="Bps",
            interval="5m",
            width=8,
            base="red",
            steps=[(config["expectedBytesPerSecond"], "green")],
            description="Bytes of an image per second of its pull: an upper bound, as nodes may hold some layers. Above the line is good: the limits of the "
            "alerts count with it. All low at once points at nodes or network, one of them at the way to it.",
        ),
        Table(
            title="What does each registry give, beside its past and the others?",
            labels={"registry": "Registry", "size_kind": "Bytes are"},
            hidden=[OF_CLUSTER],
            columns=[
                Column("Now", f"max {BY_KIND} ({GIVES})", unit="Bps"),
                Column("Usually", f"max {BY_KIND} ({GAVE})", unit="Bps"),
                Column("Others", f"max {BY_KIND} ({OTHERS_GIVE})", unit="Bps"),
            ],
            quotients=[
                Quotient("Of its usual", "Now", "Usually", unit="percentunit", steps=[(0, "red"), (THROUGHPUT_SHARE, "green")]),
                Quotient("Of the others", "Now", "Others", unit="percentunit", steps=[(0, "red"), (THROUGHPUT_SHARE, "green")]),
            ],
            sort_by="Usually",
            links={"Registry": THIS_REGISTRY},
            height=6,
            empty="No registry with enough pulls",
            runbook="ImagePullThroughputLow",
            description=f"Bytes per second of the last {NOW}, of {USUAL}, and of all other registries. About 100 % is good. Both in red: that registry, or the "
            "way to it, and the alert fires. Of its usual alone: all are slow, look at the network. Compare only bytes of one kind.",
        ),
        TimeSeries(
            title="What do attempts fail of?",
            query=f"round({FAILURES})",
            legend="{{reason}}",
            interval="5m",
            stacked=True,
            empty="No failures in this range",
            description="Failed attempts by cause, each retry counted. Empty is good. not_found is a typo or a deleted tag, auth a missing or expired secret, "
            "unreachable and timeout the way to the registry.",
        ),
        TimeSeries(
            title="How often was the image already there?",
            query=[
                Target(f"round({HITS})", "{{kind}}"),
                Target(f"round(sum({PULLS}))", "pulled"),
            ],
            interval="5m",
            stacked=True,
            description="Containers by where their image came from. Mostly present is good. revalidated asks the registry each time, as policy Always does. Much "
            "pulled again says that nodes are new, or clean up too early.",
        ),
    ],
)

which_pulls = Row(
    "What is pulled there now? (cluster, registry and node)",
    [
        Table(
            title="Which pulls run now?",
            labels=PULL_LABELS,
            hidden=[OF_CLUSTER, "container"],
            widths={"Image": 340, "Pod": 240},
            columns=[
                Column("Asked ago", OLDEST, unit="s"),
                Column("Ahead of it", f"max {BY_PULL} (pullwatch_pull_running_ahead{{{PULL}}}) and {ON_PULL} {OLDEST}"),
                Column(
                    "Works for",
                    f"max {BY_PULL} (pod:pullwatch_pull_running_seconds:max{{{PULL}}}) and {ON_PULL} {OLDEST}",
                    unit="s",
                    steps=SLOW_STEPS,
                ),
            ],
            sort_by="Asked ago",
            links=OF_PULLS,
            empty="No pulls run now",
            runbook="ImagePullStuck",
            description="On the chosen nodes, from the chosen registries; the 100 that were asked for first. Few rows are good. A pull works once nothing is ahead "
            f"of it on its node; after {STUCK:g} s of work it is stuck: follow the runbook.",
        ),
        Table(
            title="What fails there, and why?",
            labels=PULL_LABELS | {"reason": "Reason"},
            hidden=[OF_CLUSTER, "container"],
            widths={"Image": 340, "Pod": 240},
            columns=[Column("Fails for", f"topk(100, max {BY_FAILURE} ({FAILING}))", unit="s")],
            sort_by="Fails for",
            links=OF_PULLS,
            empty="Nothing fails now",
            description="Containers that fail to get their image, with the newest reason. None is good. One node: its disk, DNS or credentials. One registry: "
            "its limits or its health. One image: correct its tag, or the pod's imagePullSecrets.",
        ),
    ],
)

dashboard = Dashboard(
    uid=BOARD,
    title="pullwatch / Node and registry",
    description="Image pulls by node and by registry: is it one of them, or everything, and what do the slow ones have in common?",
    variables=[
        DatasourceVariable(),
        QueryVariable(name="cluster", of=OF_CLUSTER, label="Cluster", series="pullwatch_build_info"),
        QueryVariable(
            name="registry",
            label="Registry",
            series=f'{{__name__=~"pullwatch_pull_wait_seconds_count|pullwatch_pull_failures_total|{SINGLE}", {CLUSTER}}}',
        ),
        QueryVariable(name="node", label="Node", series=f'{{__name__=~"pullwatch_node_info|{SINGLE}", {CLUSTER}}}'),
    ],
    alerts=[
        AlertAnnotations(
            name="Alerts",
            # About a node or a registry; the empty alternatives keep those that know the one and not the other.
            query=f"max by (alertname, severity, {OF_CLUSTER}, node, registry)"
            f' (ALERTS{{alertstate="firing", alertname=~".*ImagePull.*", image="", {CLUSTER}, node=~"$node|", registry=~"$registry|"}})',
            title="{{alertname}} {{node}} {{registry}}",
        ),
    ],
    rows=[which_is_it, which_nodes, against_fleet, queueing, registries, which_pulls],
    time_from="now-24h",
)

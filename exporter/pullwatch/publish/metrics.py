"""The metrics that image pulls feed: one table of names, labels, caps and what each says.

Everything that speaks of a metric reads this table: the exposition, docs/metrics.md, the tests. The exporter's metrics
about itself are in `self_metrics`; the state behind the counters is in `children`, the rows that move them in `families`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pullwatch.pulls.pull import FAILURES, REFUSALS

OTHER = "_other"
"""Label value of what found no room under a cap. No registry or repository can have this name."""


class MetricType(enum.StrEnum):
    """Types of the text format and of OpenMetrics."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Overflow(enum.Enum):
    """What becomes of a label set that comes when the cap is reached."""

    FOLD = "new ones count in `_other`"
    """It counts in a child that stands for all that found no room, so that sums stay right."""
    YOUNGEST = "the youngest are left out"
    FASTEST = "the fastest are left out"
    SMALLEST = "the smallest are left out"
    DROP = "new ones are left out"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family; `name` is that of the text format (counters end in `_total`)."""

    name: str
    type: MetricType
    help: str
    labels: tuple[str, ...] = ()
    cap: int = 1
    """Most label sets at a time."""
    overflow: Overflow = Overflow.DROP
    unit: str = ""
    buckets: tuple[float, ...] = ()
    """Upper edges without +Inf, of a histogram."""
    example: str = ""
    """A PromQL expression worth copying."""


REPOSITORY = ("registry", "repository")
POD = ("namespace", "pod", "container", "workload", "node", "image", *REPOSITORY)

PULL_BUCKETS = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)
NODE_BUCKETS = (10.0, 60.0, 300.0, 1800.0)
"""Four edges only: a node histogram has as many children as the cluster has nodes."""

CACHE_KINDS = ("present", "revalidated")

_COUNTER, _GAUGE, _HISTOGRAM = MetricType.COUNTER, MetricType.GAUGE, MetricType.HISTOGRAM
_FOLD, _YOUNGEST, _FASTEST = Overflow.FOLD, Overflow.YOUNGEST, Overflow.FASTEST

DURATION = Family(
    "pullwatch_pull_duration_seconds", _HISTOGRAM,
    "Time the container runtime took for image pulls that moved bytes, without the time in the kubelet's queue.",
    REPOSITORY, 2_000, _FOLD, "seconds", PULL_BUCKETS,
    "histogram_quantile(0.9, sum by (le, registry, repository) (rate(pullwatch_pull_duration_seconds_bucket[30m])))",
)  # fmt: skip
WAIT = Family(
    "pullwatch_pull_wait_seconds", _HISTOGRAM,
    "Time the kubelet kept pull requests in its queue before it asked the container runtime.",
    REPOSITORY, 2_000, _FOLD, "seconds", PULL_BUCKETS,
    "sum by (registry) (rate(pullwatch_pull_wait_seconds_sum[30m])) / sum by (registry) (rate(pullwatch_pull_wait_seconds_count[30m]))",
)  # fmt: skip
TOTAL = Family(
    "pullwatch_pull_including_wait_seconds", _HISTOGRAM,
    "Time from the kubelet's decision to pull until the image was there: queue and pull together, which is what the pod felt.",
    REPOSITORY, 2_000, _FOLD, "seconds", PULL_BUCKETS,
    "1 - sum(rate(pullwatch_pull_including_wait_seconds_bucket{le=\"60.0\"}[1h])) / sum(rate(pullwatch_pull_including_wait_seconds_count[1h]))",
)  # fmt: skip
IMAGE_BYTES = Family(
    "pullwatch_pull_image_bytes_total", _COUNTER,
    "Sizes of the images pulled, of pulls whose size and time are known: an upper bound of the bytes moved, as nodes may hold some layers.",
    (*REPOSITORY, "size_kind"), 2_000, _FOLD, "bytes",
    example="sum by (registry, size_kind) (rate(pullwatch_pull_image_bytes_total[1h]))"
            " / sum by (registry, size_kind) (rate(pullwatch_pull_sized_seconds_total[1h]))",
)  # fmt: skip
SIZED_SECONDS = Family(
    "pullwatch_pull_sized_seconds_total", _COUNTER,
    "Pull seconds of exactly the pulls counted in pullwatch_pull_image_bytes_total: bytes divided by these seconds is a throughput.",
    (*REPOSITORY, "size_kind"), 2_000, _FOLD, "seconds",
)  # fmt: skip
CACHE_HITS = Family(
    "pullwatch_pull_cache_hits_total", _COUNTER,
    "Containers whose image was on the node: present = nothing was asked of the registry, revalidated = asked, but no bytes moved.",
    (*REPOSITORY, "kind"), 4_000, _FOLD,
    example="sum by (registry, repository) (rate(pullwatch_pull_cache_hits_total{kind=\"present\"}[1h]))",
)  # fmt: skip
PULL_FAILURES = Family(
    "pullwatch_pull_failures_total", _COUNTER,
    "Attempts to pull an image that ended in an error, by the error's cause; a retry counts again.",
    ("registry", "reason"), 100 * len(FAILURES), _FOLD,
    example="sum by (registry, reason) (increase(pullwatch_pull_failures_total[1h])) > 0",
)  # fmt: skip
PULL_REFUSALS = Family(
    "pullwatch_pull_refusals_total", _COUNTER,
    "Images that were never asked for: the name is invalid, or a policy (pull policy Never, signatures) forbids it.",
    ("reason",), len(REFUSALS),
)  # fmt: skip
RUNNING_START = Family(
    "pullwatch_pull_running_start_timestamp_seconds", _GAUGE,
    "When an image pull that is still running was asked for, as seconds since 1970; one series per running pull.",
    POD, 10_000, _YOUNGEST, "seconds",
    example="topk(10, time() - pullwatch_pull_running_start_timestamp_seconds)",
)  # fmt: skip
RUNNING_AHEAD = Family(
    "pullwatch_pull_running_ahead", _GAUGE,
    "Earlier pulls of the same node that must end before the kubelet starts this one; 0 = the container runtime works on it.",
    POD, 10_000, _YOUNGEST,
    example="count by (node) (pullwatch_pull_running_ahead > 0)",
)  # fmt: skip
RUNNING_UNBLOCKED = Family(
    "pullwatch_pull_running_unblocked_timestamp_seconds", _GAUGE,
    "Since when no earlier pull of the node is ahead of a running one, as seconds since 1970; absent while some are.",
    POD, 10_000, _YOUNGEST, "seconds",
    example="topk(10, time() - pullwatch_pull_running_unblocked_timestamp_seconds)",
)  # fmt: skip
FAILING_START = Family(
    "pullwatch_pull_failing_start_timestamp_seconds", _GAUGE,
    "Since when a container fails to get its image, as seconds since 1970; reason is the newest one, the time that of the first failure.",
    (*POD, "reason"), 10_000, _YOUNGEST, "seconds",
    example="max by (namespace, image, reason) (time() - pullwatch_pull_failing_start_timestamp_seconds)",
)  # fmt: skip
LAST_DURATION = Family(
    "pullwatch_last_pull_duration_seconds", _GAUGE,
    "Runtime's time for a pull that ended in the last 15 minutes and took 10 s or more with its wait.",
    POD, 2_000, _FASTEST, "seconds",
    example="topk(10, pullwatch_last_pull_duration_seconds)",
)  # fmt: skip
LAST_WAIT = Family(
    "pullwatch_last_pull_wait_seconds", _GAUGE,
    "Time in the kubelet's queue of a pull that ended in the last 15 minutes and took 10 s or more with its wait.",
    POD, 2_000, _FASTEST, "seconds",
)  # fmt: skip
LAST_BYTES = Family(
    "pullwatch_last_pull_image_bytes", _GAUGE,
    "Size of the image of a pull that ended in the last 15 minutes and took 10 s or more with its wait; absent when not known.",
    POD, 2_000, _FASTEST, "bytes",
)  # fmt: skip
LAST_END = Family(
    "pullwatch_last_pull_end_timestamp_seconds", _GAUGE,
    "When a pull that took 10 s or more with its wait ended, as seconds since 1970; shown for 15 minutes.",
    POD, 2_000, _FASTEST, "seconds",
)  # fmt: skip
PENDING_PODS = Family(
    "pullwatch_pending_pods", _GAUGE,
    "Pods that wait for this image now.",
    ("namespace", "image", "registry"), 2_000, Overflow.SMALLEST,
    example="topk(10, sum by (image) (pullwatch_pending_pods))",
)  # fmt: skip
UNSEEN = Family(
    "pullwatch_unseen_pulls_total", _COUNTER,
    "Containers that started without any Event telling how their image came; whether it was pulled is unknown.",
    ("node",), 10_000,
    example="sum(increase(pullwatch_unseen_pulls_total[1h]))",
)  # fmt: skip
NODE_DURATION = Family(
    "pullwatch_node_pull_duration_seconds", _HISTOGRAM,
    "Time the container runtime of a node took for image pulls that moved bytes; count and sum serve as pulls and seconds.",
    ("node",), 10_000, Overflow.DROP, "seconds", NODE_BUCKETS,
    "topk(10, sum by (node) (rate(pullwatch_node_pull_duration_seconds_sum[1h]))"
    " / sum by (node) (rate(pullwatch_node_pull_duration_seconds_count[1h])))",
)  # fmt: skip
NODE_WAIT = Family(
    "pullwatch_node_wait_seconds_total", _COUNTER,
    "Time that pull requests spent in the queue of a node's kubelet.",
    ("node",), 10_000, unit="seconds",
)  # fmt: skip
NODE_BYTES = Family(
    "pullwatch_node_image_bytes_total", _COUNTER,
    "Sizes of the images that a node pulled, of pulls whose size and time are known: an upper bound of the bytes moved.",
    ("node",), 10_000, unit="bytes",
)  # fmt: skip
NODE_FAILURES = Family(
    "pullwatch_node_failures_total", _COUNTER,
    "Attempts of a node to pull an image that ended in an error.",
    ("node",), 10_000,
    example="topk(10, sum by (node) (increase(pullwatch_node_failures_total[1h])))",
)  # fmt: skip
NODE_CACHE_HITS = Family(
    "pullwatch_node_cache_hits_total", _COUNTER,
    "Containers of a node whose image was there: present = nothing was asked of the registry, revalidated = asked, but no bytes moved.",
    ("node", "kind"), 20_000,
)  # fmt: skip
NODE_INFO = Family(
    "pullwatch_node_info", _GAUGE,
    "What is known of a node; always 1. Join with it to group nodes by pool, zone, machine type or version.",
    ("node", "instance_type", "pool", "zone", "arch", "runtime_version", "kubelet_version"), 10_000,
    example="sum by (pool) (rate(pullwatch_node_pull_duration_seconds_sum[1h])"
            " * on (node) group_left (pool) max by (node, pool) (pullwatch_node_info))",
)  # fmt: skip
IMAGE_SIZE = Family(
    "pullwatch_image_size_bytes", _GAUGE,
    "Size of an image as events and nodes tell it; size_kind says whether the bytes are compressed.",
    ("image", *REPOSITORY, "size_kind"), 25_000, Overflow.SMALLEST, "bytes",
    example="topk(10, max by (image) (pullwatch_image_size_bytes{size_kind=\"compressed\"}))",
)  # fmt: skip
RUNTIME_PULLS = Family(
    "pullwatch_runtime_pulls_total", _COUNTER,
    "Pull operations that a node's kubelet itself counted since it was first read, failed ones and each credential tried included.",
    ("node",), 10_000,
    example="sum by (node) (increase(pullwatch_runtime_pulls_seen_total[30m])) / (sum by (node) (increase(pullwatch_runtime_pulls_total[30m])) > 0)",
)  # fmt: skip
RUNTIME_ERRORS = Family(
    "pullwatch_runtime_pull_errors_total", _COUNTER,
    "Of pullwatch_runtime_pulls_total, the operations that ended in an error.",
    ("node",), 10_000,
)  # fmt: skip
RUNTIME_SEEN = Family(
    "pullwatch_runtime_pulls_seen_total", _COUNTER,
    "Pulls and failed attempts that Events told of since the node's kubelet was first read; moves with pullwatch_runtime_pulls_total.",
    ("node",), 10_000,
)  # fmt: skip
KUBELET_SECONDS = Family(
    "pullwatch_kubelet_pull_including_wait_seconds_total", _COUNTER,
    "Time of successful pulls by the kubelet's own measurement, its queue included.",
    ("node",), 10_000, unit="seconds",
    example="sum by (node) (rate(pullwatch_kubelet_pull_including_wait_seconds_total[1h])) / sum by (node) (rate(pullwatch_kubelet_timed_pulls_total[1h]))",
)  # fmt: skip
KUBELET_TIMED = Family(
    "pullwatch_kubelet_timed_pulls_total", _COUNTER,
    "Successful pulls whose time is in pullwatch_kubelet_pull_including_wait_seconds_total; those that moved no bytes are among them.",
    ("node",), 10_000,
)  # fmt: skip
KUBELET_REQUESTS = Family(
    "pullwatch_kubelet_image_requests_total", _COUNTER,
    "Times that containers and volumes asked a kubelet for an image, each new try after a failure too; of all kubelets read, since 1.35.",
    ("pull_policy", "present_locally", "pull_required"), 64,
    example='sum(rate(pullwatch_kubelet_image_requests_total{pull_required="true"}[1h])) / sum(rate(pullwatch_kubelet_image_requests_total[1h]))',
)  # fmt: skip
PLUGIN_SECONDS = Family(
    "pullwatch_kubelet_credential_plugin_seconds_total", _COUNTER,
    "Time that kubelets waited for a credential provider plugin, over all kubelets that are read; no pull starts before.",
    ("plugin",), 50, unit="seconds",
)  # fmt: skip
PLUGIN_CALLS = Family(
    "pullwatch_kubelet_credential_plugin_calls_total", _COUNTER,
    "Calls of a credential provider plugin, over all kubelets that are read.",
    ("plugin",), 50,
)  # fmt: skip
IMAGE_LAYERS = Family(
    "pullwatch_image_layers", _GAUGE,
    "Layers of an image, as its manifest lists them; of several platforms under one name the one that most nodes hold.",
    ("image", *REPOSITORY), 25_000, Overflow.SMALLEST,
    example="topk(10, max by (image) (pullwatch_image_layers))",
)  # fmt: skip
IMAGE_LARGEST_LAYER = Family(
    "pullwatch_image_largest_layer_bytes", _GAUGE,
    "Compressed size of an image's largest layer: one layer is fetched as one stream, so it sets the least time of a pull.",
    ("image", *REPOSITORY), 25_000, Overflow.SMALLEST, "bytes",
    example="topk(10, max by (image) (pullwatch_image_largest_layer_bytes)"
            " / max by (image) (pullwatch_image_size_bytes{size_kind=\"compressed\"}))",
)  # fmt: skip
IMAGE_LAYER_SIZE = Family(
    "pullwatch_image_layer_size_bytes", _GAUGE,
    "Compressed size of each layer of the 100 images that cost most, by bytes times nodes that hold them; layer is the position from 0.",
    ("image", "layer", "digest"), 10_000, Overflow.SMALLEST, "bytes",
    example="topk(10, max by (image, layer, digest) (pullwatch_image_layer_size_bytes))",
)  # fmt: skip

FAMILIES = (
    DURATION, WAIT, TOTAL, IMAGE_BYTES, SIZED_SECONDS, CACHE_HITS, PULL_FAILURES, PULL_REFUSALS,
    RUNNING_START, RUNNING_AHEAD, RUNNING_UNBLOCKED, FAILING_START, LAST_DURATION, LAST_WAIT, LAST_BYTES, LAST_END, PENDING_PODS,
    UNSEEN, NODE_DURATION, NODE_WAIT, NODE_BYTES, NODE_FAILURES, NODE_CACHE_HITS, NODE_INFO, IMAGE_SIZE,
    RUNTIME_PULLS, RUNTIME_ERRORS, RUNTIME_SEEN, KUBELET_SECONDS, KUBELET_TIMED, KUBELET_REQUESTS, PLUGIN_SECONDS, PLUGIN_CALLS,
    IMAGE_LAYERS, IMAGE_LARGEST_LAYER, IMAGE_LAYER_SIZE,
)  # fmt: skip
"""All of them, in the order of the exposition."""

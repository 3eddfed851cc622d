"""What container runtimes count of pulls, in the names of each generation.

containerd's text is recorded; CRI-O's is made by the names in its source, and no live one was asked.
"""

from __future__ import annotations

import gzip

import pytest

from pullwatch.pulls import runtime_counts
from pullwatch.pulls.runtime_counts import LayerSizes, RuntimeCounts
from pullwatch.pulls.sample import NotBelieved
from pullwatch.sources.metric_text import MetricText
from tests.recorded import RECORDINGS


def read(text: bytes) -> RuntimeCounts:
    metrics = MetricText(runtime_counts.NAMES, where="a runtime")
    metrics.feed(text)
    return runtime_counts.read(metrics.end())


CRIO_LAYERS = b"""container_runtime_crio_image_pulls_layer_size_bucket{le="1000"} 1
container_runtime_crio_image_pulls_layer_size_bucket{le="1e+06"} 3
container_runtime_crio_image_pulls_layer_size_bucket{le="1e+10"} 5
container_runtime_crio_image_pulls_layer_size_bucket{le="+Inf"} 6
container_runtime_crio_image_pulls_layer_size_sum 2.5e+10
container_runtime_crio_image_pulls_layer_size_count 6
"""

CRIO_OLD = b"""container_runtime_crio_image_pulls_successes{name="docker.io/library/nginx:1"} 3
container_runtime_crio_image_pulls_successes{name="quay.io/a/b:1"} 2
container_runtime_crio_image_pulls_failures{name="quay.io/a/c:1",error="UNKNOWN"} 1
container_runtime_crio_image_pulls_by_name{name="quay.io/a/b:1",size="1000"} 1000
container_runtime_crio_image_pulls_by_name{name="quay.io/a/b:1",size="2000"} 2000
container_runtime_crio_image_pulls_by_digest{name="quay.io/a/b:1",digest="sha256:1",mediatype="x",size="1000"} 1000
container_runtime_crio_image_pulls_by_name_skipped{name="quay.io/a/b:1"} 50
"""

CRIO_NEW = b"""container_runtime_crio_image_pulls_success_total 5
container_runtime_crio_image_pulls_failure_total{error="UNKNOWN"} 1
container_runtime_crio_image_pulls_failure_total{error="NOT_FOUND"} 2
container_runtime_crio_image_pulls_bytes_total{mediatype="x",size=">1 KiB"} 1000
container_runtime_crio_image_pulls_bytes_total{mediatype="x",size=">1 MiB"} 5e+06
container_runtime_crio_image_pulls_skipped_bytes_total{size=">1 KiB"} 70
"""


def test_a_recorded_containerd_is_read() -> None:
    """Of the 550 KB of a containerd 2.2.9 that pulled 15 images and failed 5 times, three numbers are kept."""
    recorded = gzip.decompress((RECORDINGS / "containerd-2.2.9.metrics.txt.gz").read_bytes())

    assert read(recorded) == RuntimeCounts(succeeded=15, failed=5, running=0)


def test_the_older_containerd_has_other_names() -> None:
    """1.7 counts under a name without `sandboxed`, beside a twin that stays 0."""
    text = b"""containerd_cri_image_pulls_total{status="failure"} 2
containerd_cri_image_pulls_total{status="success"} 7
containerd_cri_in_progress_image_pulls_total 1
containerd_cri_sandboxed_in_progress_image_pulls_total 0
containerd_cri_image_pulling_throughput_sum 27451
"""

    assert read(text) == RuntimeCounts(succeeded=7, failed=2, running=1)


def test_a_containerd_that_pulled_nothing_counts_0() -> None:
    """Its counter is absent until the first pull, its gauge is there."""
    assert read(b"containerd_cri_sandboxed_in_progress_image_pulls_total 0\n") == RuntimeCounts(succeeded=0, failed=0, running=0)


def test_a_runtime_that_counts_no_pulls_is_unknown() -> None:
    """containerd 1.6 has metrics and none about pulls: that is not 0 pulls."""
    with pytest.raises(NotBelieved, match=r"before 1\.7"):
        read(b'grpc_server_handled_total{grpc_method="PullImage"} 5\n')


def test_throughput_is_never_read() -> None:
    """Up to 2.3 it divides the whole size by the time, also of an image that was there."""
    assert [name for name in runtime_counts.NAMES if "throughput" in name] == []


def test_crio_is_read() -> None:
    """Bytes of the network, failures of each kind, and layers by size."""
    assert read(CRIO_NEW + CRIO_LAYERS) == RuntimeCounts(
        succeeded=5,
        failed=3,
        fetched_bytes=5_001_000,
        skipped_bytes=70,
        layers=LayerSizes((("1000", 1), ("1e+06", 3), ("1e+10", 5), ("+Inf", 6)), 2.5e10),
    )


def test_an_older_crio_is_read() -> None:
    """Up to 1.29 each image had a series; their sums are the same counts."""
    assert read(CRIO_OLD) == RuntimeCounts(succeeded=5, failed=1, fetched_bytes=3000, skipped_bytes=50)


def test_a_crio_with_both_names_is_counted_once() -> None:
    """From 1.23 to 1.29 both were there."""
    assert read(CRIO_OLD + CRIO_NEW) == read(CRIO_NEW)


def test_a_crio_that_pulled_nothing_counts_0() -> None:
    """Its histogram is there from the start."""
    text = b"""container_runtime_crio_image_pulls_layer_size_bucket{le="+Inf"} 0
container_runtime_crio_image_pulls_layer_size_sum 0
"""

    assert read(text) == RuntimeCounts(succeeded=0, failed=0, fetched_bytes=0, skipped_bytes=0, layers=LayerSizes((("+Inf", 0),), 0))


@pytest.mark.parametrize(
    "edges",
    [
        [("x", 1), ("+Inf", 2)],
        [("1", 1), ("2", 2)],
        [("1", 3), ("+Inf", 2)],
        [("1", -1), ("+Inf", 2)],
        [*((str(edge), 1) for edge in range(50)), ("+Inf", 1)],
        [("nan", 1), ("+Inf", 1)],
    ],
)
def test_a_histogram_that_is_none_is_not_believed(edges: list[tuple[str, int]]) -> None:
    """It would be shown to whoever scrapes us."""
    lines = [f'container_runtime_crio_image_pulls_layer_size_bucket{{le="{edge}"}} {count}\n' for edge, count in edges]

    with pytest.raises(NotBelieved):
        read("".join([*lines, "container_runtime_crio_image_pulls_layer_size_sum 0\n"]).encode())

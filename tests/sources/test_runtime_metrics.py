"""Which addresses may be a container runtime's."""

from __future__ import annotations

import pytest

from pullwatch.sources import errors, metric_answer, runtime_metrics
from tests.sources import rawserver


@pytest.mark.parametrize("url", ["http://127.0.0.1:1338/v1/metrics", "http://[::1]:9090/metrics", "http://localhost:9090/metrics"])
def test_this_machine_is_read(url: str) -> None:
    """containerd and CRI-O listen on loopback."""
    runtime_metrics.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1:1338/v1/metrics",
        "http://169.254.169.254/latest",
        "https://127.0.0.1:1338/",
        "http://user@127.0.0.1:1338/",
        "http://127.0.0.1.example.com:1338/",
        "http://127.0.0.1:x/",
        "http://[::1/",
        "127.0.0.1:1338",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_else_is_read(url: str) -> None:
    """The agent asks nobody over the network; one line says what is meant."""
    with pytest.raises(errors.AccessError, match="--runtime-metrics"):
        runtime_metrics.check(url)


async def test_it_is_asked_without_credentials() -> None:
    """A runtime's metrics need none, and get none."""
    text = b"containerd_cri_in_progress_image_pulls_total 2\nother 1\n"
    async with rawserver.serving(rawserver.whole("200 OK", text, "Content-Type: text/plain")) as server, metric_answer.client() as session:
        answer = await runtime_metrics.read(session, f"{server.url}/v1/metrics")

    assert [sample.value for sample in answer.samples] == [2.0]
    assert "authorization" not in server.asked[0].headers

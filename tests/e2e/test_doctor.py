"""`pullwatch doctor` beside a real Prometheus that scrapes the exporter as the operator makes it: with labels of the target."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest

from pullwatch.pack import assets
from tests.e2e import programs
from tests.e2e.started import PULLWATCH, Started, fetched, started, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TARGET_LABELS = {
    "namespace": "pullwatch",
    "pod": "pullwatch-7cd7f9985d-9wvbp",
    "container": "pullwatch",
    "node": "node-of-the-exporter",
    "service": "pullwatch",
    "endpoint": "metrics",
}
"""As the Prometheus operator attaches them."""

RULES = assets.root() / "deploy" / "rules" / "pullwatch.yaml"

KEEPS, RENAMES = "serviceMonitor/pullwatch/pullwatch/0", "serviceMonitor/monitoring/copied/0"


@pytest.fixture(scope="module")
def exporter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a demo's exporter."""
    with started([*PULLWATCH, "demo", "--listen", "127.0.0.1:0"], output=tmp_path_factory.mktemp("demo") / "demo.txt") as program:
        url = until(lambda: re.search(r"page (http://\S+)", program.said()), what="the demo to name its page")[1]
        until(lambda: "pull_running_start_timestamp_seconds{" in (fetched(f"{url}metrics") or ""), what="a running pull")
        yield urlsplit(url).netloc


def configuration(exporter: str, **honor_labels: bool) -> str:
    """Return a configuration with a scrape job for each name."""
    jobs = [
        {
            "job_name": KEEPS if name == "keeps" else RENAMES,
            "honor_labels": honors,
            "static_configs": [{"targets": [exporter], "labels": {"job": name, **TARGET_LABELS}}],
        }
        for name, honors in honor_labels.items()
    ]
    return json.dumps({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "rule_files": [str(RULES)], "scrape_configs": jobs})


@pytest.fixture
def prometheus(exporter: str, tmp_path: Path) -> Iterator[tuple[Started, str, Path]]:
    """A Prometheus with one job that honors labels and one that does not, both scraped."""
    config = tmp_path / "prometheus.yml"
    config.write_text(configuration(exporter, keeps=True, renames=False))
    address = free_address()
    with started(run(config, address=address), output=tmp_path / "prometheus.txt") as program:
        until(lambda: len(series(address, 'pullwatch_node_info{job=~"keeps|renames"}')) >= 40, what="both jobs to be scraped")
        yield program, f"http://{address}", config


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


def run(config: Path, *, address: str) -> list[str | Path]:
    """Return the command of a Prometheus that keeps its data beside its configuration."""
    return [
        programs.prometheus(),
        f"--config.file={config}",
        f"--storage.tsdb.path={config.parent}/data",
        f"--web.listen-address={address}",
    ]


def series(address: str, query: str) -> list[dict[str, str]]:
    answer: dict[str, Any] = json.loads(fetched(f"http://{address}/api/v1/query?query={quote(query)}") or '{"data":{"result":[]}}')
    return [one["metric"] for one in answer["data"]["result"]]


def doctor(*arguments: str) -> tuple[int, str]:
    ended = subprocess.run([*PULLWATCH, "doctor", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def test_it_finds_the_job_that_renames_labels(prometheus: tuple[Started, str, Path], exporter: str) -> None:
    """One of two jobs lacks honor_labels: it is named, with its target, the labels and the field; the other is not."""
    _, url, _ = prometheus

    code, said = doctor("--prometheus", url, "--output", "json")
    in_words = doctor("--prometheus", url)

    document = json.loads(said)
    (finding,) = document["findings"]
    assert code == 1
    assert {(one["job"], one["instance"]) for one in document["exporters"]} == {("keeps", exporter), ("renames", exporter)}
    assert (finding["kind"], finding["job"], finding["where"]) == ("labels_renamed", RENAMES, [f"http://{exporter}/metrics"])
    assert finding["labels"] == ["container", "namespace", "node", "pod"]
    assert "honorLabels: true in ServiceMonitor copied of namespace monitoring" in finding["remedy"]
    assert in_words[0] == 1
    assert max(map(len, in_words[1].splitlines())) <= 80


def test_what_it_finds_is_what_rules_would_miss(prometheus: tuple[Started, str, Path]) -> None:
    """In the job that keeps labels pods are the pulled ones; in the other every pull is of the exporter's own pod."""
    _, url, _ = prometheus
    address = urlsplit(url).netloc

    kept = series(address, 'pullwatch_pull_running_start_timestamp_seconds{job="keeps"}')
    renamed = series(address, 'pullwatch_pull_running_start_timestamp_seconds{job="renames"}')

    assert TARGET_LABELS["pod"] not in {one["pod"] for one in kept}
    assert {one["pod"] for one in renamed} == {TARGET_LABELS["pod"]}


def test_it_is_content_once_the_remedy_was_applied(prometheus: tuple[Started, str, Path], exporter: str) -> None:
    """As soon as Prometheus has loaded the change, although renamed series are found for minutes more."""
    program, url, config = prometheus

    config.write_text(configuration(exporter, keeps=True, renames=True))
    program.process.send_signal(signal.SIGHUP)
    code, said = until(lambda: result if (result := doctor("--prometheus", url))[0] == 0 else None, what="the change to be loaded")

    assert (code, said) == (
        0,
        f"scrape: ok. 2 exporters in {url}, labels arrive as sent.\nrules: ok. 13 alerts of pullwatch, and what dashboards read.\n",
    )


def test_nothing_scraped_is_no_all_clear(tmp_path: Path) -> None:
    """A Prometheus that knows no exporter is a finding with the way out."""
    config = tmp_path / "prometheus.yml"
    config.write_text("{}")
    address = free_address()

    with started(run(config, address=address), output=tmp_path / "prometheus.txt"):
        until(lambda: fetched(f"http://{address}/-/ready"), what="Prometheus to be ready")
        code, said = doctor("--prometheus", f"http://{address}")

    assert code == 1
    assert "it scrapes no exporter" in " ".join(said.split())
    assert "this Prometheus has none of pullwatch's alerts" in " ".join(said.split())
    assert "honor_labels: true" in said

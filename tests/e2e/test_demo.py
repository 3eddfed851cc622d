"""`pullwatch demo` as its user runs it: terminal, browser, Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import time
from fcntl import ioctl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from rich.cells import cell_len

from tests.e2e import programs
from tests.e2e.started import DEADLINE_SECONDS, PULLWATCH, Started, fetched, started, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STUCK = "registry.slow.example/ml/vision-base:cu12.8"
SLOW = "registry.slow.example/ml/trainer:1.8"

WIDTH = 80


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Started, str]]:
    """A running demo and the address of its page."""
    (tmp_path / "temporary").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    with started([*PULLWATCH, "demo", "--listen", "127.0.0.1:0"], output=tmp_path / "demo.txt", env=environment) as program:
        url = until(lambda: re.search(r"page (http://\S+)", program.said()), what="the demo to name its page")[1]
        until(lambda: "not read yet" not in (fetched(f"{url}-/ready") or "not read yet"), what="the demo to be ready")
        yield program, url


def test_it_shows_slow_and_stuck_pulls(demo: tuple[Started, str]) -> None:
    """Terminal, page, JSON and metrics name the stuck pull and the slow one; Ctrl-C ends it all at once."""
    program, url = demo

    line = until(lambda: re.search(r".*stuck.*", program.said()), what="a line about a stuck pull")[0]
    page, metrics, pulls = fetched(url) or "", fetched(f"{url}metrics") or "", json.loads(fetched(f"{url}api/v1/pulls") or "")
    code, seconds = program.stop(signal.SIGINT)

    assert STUCK in line
    assert STUCK in page
    assert "stuck" in page
    assert SLOW in page
    assert f'pullwatch_pull_running_start_timestamp_seconds{{container="vision",image="{STUCK}"' in metrics
    assert {STUCK, SLOW} <= {pull["image"] for pull in pulls["pulls"] if pull["outcome"] == "running"}
    assert code == 0
    assert seconds < 5
    assert "Traceback" not in program.said()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)):
        pass


def test_it_notifies_of_slow_and_stuck_pulls(demo: tuple[Started, str], tmp_path: Path) -> None:
    """Prometheus and Alertmanager run beside it, a line tells of each notification, and Ctrl-C leaves nothing behind."""
    for needed in (programs.prometheus, programs.alertmanager):
        needed()
    program, url = demo

    prometheus = until(lambda: re.search(r"^Prometheus (http://\S+)$", program.said(), re.MULTILINE), what="Prometheus' address")[1]
    for alert, image in (("ImagePullStuck", STUCK), ("SlowImagePull", SLOW)):
        line = rf"^notified: {alert}: {re.escape(image)}: .+ {re.escape(url)}runbooks/{alert}$"
        until(lambda line=line: re.search(line, program.said(), re.MULTILINE), what=f"a notification of {alert}")  # type: ignore[misc]
    alerts = fetched(prometheus) or ""
    code, seconds = program.stop(signal.SIGINT)

    assert "SlowImagePull" in alerts
    assert (code, seconds < 5) == (0, True)
    assert fetched(prometheus) is None
    assert [*(tmp_path / "temporary").iterdir()] == []


def test_its_layers_can_be_looked_at(demo: tuple[Started, str], tmp_path: Path) -> None:
    """While it runs `top` shows how far layers are and `image` what they are, as their users call them; a browser shows the same."""
    _, url = demo

    def asked(*arguments: str) -> str:
        command = [*PULLWATCH, *arguments, "--server", url]
        return subprocess.run(command, capture_output=True, check=False, timeout=60, env=os.environ | {"COLUMNS": "120"}).stdout.decode()

    image = until(lambda: asked("image", SLOW), what="the trainer's layers")
    top = until(lambda: found if "RUN pip install torch" in (found := asked("top")) else None, what="its progress")
    page = f"{url}images/?image={SLOW}"
    dom = subprocess.run(
        [
            str(programs.chromium()),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}/profile",
            "--dump-dom",
            page,
        ],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout.decode()

    assert image.startswith("Layer 3, 1.6 GB, `RUN pip install torch==2.9.0 transformers`, is 84 % of 1.9 GB and is fetched alone.")
    assert f"images/?image={SLOW.replace(':', '%3A')}" in (fetched(url) or "")
    assert re.search(r"\n       3 D █\S* +\d.\d GB/1.6 GB ", top), top
    assert "is 84 % of 1.9 GB and is fetched alone." in dom


def test_its_page_opens_in_a_browser(demo: tuple[Started, str], tmp_path: Path) -> None:
    """A real browser shows the page, and its picture is not blank."""
    _, url = demo
    browser = [str(programs.chromium()), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]

    dom = subprocess.run([*browser, "--dump-dom", url], capture_output=True, check=True, timeout=60).stdout.decode()
    subprocess.run(
        [*browser, "--window-size=1000,1200", f"--screenshot={tmp_path}/page.png", url], capture_output=True, check=True, timeout=60
    )

    assert re.search(r"<h2[^>]*>Running now", dom)
    assert "vision-" in dom
    assert (tmp_path / "page.png").stat().st_size > 30_000


def test_prometheus_reads_it(demo: tuple[Started, str], tmp_path: Path) -> None:
    """A real Prometheus scrapes the metrics, and with honor_labels keeps the namespace of the pulled pod."""
    _, url = demo
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [
            {
                "job_name": "pullwatch",
                "honor_labels": True,
                "static_configs": [{"targets": [urlsplit(url).netloc], "labels": {"namespace": "monitoring"}}],
            }
        ],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        str(programs.prometheus()),
        f"--config.file={tmp_path}/prometheus.yml",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address={address}",
    ]
    query = f"http://{address}/api/v1/query?query=pullwatch_pull_running_start_timestamp_seconds"

    with started(command, output=tmp_path / "prometheus.txt"):
        result = until(lambda: json.loads(fetched(query) or '{"data":{"result":[]}}')["data"]["result"], what="running pulls in Prometheus")

    assert {STUCK, SLOW} <= {series["metric"]["image"] for series in result}
    assert {series["metric"]["namespace"] for series in result if series["metric"]["image"] == STUCK} == {"ml"}


def test_it_fits_a_terminal_of_80_columns() -> None:
    """At a terminal it draws what runs, no line wider than the terminal, and Ctrl-C leaves the shell as it was."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(PULLWATCH[0], [*PULLWATCH, "demo", "--listen", "127.0.0.1:0"])  # noqa: S606 - no shell is wanted
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, WIDTH, 0, 0))
    drawn = _drawn(terminal, until_seen=b"behind 1")

    os.kill(child, signal.SIGINT)
    drawn += _drawn(terminal, until_seen=None)
    _, status = os.waitpid(child, 0)

    picture = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\]8;[^\x1b]*\x1b\\)", "", drawn.decode())
    lines = [line.rstrip() for line in re.split(r"[\r\n]+", picture)]
    assert "vision-base:cu12.8" in picture
    assert max(cell_len(line) for line in lines) <= WIDTH
    assert drawn.rstrip().endswith(b"\x1b[?25h")
    assert os.waitstatus_to_exitcode(status) == 0


def _drawn(terminal: int, *, until_seen: bytes | None) -> bytes:
    """Return what comes from the terminal until it holds something, or until it ends."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    drawn = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal, 65536):
            drawn += chunk
            assert time.monotonic() < deadline, drawn.decode()
            if until_seen is not None and until_seen in drawn:
                break
    return drawn

"""The other verbs as programs: serve beside an API server, replay of a recording, the report in a browser."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import subprocess
from typing import TYPE_CHECKING

from pullwatch.checkpoint.file import Checkpoint
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from tests.app.given import kubeconfig
from tests.e2e import programs
from tests.e2e.kubelets import Kubelets
from tests.e2e.started import DEADLINE_SECONDS, PULLWATCH, fetched, started, until
from tests.recorded import RECORDINGS

if TYPE_CHECKING:
    from pathlib import Path


async def test_serve_stops_within_five_seconds(tmp_path: Path) -> None:
    """SIGTERM ends it cleanly, with open watches, and its log is a JSON object per line."""
    async with ApiServer(Store(), token="a-token") as api:
        file = kubeconfig(tmp_path / "kubeconfig", api.url, token="a-token")
        with started([*PULLWATCH, "serve", "--kubeconfig", file, "--listen", "127.0.0.1:0"], output=tmp_path / "log.txt") as program:
            await asyncio.to_thread(until, lambda: sum(api.open_watches.values()) >= 3, what="three open watches")
            code, seconds = await asyncio.to_thread(program.stop, signal.SIGTERM)

    logged = [json.loads(line) for line in program.said().splitlines()]
    assert (code, seconds < 5) == (0, True)
    assert [line["event"] for line in logged] == ["serving", "stopping"]
    assert "a-token" not in program.said()


async def test_serve_ends_with_a_line_when_its_checkpoint_cannot_be_written(tmp_path: Path) -> None:
    """The disk breaks while pulls go on: exit code 2, the reason last, no traceback, and the file still opens."""
    store, file = Store(), tmp_path / "checkpoint"
    async with ApiServer(store, token="a-token") as api:
        config = kubeconfig(tmp_path / "kubeconfig", api.url, token="a-token")
        # No file of this process grows beyond 500 KiB.
        limited = ["sh", "-c", 'ulimit -f 1000 && exec "$@"', "sh", *PULLWATCH]
        with started(
            [*limited, "serve", "--kubeconfig", config, "--listen", "127.0.0.1:0", "--checkpoint", file], output=tmp_path / "log.txt"
        ) as program:
            await asyncio.to_thread(until, lambda: sum(api.open_watches.values()) >= 3, what="three open watches")
            kubelets = Kubelets(store, random.Random(1))
            while program.process.poll() is None and kubelets.written < 100_000:
                for _ in range(100):
                    kubelets.step()
                await asyncio.sleep(0.01)

        with contextlib.closing(Checkpoint(file, server=api.url)) as checkpoint:
            assert checkpoint.load() is not None

    said = program.said().splitlines()
    assert program.process.returncode == 2
    assert said[-1] == f"pullwatch: checkpoint {file}: disk I/O error: check the disk, then start again; what was shown is saved"
    assert {json.loads(line)["level"] for line in said[:-1]} == {"info"}


def test_replay_plays_a_recording_to_its_end(tmp_path: Path) -> None:
    """The recording's pulls are in the metrics and the JSON while it is served, and nothing is left behind."""
    file = RECORDINGS / "serial-queue.events.jsonl"
    with started([*PULLWATCH, "replay", file, "--fast", "--listen", "127.0.0.1:0"], output=tmp_path / "replay.txt") as program:
        url = until(lambda: re.search(r"page (http://\S+)", program.said()), what="the page's address")[1]

        def pulled() -> list[str]:
            document = json.loads(fetched(f"{url}api/v1/pulls") or '{"pulls":[]}')
            found = [pull["image"] for pull in document["pulls"] if pull["outcome"] == "pulled"]
            return found if len(found) == 3 else []

        assert sorted(until(pulled, what="three pulls")) == [
            "registry.example.com/shop/search:2.0",
            "registry.example.com/team/mail:2.0",
            "registry.example.com/team/web:2.0",
        ]
        code, _ = program.stop()

    assert code == 0
    assert "Traceback" not in program.said()


def test_replay_notifies_before_it_ends(tmp_path: Path) -> None:
    """Played to its end in seconds, a recording of a slow pull still tells what somebody would have been notified of."""
    for needed in (programs.prometheus, programs.alertmanager):
        needed()
    file = RECORDINGS / "slow-over-60s.events.jsonl"

    with started(
        [*PULLWATCH, "replay", file, "--fast", "--exit-at-end", "--listen", "127.0.0.1:0"], output=tmp_path / "replay.txt"
    ) as program:
        code = program.process.wait(DEADLINE_SECONDS)

    assert code == 0
    assert re.findall(r"^notified: (\S+): (\S+): ", program.said(), re.MULTILINE) == [
        ("SlowImagePull", "registry.example.com/shop/search:2.0"),
    ]


def test_the_html_report_opens_in_a_browser(tmp_path: Path) -> None:
    """The one file shows its plots without a network."""
    report = tmp_path / "report.html"
    made = subprocess.run([*PULLWATCH, "report", "-o", "html", RECORDINGS / "deployment-typo.list.json"], capture_output=True, check=True)
    report.write_bytes(made.stdout)
    browser = [str(programs.chromium()), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]

    dom = subprocess.run([*browser, "--dump-dom", report.as_uri()], capture_output=True, check=True, timeout=60).stdout.decode()

    assert "<svg" in dom
    assert "team/sidecar:2.0-typo" in dom


def test_the_report_runs_where_no_locale_is_set() -> None:
    """JSON is UTF-8 whatever the terminal speaks."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    file = RECORDINGS / "cold-pull.list.json"

    made = subprocess.run([*PULLWATCH, "report", "-o", "json", file], capture_output=True, check=True, env=environment)

    assert json.loads(made.stdout.decode("utf-8"))["schema"] == 1

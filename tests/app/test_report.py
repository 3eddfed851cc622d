"""`report` from its input to its output: what it reads, how it prints, and how it ends."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import gzip
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pullwatch import settings
from pullwatch.app import report
from pullwatch.app.wrong import Wrong
from pullwatch.pack import assets
from pullwatch.pulls import observed
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from tests.app.given import TOKEN, exit_code, kubeconfig
from tests.recorded import RECORDINGS
from tests.sources import given

QUEUE = RECORDINGS / "serial-queue.events.jsonl"
"""Three pulls of one node."""
LISTED = RECORDINGS / "serial-queue.list.json"
SLOW = RECORDINGS / "slow-over-60s.events.jsonl"
"""85 s for 63 MB, which may take 66 s."""
QUICK = RECORDINGS / "cold-pull.events.jsonl"

PULLWATCH = (sys.executable, "-m", "pullwatch")

BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
"""Output as users have it: what is written last is still in a buffer when the program ends."""

OUTPUTS = ("table", "json", "markdown", "html")


def document(capsys: pytest.CaptureFixture[str], *files: str | Path) -> dict[str, Any]:
    """Return the JSON report of these files."""
    report.run([Path(file) for file in files], settings.Report(output="json"))
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def write(path: Path, *objects: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(thing) + "\n" for thing in objects))
    return path


class Typed(io.TextIOWrapper):
    """Standard input that is a file or a terminal."""

    def __init__(self, content: bytes = b"", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Screen(io.StringIO):
    """Standard output or error at a terminal."""

    def isatty(self) -> bool:
        return True


def screen(monkeypatch: pytest.MonkeyPatch, name: str) -> Screen:
    """Make a standard stream a terminal of 60 cells, which knows colours."""
    for variable in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    shown = Screen()
    monkeypatch.setattr(sys, name, shown)
    return shown


# What it reads.


@pytest.mark.parametrize("named", [["-"], []], ids=["hyphen", "nothing named"])
def test_it_reads_standard_input(named: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe from kubectl gives the same report as its file."""
    from_file = document(capsys, LISTED)
    monkeypatch.setattr(sys, "stdin", Typed(LISTED.read_bytes()))

    code = exit_code("report", "--output", "json", *named)

    assert (code, json.loads(capsys.readouterr().out)) == (0, from_file)


def test_it_reads_packed_files_whatever_their_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """gzip is recognised by its bytes, in a file and in a pipe."""
    packed = tmp_path / "recording"
    packed.write_bytes(gzip.compress(QUEUE.read_bytes()))

    assert document(capsys, packed) == document(capsys, QUEUE)


def test_it_reads_several_files_as_one_recording(capsys: pytest.CaptureFixture[str]) -> None:
    """Pulls of all files are there, and those of a file named twice are there once."""
    apart = [pull for file in (QUEUE, QUICK) for pull in document(capsys, file)["pulls"]]

    together = document(capsys, QUEUE, QUICK, QUEUE)["pulls"]

    assert sorted(map(str, together)) == sorted(map(str, apart))


def test_it_takes_pods_from_another_file_than_the_events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `kubectl get` printed in two steps is joined, whichever file is named first."""
    items = json.loads(LISTED.read_text())["items"]
    events = write(tmp_path / "events.jsonl", *(item for item in items if item["kind"] == "Event"))
    pods = write(tmp_path / "pods.jsonl", *(item for item in items if item["kind"] == "Pod"))

    whole = document(capsys, LISTED)

    assert document(capsys, events, pods) == whole
    assert document(capsys, pods, events) == whole


def test_now_is_the_newest_stamp_of_a_recording(capsys: pytest.CaptureFixture[str]) -> None:
    """An old recording is reported as of its end, so that nothing in it seems to run for months."""
    found = document(capsys, QUEUE)

    stamps = re.findall(r'"(?:first|last|creation)Timestamp":"([^"]+)"', QUEUE.read_text())
    assert found["generated_at"] == found["window"]["last"] == max(stamps)
    assert found["window"]["first"] == min(stamps)


def test_now_is_the_clocks_where_nothing_bears_a_stamp(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stamps that are null or missing never become the year 1970."""
    nothing: dict[str, Any] = {"firstTimestamp": None, "lastTimestamp": None}
    pulling = given.event(**nothing)
    del pulling["metadata"]["creationTimestamp"]

    found = document(capsys, write(tmp_path / "unstamped.jsonl", pulling))

    generated = datetime.datetime.fromisoformat(found["generated_at"]).timestamp()
    assert generated == pytest.approx(time.time(), abs=600)
    assert found["window"] == {"first": None, "last": None}
    assert [(pull["outcome"], pull["started_at"]) for pull in found["pulls"]] == [("running", None)]


def test_it_asks_the_clock_only_where_nothing_bears_a_stamp() -> None:
    """The wall clock is a last resort: a stamp of the input goes before it."""
    pod = observed.Pod("shop", "web-0", "u", "node-a", None, None, None, "Pending", 1, ())
    stamped = dataclasses.replace(pod, uid="v", created_at=1_600_000_000.0)

    def now(*pods: observed.Pod) -> float:
        gathering = report.Gathering(clock=lambda: 1_700_000_000.0)
        for taken in pods:
            gathering.take(taken, framed=False, deleted=False)
        return gathering.summary(thresholds=assets.thresholds()).now

    assert (now(pod), now(pod, stamped)) == (1_700_000_000.0, 1_600_000_000.0)


def test_live_and_files_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither is quietly left unread."""
    assert exit_code("report", "--live", QUEUE) == 2
    assert capsys.readouterr().err == "pullwatch: report reads either files or, with --live, the cluster: leave one of them out\n"


def test_it_waits_for_nobody_to_type_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without files at a terminal it says what to do instead of hanging."""
    monkeypatch.setattr(sys, "stdin", Typed(terminal=True))

    with pytest.raises(Wrong, match=r"^report needs a file, --live, or a pipe: kubectl get .* \| pullwatch report$"):
        report.run([], settings.Report())


async def test_live_reads_the_cluster_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Events, pods and nodes are listed, and it ends."""
    async with ApiServer(_cluster(), token=TOKEN) as api:
        named = ("--kubeconfig", kubeconfig(tmp_path / "kubeconfig", api.url), "--namespace", "shop", "--namespace", "shop")

        code = await asyncio.to_thread(exit_code, "report", "--live", "-o", "json", *named)

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [(pull["outcome"], pull["container"], pull["workload"]) for pull in found["pulls"]] == [("running", "api", "Deployment/api")]
    assert dict(api.requests) == {("list", "nodes"): 1, ("list", "pods"): 1, ("list", "events"): 1}


async def test_live_does_without_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A role for one namespace cannot grant nodes; the pulls are reported nevertheless."""
    async with ApiServer(_cluster(), token=TOKEN, forbidden=["nodes"]) as api:
        named = ("--kubeconfig", kubeconfig(tmp_path / "kubeconfig", api.url))

        code = await asyncio.to_thread(exit_code, "report", "--live", "-o", "json", *named)

    assert (code, len(json.loads(capsys.readouterr().out)["pulls"])) == (0, 1)


def _cluster() -> Store:
    store = Store()
    store.create("nodes", given.node())
    store.create("pods", given.pod())
    involved = {"kind": "Pod", "namespace": "shop", "name": "api-0", "uid": "uid-api-0", "fieldPath": "spec.containers{api}"}
    store.create("events", given.event("Pulling", 'Pulling image "team/api:1.0"', involvedObject=involved))
    return store


# How it prints.


@pytest.mark.parametrize(
    ("output", "begins"), [("table", "3 pulls in "), ("json", '{"schema":1,'), ("markdown", "# Image pulls\n"), ("html", "<!doctype html>")]
)
def test_each_output_is_its_own(output: str, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--output`, and `-o` for short, choose what is printed; errors have nothing to say."""
    assert exit_code("report", QUEUE, "-o", output) == 0

    printed = capsys.readouterr()
    assert printed.out.startswith(begins)
    assert printed.err == ""


def test_top_limits_the_rows_of_each_list(capsys: pytest.CaptureFixture[str]) -> None:
    """What is left out is counted, and JSON leaves nothing out."""
    exit_code("report", QUEUE, "--top", "1")
    table = capsys.readouterr().out
    exit_code("report", QUEUE, "--top", "1", "-o", "json")

    assert len(json.loads(capsys.readouterr().out)["pulls"]) == 3
    slowest = table.split("Slowest pulls\n")[1].split("\n\n")[0].splitlines()
    assert (len(slowest), slowest[-1].strip()) == (4, "and 2 more"), "titles, one pull on two lines, and the rest"


def test_a_pipe_gets_80_cells_without_color(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file or a mail reads as well as a terminal, also where an environment variable asks for colours."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")

    report.run([SLOW], settings.Report())

    table = capsys.readouterr().out
    assert "\x1b" not in table
    assert max(map(len, table.splitlines())) <= 80


def test_a_terminal_gets_its_width_and_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table fits the window, and what is slow stands out."""
    shown = screen(monkeypatch, "stdout")

    report.run([SLOW], settings.Report())

    table = shown.getvalue()
    assert "\x1b[33m!  " in table
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in table.splitlines()) <= 60


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_color_can_be_declined(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and a terminal that knows none get plain text."""
    shown = screen(monkeypatch, "stdout")
    monkeypatch.setenv(variable, value)

    report.run([SLOW], settings.Report())

    assert "\x1b" not in shown.getvalue()


def test_progress_is_shown_at_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Long input moves a bar on standard error, beside an output that goes to a file."""
    monkeypatch.setattr(report, "PROGRESS_SECONDS", -1.0)
    shown = screen(monkeypatch, "stderr")

    report.run([QUEUE], settings.Report(output="json"))

    assert "reading" in shown.getvalue()
    assert json.loads(capsys.readouterr().out)["schema"] == 1


def test_short_input_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar that flashes up would be noise."""
    monkeypatch.setattr(report, "PROGRESS_SECONDS", 3600.0)
    shown = screen(monkeypatch, "stderr")

    report.run([QUEUE], settings.Report())

    assert "reading" not in shown.getvalue()


def test_a_log_file_gets_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written to a standard error that is no terminal, also where a CI system asks for colours."""
    monkeypatch.setattr(report, "PROGRESS_SECONDS", -1.0)
    monkeypatch.setenv("FORCE_COLOR", "1")

    report.run([QUEUE], settings.Report())

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("output", OUTPUTS)
def test_files_are_utf_8_whatever_the_locale(output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON, Markdown and HTML keep every letter; a table shows `?` for those that its terminal does not have."""
    text = 'Failed to pull image "registry.example.com/team/api:1.0": größer als erlaubt: 画像'
    file = write(tmp_path / "failed.jsonl", given.event("Failed", text, type="Warning"))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))

    assert exit_code("report", file, "--output", output) == 0

    printed = written.getvalue().decode("ascii" if output == "table" else "utf-8")
    assert ("gr??er als erlaubt: ??" if output == "table" else "größer als erlaubt: 画像") in printed


# How it ends.


@pytest.mark.parametrize(
    ("file", "asked", "code"), [(SLOW, True, 1), (QUICK, True, 0), (SLOW, False, 0)], ids=["slow", "quick", "slow but not asked"]
)
def test_fail_on_slow_is_the_exit_code(
    file: Path,
    asked: bool,  # noqa: FBT001 - a column of the parametrization
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pipeline step fails on a slow pull if it asks for that, and the report is printed all the same."""
    assert exit_code("report", file, *(["--fail-on", "slow"] if asked else [])) == code
    assert capsys.readouterr().out.startswith("1 pull in ")


def test_fail_on_slow_counts_what_still_runs(tmp_path: Path) -> None:
    """A pull that never ended is the slowest of all."""
    later = given.event("BackOff", "Back-off restarting failed container", lastTimestamp="2026-11-23T17:18:48Z", count=2)
    later["metadata"] = given.event()["metadata"] | {"uid": "e-2", "name": "other.1"}
    later["involvedObject"] = later["involvedObject"] | {"name": "other", "uid": "p-2"}
    file = write(tmp_path / "stuck.jsonl", *({"type": "ADDED", "object": thing} for thing in (given.event(), later)))

    assert exit_code("report", file, "--fail-on", "slow") == 1


@pytest.mark.parametrize("arguments", [("report", "--top", "1", QUEUE), ("report", "-o", "json", QUEUE), ("report", "--help")])
def test_a_closed_pipe_is_no_error(arguments: tuple[str, ...]) -> None:
    """`| head -1` ends it without a word, and without the code of a report that found something."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run([*PULLWATCH, *arguments], stdout=writing, stderr=subprocess.PIPE, env=BUFFERED, text=True, check=False)
    finally:
        os.close(writing)

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a disk without space, exists on Linux only")
def test_a_full_disk_is_told() -> None:
    """A report that could not be written whole is none, and the exit code says so."""
    program: list[str] = [*PULLWATCH, "report", "-o", "json", str(QUEUE)]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, env=BUFFERED, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stderr == "pullwatch: standard output: No space left on device: write the report elsewhere\n"

"""What is wrong is told in one line: where, and what to do. Nothing is half printed, and the exit code is 2."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

import pullwatch
from pullwatch.app import log, report
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from tests.app.given import TOKEN, exit_code, kubeconfig
from tests.recorded import RECORDINGS

QUEUE = RECORDINGS / "serial-queue.events.jsonl"
LISTED = RECORDINGS / "serial-queue.list.json"
KUBECTL = "kubectl get events,pods,nodes -A -o json"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out, and their logging as it is."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(log, "configure", lambda _: None)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Return the line that says why these arguments are refused."""
    code = exit_code(*arguments)
    return checked(code, capsys)


def checked(code: int, capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, ""), printed
    assert printed.err.startswith("pullwatch: ")
    assert printed.err.endswith("\n")
    assert printed.err.count("\n") == 1
    return printed.err.removeprefix("pullwatch: ").removesuffix("\n")


# Recordings.


def _cut_in_the_middle() -> bytes:
    lines = QUEUE.read_bytes().splitlines(keepends=True)
    return b"".join(lines[:3]) + lines[3][:200]


def _broken_in_the_middle() -> bytes:
    lines = QUEUE.read_bytes().splitlines(keepends=True)
    return b"".join([*lines[:3], b'{"type": ADDED}\n', *lines[3:]])


BROKEN: dict[str, tuple[str, bytes, str, str]] = {
    # What it is: name, content, what report says after the name, what replay says after the path.
    "not JSON": ("x.json", b"hello\n", rf", line 1: not JSON \(it begins with neither .*\); expected JSON: {KUBECTL}", r":1: expected JSON.*"),
    "a table": ("x.txt", b"LAST SEEN   TYPE\n", r", line 1: not JSON \(it looks like kubectl's table\); .*", r":1: expected JSON.*"),
    "YAML": ("x.yaml", b"apiVersion: v1\nitems:\n", r", line 1: not JSON \(it looks like YAML\); .*", r":1: expected JSON.*"),
    "cut JSON": ("x.json", LISTED.read_bytes()[:700], r", line 1 \(byte 700\): the JSON ends in the middle: record it anew.*", r":1: expected.*"),
    "cut lines": ("x.jsonl", _cut_in_the_middle(), r", line 4 \(byte \d+\): the JSON ends in the middle: record it anew.*", r":4: expected.*"),
    "broken line": ("x.jsonl", _broken_in_the_middle(), r", line 4 \(byte \d+\): not JSON \(.*\); expected JSON: .*", r":4: expected.*"),
    "wrong kind": ("x.json", b'{"kind":"SecretList","items":[{}]}', rf": no Event, Pod or Node, only Secret; use {KUBECTL}", r": expected events.*"),
    "empty list": ("x.json", b'{"kind":"List","items":[]}', r": an empty list; record it while its Events are there .*", r": expected events.*"),
    "empty file": ("x.json", b"", rf": empty; expected the output of {KUBECTL}", r": expected JSON, found nothing.*"),
    "gz that is none": ("x.gz", b"hello\n", r": not gzip data although its name ends in \.gz: rename it.*", r": expected gzip.*"),
    "cut gz": ("x.gz", gzip.compress(LISTED.read_bytes())[:900], r": the gzip data ends in the middle: copy the whole file", r": expected gzip.*"),
    "damaged gz": ("x.gz", b"\x1f\x8b" + bytes(40), r": damaged gzip data .*: copy or pack it anew", r": expected gzip.*"),
    "binary": ("x", bytes(range(256)), rf": binary data; expected JSON: {KUBECTL}", r":1: expected JSON.*"),
}  # fmt: skip


@pytest.mark.parametrize("output", ["table", "json", "markdown", "html"])
@pytest.mark.parametrize("broken", BROKEN)
def test_report_refuses_what_it_cannot_read(broken: str, output: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and what to do stand in one line; no output has begun."""
    name, content, says, _ = BROKEN[broken]
    file = tmp_path / name
    file.write_bytes(content)

    line = refusal(capsys, "report", "--output", output, file)

    assert re.fullmatch(re.escape(str(file)) + says, line)


@pytest.mark.parametrize("broken", BROKEN)
def test_replay_refuses_what_it_cannot_read(broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A recording is read whole before anything is served."""
    name, content, _, says = BROKEN[broken]
    file = tmp_path / name
    file.write_bytes(content)

    line = refusal(capsys, "replay", file)

    assert re.fullmatch(re.escape(str(file)) + says + re.escape(f"; replay reads watch frames, or what {KUBECTL} prints"), line)


def test_the_second_of_two_files_may_be_the_bad_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own name is told, and the first file's pulls are not printed."""
    file = tmp_path / "x.json"
    file.write_bytes(b"{")

    assert refusal(capsys, "report", "-o", "json", QUEUE, file).startswith(f"{file}, line 1 (byte 1): the JSON ends in the middle")


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        ("report", ": no such file: check the path, or give - to read standard input"),
        ("replay", ": no such file or directory; replay reads "),
    ],
)
def test_a_missing_file_is_named(verb: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The path is repeated as it was given."""
    assert refusal(capsys, verb, tmp_path / "none.json").startswith(f"{tmp_path / 'none.json'}{says}")


def test_a_directory_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says so, and what to name instead."""
    assert refusal(capsys, "report", tmp_path) == f"{tmp_path}: a directory: name the files in it"


@contextlib.contextmanager
def somebody_else(folder: Path) -> Iterator[None]:
    """Go on as a user without rights where this is root, who reads files whatever their mode."""
    if os.geteuid() != 0:
        yield
        return
    for parent in (folder, *folder.parents[:3]):
        if parent.stat().st_uid == 0 and str(parent).count("/") > 1:
            parent.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_without_permission_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Owner and mode are what to look at."""
    file = tmp_path / "x.json"
    file.write_bytes(QUEUE.read_bytes())
    file.chmod(0)
    with somebody_else(tmp_path):
        said = refusal(capsys, "report", file)

    assert said == f"{file}: no permission to read it: check its owner and mode"


# Usage.


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("repord", r'Unknown command "repord"\. Did you mean "report"\?.*: see pullwatch --help'),
        ("--top 3 report", r".*: see pullwatch --help"),
        ("report --bogus", r"Unknown option: --bogus: see pullwatch report --help"),
        ("report x.json --bogus=1", r"Unknown option: --bogus=1: see pullwatch report --help"),
        ("report --output xml -", r'Invalid value "xml" for --output\. Choose from: "table", "json", "markdown", "html": see pullwatch report --help'),
        ("report -o", r".*-o requires an argument: see pullwatch report --help"),
        ("report --fail-on never -", r'Invalid value "never" for --fail-on\. Choose from: "slow": see .*'),
        ("report --top many -", r'Invalid value for --top: unable to convert "many" into int: see .*'),
        ("report --top 0 -", r'Invalid value "0" for --top\. Must be >= 1: see .*'),
        ("serve here", r"one argument too many: here: see pullwatch serve --help"),
        ("serve --log-level loud", r'Invalid value "loud" for --log-level\. Choose from: "debug", "info", "warning", "error": see .*'),
        ("replay", r".*FILE requires an argument: see pullwatch replay --help"),
        ("replay a.jsonl b.jsonl", r"one argument too many: b\.jsonl: see pullwatch replay --help"),
        ("demo --fast=maybe", r'Invalid value for --fast: unable to convert "maybe" into bool: see pullwatch demo --help'),
        ("report --config", r".*--config requires an argument: see .*"),
    ],
)  # fmt: skip
def test_wrong_usage_names_the_help(arguments: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option is never taken for a file, a typing error is named, and the help is one command away."""
    assert re.fullmatch(says, refusal(capsys, *arguments.split()))


def test_two_hyphens_end_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    """A file whose name begins with a hyphen can be read."""
    assert refusal(capsys, "report", "--", "--odd.json").startswith("--odd.json: no such file: ")


@pytest.mark.parametrize("verb", ["serve", "demo", "replay"])
@pytest.mark.parametrize("address", ["here", "127.0.0.1:http", "127.0.0.1:99999"])
def test_a_wrong_address_shows_a_right_one(verb: str, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What was expected is shown as an example."""
    line = refusal(capsys, verb, *([QUEUE] if verb == "replay" else []), "--listen", address)

    assert line == f"listen address '{address}' is not HOST:PORT, such as 127.0.0.1:9436 or [::]:9436"


@pytest.mark.parametrize("account", ["agent", "pullwatch:", ":agent", "pullwatch:Agent", "a:b:c", "pullwatch/agent"])
def test_a_wrong_account_shows_a_right_one(account: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Else every report would be refused."""
    line = refusal(capsys, "serve", "--agents", "--agents-account", account)

    assert line == f"--agents-account '{account}' is not NAMESPACE:NAME, such as pullwatch-agent:pullwatch-agent"


def test_a_port_in_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The address is named, and the flag that takes another."""
    config = kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        line = refusal(capsys, "serve", "--kubeconfig", config, "--listen", address)

    assert re.fullmatch(rf"{address} is in use: name another address with --listen", line)


# The checkpoint.


def _of_another_cluster(file: Path) -> None:
    Checkpoint(file, server="https://other.example").close()


def _of_another_program(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE event (uid TEXT)")


def _of_a_later_version(file: Path) -> None:
    _of_another_cluster(file)
    with contextlib.closing(sqlite3.connect(file)) as later:
        later.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (Path.mkdir, r"a directory: name a file in it"),
        (lambda file: file.write_bytes(b"[serve]\n"), r"damaged, or no checkpoint \(file is not a database\): remove it, .*"),
        (_of_another_cluster, r"of https://other\.example, not of http://127\.0\.0\.1:1: name another file, or remove it"),
        (_of_another_program, r"a database of another program: name another file"),
        (_of_a_later_version, r"format 99, and this version of pullwatch reads 1: remove it, which resets the counters"),
    ],
)
@pytest.mark.parametrize("named", ["flag", "variable", "file"])
def test_a_wrong_checkpoint_is_told(
    make: Callable[[Path], object],
    says: str,
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is served and nothing is written into it, however it is named."""
    file, cluster, settings = tmp_path / "checkpoint", kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1"), tmp_path / "config.toml"
    make(file)
    arguments: list[str | Path] = ["serve", "--kubeconfig", cluster, "--listen", "127.0.0.1:0"]
    if named == "flag":
        arguments += ["--checkpoint", file]
    elif named == "variable":
        monkeypatch.setenv("PULLWATCH_CHECKPOINT", str(file))
    else:
        settings.write_text(f"[serve]\ncheckpoint = {str(file)!r}\n")
        arguments = ["--config", settings, *arguments]

    assert re.fullmatch(f"checkpoint {re.escape(str(file))}: {says}", refusal(capsys, *arguments))


def test_a_checkpoint_without_its_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The volume is not mounted."""
    file, cluster = tmp_path / "data" / "checkpoint", kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1")

    line = refusal(capsys, "serve", "--kubeconfig", cluster, "--checkpoint", file)

    assert line == f"checkpoint {file}: no folder {file.parent}: create it, or mount a volume there"


@pytest.mark.parametrize("denied", ["folder", "file"])
def test_a_checkpoint_without_permission_is_told(denied: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A volume, or a file in it, of another user: neither is a broken disk."""
    file, cluster = tmp_path / "checkpoint", kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1")
    if denied == "file":
        Checkpoint(file, server="http://127.0.0.1:1").close()
        file.chmod(0o444)
    tmp_path.chmod(0o555)
    # Modules that the verb imports may lie where somebody else may not read.
    refusal(capsys, "serve", "--kubeconfig", cluster, "--checkpoint", tmp_path)

    with somebody_else(tmp_path):
        line = refusal(capsys, "serve", "--kubeconfig", cluster, "--checkpoint", file)

    assert line == f"checkpoint {file}: cannot be written: check the rights of the file and its folder"


def test_a_checkpoint_in_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two replicas with one volume."""
    file, cluster = tmp_path / "checkpoint", kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1")
    with contextlib.closing(Checkpoint(file, server="http://127.0.0.1:1")):
        line = refusal(capsys, "serve", "--kubeconfig", cluster, "--checkpoint", file)

    assert line == f"checkpoint {file}: in use by another process: give each process a file of its own"


# The configuration file.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r": No such file or directory: --config and PULLWATCH_CONFIG name a TOML file"),
        (b"{}", r": not TOML: .*line 1.*"),
        (b"\xff", r": not TOML: .*"),
        (
            b"top = 3\n",
            r": top is no table of settings: write \[report\], \[serve\], .*\[registry\].* and the settings below",
        ),
        (b"[reprot]\ntop = 3\n", r": reprot is no table of settings: .*"),
        (b"report = 3\n", r": report is no table of settings: .*"),
    ],
)
@pytest.mark.parametrize("named", ["flag before the verb", "flag behind it", "variable"])
def test_a_wrong_configuration_file_is_told(
    content: bytes | None, says: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However the file is named, its name comes first, and nothing in it is quietly ignored."""
    file = tmp_path / "config.toml"
    if content is not None:
        file.write_bytes(content)
    if named == "variable":
        monkeypatch.setenv("PULLWATCH_CONFIG", str(file))
    flag = [] if named == "variable" else ["--config", str(file)]

    line = refusal(capsys, *(["report", str(QUEUE), *flag] if named == "flag behind it" else [*flag, "report", str(QUEUE)]))

    assert re.fullmatch(re.escape(str(file)) + says, line)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("tops = 3", r'Unknown option: "\[tops\]" from {file}: see pullwatch report --help'),
        ('top = "many"', r'Invalid value for \[top\] from {file}: unable to convert "many" into int: see pullwatch report --help'),
        ('output = "xml"', r'Invalid value "xml" for \[output\] from {file}\. Choose from: .*: see pullwatch report --help'),
    ],
)
def test_a_wrong_setting_names_its_file(content: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that does not exist or a value that does not fit is told with the file it stands in."""
    file = tmp_path / "config.toml"
    file.write_text(f"[report]\n{content}\n")

    assert re.fullmatch(says.format(file=re.escape(str(file))), refusal(capsys, "--config", file, "report", QUEUE))


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody looks for the flag that was never given."""
    monkeypatch.setenv("PULLWATCH_TOP", "many")

    line = refusal(capsys, "report", QUEUE)

    assert line == 'Invalid value for PULLWATCH_TOP from env: unable to convert "many" into int: see pullwatch report --help'


# The cluster.

LIVE = ("report", "--live", "-o", "json")


@pytest.mark.parametrize("verb", [LIVE, ("serve",)], ids=["report", "serve"])
def test_a_missing_kubeconfig_is_named(verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The flag that named it is what to check."""
    file = tmp_path / "none"

    assert refusal(capsys, *verb, "--kubeconfig", file) == f"kubeconfig {file}: no such file: check --kubeconfig"


@pytest.mark.parametrize("verb", [LIVE, ("serve",)], ids=["report", "serve"])
def test_an_unknown_context_is_told_beside_the_known(verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The contexts that the kubeconfig has are listed."""
    file = kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1")

    line = refusal(capsys, *verb, "--kubeconfig", file, "--context", "prod")

    assert line == f"kubeconfig {file}, context prod: no such context; it has sim"


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\x00", b"clusters: ["])
def test_a_kubeconfig_that_is_none_is_told(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """kubectl can say more about it."""
    file = tmp_path / "kubeconfig"
    file.write_bytes(content)

    line = refusal(capsys, *LIVE, "--kubeconfig", file)

    assert re.fullmatch(rf"kubeconfig {re.escape(str(file))}: not a usable kubeconfig \(.*\): check it with kubectl config view", line)


def test_an_api_server_that_is_down_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The address that was tried is named."""
    # Bound but not listening: nobody else can answer on this port meanwhile.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        line = refusal(capsys, *LIVE, "--kubeconfig", kubeconfig(tmp_path / "kubeconfig", url))

    assert re.fullmatch(rf"{url}/\S+: no connection \(.*\); check that the API server runs at this address", line)


async def test_wrong_credentials_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """401 means to log in again; the token itself is not shown."""
    async with ApiServer(Store(), token=TOKEN) as api:
        config = kubeconfig(tmp_path / "kubeconfig", api.url, token="an-old-secret")

        code = await asyncio.to_thread(exit_code, *LIVE, "--kubeconfig", config)

    line = checked(code, capsys)
    assert re.fullmatch(
        rf"{api_pattern(line)} answered 401: Unauthorized; the credentials are wrong or have expired: renew the kubeconfig's login .*", line
    )
    assert "an-old-secret" not in line


@pytest.mark.parametrize("forbidden", ["pods", "events"])
async def test_a_missing_right_is_told(forbidden: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """403 names the account, the resource and the rights to grant; a report without them would be a lie."""
    async with ApiServer(Store(), token=TOKEN, forbidden=[forbidden]) as api:
        config = kubeconfig(tmp_path / "kubeconfig", api.url)

        code = await asyncio.to_thread(exit_code, *LIVE, "--kubeconfig", config)

    line = checked(code, capsys)
    assert re.match(rf"{api_pattern(line)} answered 403: {forbidden} is forbidden: User \"\S+\" cannot list resource", line)
    assert line.endswith("; grant its account get, list and watch of events, pods and nodes (ClusterRole and ClusterRoleBinding)")


def api_pattern(line: str) -> str:
    """Match the URL that a line about a simulated API server begins with."""
    assert line.startswith("http://127.0.0.1:")
    return r"http://127\.0\.0\.1:\d+/api/v1/\w+"


# The console script itself.


@pytest.mark.parametrize(
    "arguments", [("--help",), ("report", "--help"), ("serve", "--help"), ("replay", "--help"), ("demo", "--help"), ()]
)
def test_help_fits_a_terminal(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """80 cells are enough, and the flags are there in words of this program."""
    monkeypatch.setenv("COLUMNS", "80")

    assert exit_code(*arguments) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("Usage: pullwatch ")
    assert "--config" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """What a bug report needs is one flag away."""
    assert (exit_code("--version"), capsys.readouterr().out) == (0, f"{pullwatch.__version__}\n")


def test_ctrl_c_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever interrupts knows that, and the shell gets its own code for it."""

    def interrupted(*_: Any) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "run", interrupted)

    assert exit_code("report", QUEUE) == 130
    assert capsys.readouterr() == ("", "")


def test_closed_standard_streams_are_no_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A supervisor may start us without input and output: what is read is empty, what is written is lost."""
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", None)

    codes = exit_code("report", QUEUE), exit_code("report", "-")

    sys.stdin.close()
    sys.stdout.close()
    assert codes == (0, 2)


def test_a_program_ends_as_the_console_script_does(tmp_path: Path) -> None:
    """`python -m pullwatch` prints the line to standard error and ends with 2, without a traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "pullwatch", "report", "none.json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "pullwatch: none.json: no such file: check the path, or give - to read standard input\n"

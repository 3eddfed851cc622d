"""What programs say against command lines of the pages.

kubectl and ctr are the real ones: they read all flags before they look for a server, and there is none. crictl and helm are
known by a table of theirs, pullwatch by its own parser, systemctl and journalctl by the words that pages use.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from collections.abc import Sequence

import cyclopts

from pullwatch import cli
from pullwatch.monitoring.programs import Program
from pullwatch.pack import rules
from tests.e2e import programs
from tests.runbooks import tables

KUBECTL = Program(("kubectl",), "PULLWATCH_KUBECTL", "kubectl")
CTR = Program(("ctr",), "PULLWATCH_CTR", "containerd")

_AGAINST = re.compile(
    r"unknown (?:shorthand )?flag|unknown command|invalid argument|needs an argument|flag provided but not defined|"
    r"No help topic|not a valid|cannot be used|invalid label value|unable to parse|unrecognized|must specify|required flag|"
    r"exactly|is required|not allowed|flags cannot be placed before plugin name"
)
_SYSTEMD = {
    "systemctl": {
        "is-active", "restart", "stop", "start", "status", "show", "daemon-reload", "cat", "is-enabled", "reload", "--no-pager", "--property", "--value",
    },
    "journalctl": {"--unit", "--since", "--until", "--no-pager", "--grep", "--output", "--lines", "--boot", "--dmesg", "--follow", "--reverse", "--identifier", "--quiet"},
}  # fmt: skip


def known(words: Sequence[str]) -> bool:
    """Tell whether this program's command lines can be judged."""
    return words[0] in {"kubectl", "ctr", "pullwatch", *tables.TOLD, *_SYSTEMD}


def refused(words: Sequence[str]) -> str:
    """Return what is wrong with a command line, nothing if its program takes it."""
    program, *rest = words
    if program == "kubectl":
        return _asked([str(programs.find_in_suite(KUBECTL, suite="forky")), "--server=http://127.0.0.1:1", *rest])
    if program == "ctr":
        return _asked([str(programs.find_in_suite(CTR, suite="forky")), "--address=/nonexistent/socket", *rest])
    if program == "pullwatch":
        return _parsed(rest)
    if program in tables.TOLD:
        return tables.refused(words)
    unknown = {word.partition("=")[0] for word in rest if word.startswith("--")} - _SYSTEMD[program]
    if program == "systemctl":
        unknown |= (
            {word for word in rest if not word.startswith("-")} - _SYSTEMD[program]
            if not rest or rest[0] not in _SYSTEMD[program]
            else set()
        )
    return f"{program}: not known here: {sorted(unknown)}" if unknown else ""


def _asked(command: list[str]) -> str:
    environment = {"PATH": os.environ["PATH"], "KUBECONFIG": "/dev/null", "HOME": "/nonexistent"}
    try:
        told = subprocess.run(command, capture_output=True, check=False, text=True, env=environment, stdin=subprocess.DEVNULL, timeout=20)
    except subprocess.TimeoutExpired:
        # It waits for a server, so its words were taken.
        return ""
    return next((line for line in told.stderr.splitlines() if _AGAINST.search(line)), "")


def _parsed(words: Sequence[str]) -> str:
    try:
        cli.app.parse_args(["stdin" if word == "-" else word for word in words], print_error=False, exit_on_error=False)
    except cyclopts.CycloptsError as error:
        return str(error)
    keys = {word.partition("=")[0].partition(".")[0] for option, word in itertools.pairwise(words) if option == "--set"}
    unknown = keys - set(rules.configuration()) - {"enabled", "severities"}
    return f"no such key: {sorted(unknown)}" if unknown else ""

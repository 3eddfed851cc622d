"""Commands and flags of programs that no Debian package has, read off their own help into `tables.json`.

Anew, with the programs in PATH: `python -m tests.runbooks.tables crictl helm`. The file keeps the version of each.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("tables.json")

TOLD: Mapping[str, Mapping[str, Any]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def refused(words: Sequence[str]) -> str:
    """Return what is wrong with a command line of a program of the table; nothing if the program takes it."""
    program, *rest = words
    level = TOLD[program]["top"]
    flags = dict(level["flags"])
    path = [program]
    position = 0
    while position < len(rest):
        word = rest[position]
        position += 1
        if word.startswith("-") and word != "-":
            name, equals, _ = word.partition("=")
            if name not in flags:
                return f"{' '.join(path)} has no flag {name}"
            position += flags[name] and not equals
        elif word in level["commands"]:
            level = level["commands"][word]
            path.append(word)
            flags |= level["flags"]
        elif level["commands"]:
            return f"{' '.join(path)} has no command {word}"
    return ""


def _level(program: str, path: Sequence[str]) -> dict[str, Any]:
    told = subprocess.run([program, *path, "--help"], capture_output=True, check=True, text=True).stdout
    flags: dict[str, bool] = {}
    for line in re.findall(r"^ +(-.+?)(?: {2,}|$)", told, re.MULTILINE):
        takes = bool(re.search(r"--?[\w-]+ [\w\[<]", line))
        flags |= dict.fromkeys(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", line), takes)
    listed = re.search(r"^(?:Available Commands|COMMANDS):\n(.*?)(?=^\S|\Z)", told, re.MULTILINE | re.DOTALL)
    names = re.findall(r"^ +([a-z][\w, -]*?)(?: {2,}|$)", listed[1], re.MULTILINE) if listed else []
    commands: dict[str, Any] = {}
    for line in names:
        first, *others = line.split(", ")
        if first not in {"help", "completion", "jsonschema"}:
            commands |= dict.fromkeys((first, *others), _level(program, [*path, first]))
    return {"flags": dict(sorted(flags.items())), "commands": commands}


def main(*programs: str) -> None:
    """Write the table anew."""
    told = dict(TOLD)
    for program in programs:
        version = subprocess.run(
            ["go", "version", "-m", shutil.which(program) or program], capture_output=True, check=True, text=True
        ).stdout
        found = re.search(r"^\tmod\t\S+\t(\S+)", version, re.MULTILINE)
        told[program] = {"version": found[1] if found else "unknown", "top": _level(program, [])}
    FILE.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

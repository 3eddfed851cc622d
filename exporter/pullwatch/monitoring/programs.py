"""Where a program is on this machine, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """A program by the names it has, Debian's first."""

    names: tuple[str, ...]
    variable: str
    """Environment variable that may name it."""
    package: str
    """Debian's package."""

    def find(self, *, unpacked: Path | None = None) -> Path | None:
        """Return the program that the variable names, that lies in a folder of unpacked ones, or in PATH, in this order."""
        if named := os.environ.get(self.variable):
            return Path(shutil.which(named) or named).absolute()
        folders = [str(unpacked), None] if unpacked is not None else [None]
        for folder in folders:
            for name in self.names:
                if found := shutil.which(name, path=folder):
                    return Path(found).absolute()
        return None

    @property
    def remedy(self) -> str:
        """What to do where it is missing; it fits into a line of a terminal beside a few words."""
        return f"install {self.package} or put it in PATH"


# Not PULLWATCH_PROMETHEUS: a setting of that name says where one listens.
PROMETHEUS = Program(("prometheus",), "PULLWATCH_PROMETHEUS_PROGRAM", "prometheus")
ALERTMANAGER = Program(("prometheus-alertmanager", "alertmanager"), "PULLWATCH_ALERTMANAGER_PROGRAM", "prometheus-alertmanager")

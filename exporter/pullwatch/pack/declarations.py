"""One dashboard file: read, evaluated, and its mistakes told by file and line.

A declaration is a program, so anything may go wrong in it, some of it only when its panels are drawn. What a whole folder of
them has to keep to is `dashboards`' matter.
"""

from __future__ import annotations

import contextlib
import re
import runpy
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pullwatch.pack.classic import Json
    from pullwatch.pack.grafana import Dashboard

SUFFIX = ".dashboard.py"


class DashboardError(Exception):
    """A dashboard cannot be rendered; the text names file, line and reason."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A file, and what it declares."""

    path: Path
    lines: Sequence[str]
    dashboard: Dashboard

    @property
    def stem(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    def model(self) -> Json:
        """Return the dashboard as Grafana reads it. Raises DashboardError."""
        with self.blamed():
            return self.dashboard.to_json_data()

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Take whatever goes wrong for a mistake of the file, which may have put anything where a text or a number belongs."""
        try:
            yield
        except (DashboardError, KeyboardInterrupt):
            raise
        except BaseException as error:
            number = _innermost(self.path, error) or self.line(_titles(error.__traceback__))
            raise DashboardError(f"{self.path}:{number}: {_told(error)}") from error

    def wrong(self, reason: str, *, near: Iterable[str]) -> DashboardError:
        """Return an error with the line for it."""
        return DashboardError(f"{self.path}:{self.line(near)}: {reason}")

    def line(self, near: Iterable[str]) -> int:
        """Return the first line that holds one of these texts: the first that is found, whole where it is, else the file's first.

        A query may be put together of pieces that stand in many lines, so whoever asks names the panel's title after it.
        """
        for text in near:
            for pattern in (rf"(?<![\w:]){re.escape(text)}(?![\w:])", re.escape(text)):
                numbers = (number for number, line in enumerate(self.lines, start=1) if re.search(pattern, line))
                if text and (number := next(numbers, None)):
                    return number
        return 1


def read(path: Path) -> Declaration:
    """Return what a file declares. Raises DashboardError."""
    from pullwatch.pack.grafana import Dashboard

    lines = _checked(path)
    try:
        declared = runpy.run_path(str(path)).get("dashboard")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit as well: a declaration ends no program
        raise DashboardError(f"{path}:{_innermost(path, error) or 1}: {_told(error)}") from error
    if not isinstance(declared, Dashboard):
        kind = f"{type(declared).__module__}.{type(declared).__qualname__}".removeprefix("builtins.")
        found = "" if declared is None else f": it is of type {kind}"
        number = next((number for number, line in enumerate(lines, start=1) if re.match(r"dashboard\b", line)), 1)
        raise DashboardError(f"{path}:{number}: declares no variable `dashboard` that is a grafana.Dashboard{found}")
    return Declaration(path, lines, declared)


def _checked(path: Path) -> list[str]:
    """Return the lines of a file that Python can read."""
    # Whoever reads a pipe waits for its writer.
    if not path.is_file():
        raise DashboardError(f"{path}: is no file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DashboardError(f"{path}: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
        compile(content, str(path), "exec", dont_inherit=True)
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise DashboardError(f"{path}:{number}: is not UTF-8: {error.reason}") from error
    except SyntaxError as error:
        raise DashboardError(f"{path}:{error.lineno or 1}: {_one_line(error.msg)}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, and what is nested too deep
        raise DashboardError(f"{path}:1: Python cannot read it: {_told(error)}") from error
    return text.splitlines()


def _innermost(path: Path, error: BaseException) -> int | None:
    """Return the last line of the file that was gone through, wherever the error was raised."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None


def _told(error: BaseException) -> str:
    """Return an error in one line; what it says alone means nothing for a KeyError."""
    return _one_line(f"{type(error).__name__}: {error}".removesuffix(": "))


def _one_line(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    cut = first if len(first) <= 300 else first[:297] + "..."
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in cut)


def _titles(trace: TracebackType | None) -> list[str]:
    """Return titles of what was being drawn, the innermost first: a panel's before its dashboard's."""
    return list(reversed([title for frame, _ in traceback.walk_tb(trace) for title in _names_of(frame.f_locals.get("self"))]))


def _names_of(drawn: Any) -> Iterator[str]:
    yield from (name for key in ("title", "name") if isinstance(name := getattr(drawn, key, None), str))

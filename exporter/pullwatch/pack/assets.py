"""Where the content folders are, and the generated files that the program reads at run time.

In a wheel they lie in `_pack` beside this package, in a checkout at its root.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from pullwatch.pulls.thresholds import Thresholds

PACKAGE = Path(__file__).resolve().parent.parent
THRESHOLDS = PACKAGE / "pack" / "thresholds.json"


def root() -> Path:
    """Return the folder that holds `dashboards`, `alerts` and `runbooks`."""
    packed = PACKAGE / "_pack"
    return packed if packed.is_dir() else PACKAGE.parent.parent


def runbooks() -> dict[str, str]:
    """Return the runbooks as Markdown, by their paths without the ending: alerts by their names, others as `causes/size`."""
    folder = root() / "runbooks"
    pages = {file.relative_to(folder).with_suffix("").as_posix(): file for file in folder.rglob("*.md") if file.stem != "README"}
    return {name: pages[name].read_text(encoding="utf-8") for name in sorted(pages)}


def alerts() -> list[str]:
    """Return the names of all alerts: each has its page."""
    return sorted(file.stem for file in (root() / "runbooks").glob("*.md") if file.stem != "README")


def thresholds() -> Thresholds:
    """Return the limits of the alerts as they were rendered from alerts/config.libsonnet."""
    return msgspec.json.decode(THRESHOLDS.read_bytes(), type=Thresholds)

"""The dashboards as files. There are none yet: `render` writes whatever this returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def rendered(config: Mapping[str, Any]) -> list[tuple[str, bytes]]:  # noqa: ARG001 - limits and links of dashboards are the alerts'
    """Return name and content of each dashboard, made with the configuration of the alerts."""
    return []

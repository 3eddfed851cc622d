"""The part of docs/alerts.md that tells every value of the alerts: what it is by default, what it takes, and why.

The reasons are the comments of alerts/config.libsonnet. `python -m pullwatch.pack.values_page` writes the part anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pullwatch.pack import assets, rules, values

PAGE = assets.root() / "docs" / "alerts.md"

BEGIN = "<!-- Written by `make docs` from alerts/config.libsonnet. -->\n"
END = "<!-- So far. -->\n"

_KEY = re.compile(r"    (\w+):")
_COMMENT = re.compile(r"    // (.*)")


def page(text: str) -> str:
    """Return the page with its part as it should be. Raises ValueError where the page has no place for it."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def table() -> str:
    """Return a row for each key, in the order in which the file has them."""
    config = rules.configuration()
    rows = [
        f"| `{key}` | {_default(key, config[key])} | {_cell(values.KEYS[key].expected)} | {_cell(why)} |"
        for key, why in reasons()
        if key in config
    ]
    return "\n".join(["| key | default | takes | why |", "|---|---|---|---|", *rows, ""])


def reasons() -> Iterator[tuple[str, str]]:
    """Yield each key of alerts/config.libsonnet and the comment above it, which keys up to the next blank line share."""
    for part in (assets.root() / "alerts" / "config.libsonnet").read_text(encoding="utf-8").split("\n\n"):
        lines = part.splitlines()
        comment = " ".join(told[1] for line in lines if (told := _COMMENT.fullmatch(line)))
        yield from ((key[1], comment) for line in lines if (key := _KEY.match(line)))


def _default(key: str, value: Any) -> str:
    return _per_alert(value) if key in values.PER_ALERT else f"`{_cell(json.dumps(value))}`"


def _per_alert(value: dict[str, Any]) -> str:
    """Return what most alerts have, and which have another one."""
    alerts: dict[str, list[str]] = {}
    for alert, one in value.items():
        alerts.setdefault(json.dumps(one).strip('"'), []).append(alert)
    most, *others = sorted(alerts, key=lambda one: -len(alerts[one]))
    return "; ".join([f"`{most}`", *(f"`{one}` for {', '.join(alerts[one])}" for one in others)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

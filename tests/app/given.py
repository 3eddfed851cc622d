"""Runs of the console script within the test's own process, and a kubeconfig for a simulated API server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pullwatch import cli

TOKEN = "a-token"


def exit_code(*arguments: str | Path) -> int:
    """Run the console script to its end and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    assert isinstance(ended.value.code, int), "the console script ends with a number"
    return ended.value.code


def kubeconfig(path: Path, url: str, *, token: str = TOKEN) -> Path:
    """Write a kubeconfig with one context, `sim`, to this API server."""
    named: dict[str, Any] = {
        "clusters": [{"name": "sim", "cluster": {"server": url}}],
        "users": [{"name": "sim", "user": {"token": token}}],
        "contexts": [{"name": "sim", "context": {"cluster": "sim", "user": "sim"}}],
    }
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "sim", **named}))
    return path

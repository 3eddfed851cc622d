"""The generated messages are those of containerd.proto."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pullwatch.sources import containerd

PACKAGE = Path(containerd.__file__).parent


@pytest.mark.parametrize("kind", ["containerd_pb2.py", "containerd_pb2.pyi"])
def test_messages_are_what_protoc_writes(kind: str, tmp_path: Path) -> None:
    """`make docs` writes them anew; nobody edits them."""
    source = PACKAGE.parents[1].parent
    protoc = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={source}", f"--python_out={tmp_path}", f"--pyi_out={tmp_path}"]
    subprocess.run([*protoc, "pullwatch/sources/containerd/containerd.proto"], check=True, capture_output=True)

    assert (tmp_path / "pullwatch/sources/containerd" / kind).read_text() == (PACKAGE / kind).read_text()

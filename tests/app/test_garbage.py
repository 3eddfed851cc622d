"""The garbage collector of a process that has read its first lists."""

from __future__ import annotations

import subprocess
import sys


def test_what_is_there_is_left_alone() -> None:
    """No later collection looks at it, and those of what comes later are rare but not off."""
    code = "import gc; from pullwatch.app import garbage; garbage.rarely_collected(); print(gc.isenabled(), gc.get_freeze_count() > 1000, gc.get_threshold())"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout

    assert said == b"True True (5000, 5, 100)\n"

"""The reader of shell blocks sees what a shell would run."""

from __future__ import annotations

import pytest

from tests.runbooks import shell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kubectl get pods | grep x && ctr images ls; date", [["kubectl", "get", "pods"], ["grep", "x"], ["ctr", "images", "ls"], ["date"]]),
        ("A=1 B='2 3' kubectl --namespace \"$A\" get \\\n  pods # all\n", [["kubectl", "--namespace", "x", "get", "pods"]]),
        ("X=$(kubectl get node \"$(cat name)\")", [["cat", "name"], ["kubectl", "get", "node", "x"]]),
        ("for n in a b; do crictl images; done", [["crictl", "images"]]),
        ("cat > f <<'EOF'\nkubectl bad\nEOF\ncrictl info 2>/dev/null", [["cat"], ["crictl", "info"]]),
        ("echo 'a | $b' \"c;d\"", [["echo", "a | $b", "c;d"]]),
        ("sudo ctr plugins ls 2>&1 &\n", [["ctr", "plugins", "ls"]]),
        ("kubectl get \"name==${IMAGE%:*}\"", [["kubectl", "get", "name==x"]]),
    ],
)  # fmt: skip
def test_finds_the_commands_of_a_block(text: str, expected: list[list[str]]) -> None:
    """Pipes, lists, loops, quotes, here documents and substitutions hide no command and invent none."""
    assert shell.commands(text) == expected

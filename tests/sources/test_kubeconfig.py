"""Access from a kubeconfig."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pullwatch.sources import kubeconfig
from pullwatch.sources.errors import AccessError, Unauthorized


def config(*, user: Any = None, **cluster: Any) -> dict[str, Any]:
    """Return a kubeconfig of two contexts."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1/", **cluster}}],
        "users": [{"name": "u", "user": user or {"token": "abc"}}],
        "contexts": [
            {"name": "here", "context": {"cluster": "c", "user": "u"}},
            {"name": "there", "context": {"cluster": "c", "user": "nobody"}},
        ],
    }


def write(directory: Path, content: object) -> Path:
    path = directory / "config"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


async def test_it_reads_the_current_context(tmp_path: Path) -> None:
    """Address and token; the environment's proxy is none of the kubeconfig's."""
    access = kubeconfig.load(write(tmp_path, config()))

    assert (access.url, access.proxy, access.credentials.trust()) == ("http://127.0.0.1:1", None, None)
    assert await access.credentials.authorization() == "Bearer abc"


async def test_it_reads_the_context_that_is_asked_for(tmp_path: Path) -> None:
    """A context without a user sends no credentials."""
    access = kubeconfig.load(write(tmp_path, config()), context="there")

    assert await access.credentials.authorization() is None


async def test_it_leaves_out_the_proxy_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only `proxy-url` of the cluster counts."""
    monkeypatch.setenv("HTTP_PROXY", "http://wrong:1")

    assert kubeconfig.load(write(tmp_path, config())).proxy is None
    assert kubeconfig.load(write(tmp_path, config(**{"proxy-url": "http://right:1"}))).proxy == "http://right:1"


def test_it_reads_how_the_server_is_to_be_checked(tmp_path: Path) -> None:
    """The name in the certificate may be another than that in the address."""
    checked = config(server="https://127.0.0.1:1", **{"insecure-skip-tls-verify": True, "tls-server-name": "kubernetes"})
    access = kubeconfig.load(write(tmp_path, checked))
    trust = access.credentials.trust()

    assert access.server_name == "kubernetes"
    assert trust is not None
    assert not trust.check_hostname


def plugin(directory: Path, body: str) -> dict[str, Any]:
    """Return a user whose credentials come from a program."""
    program = directory / "plugin"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "interactiveMode": "Never"}}


COUNTING = """
import json, pathlib
count = pathlib.Path(__file__).with_name("count")
runs = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(runs))
status = {"token": f"token-{runs}"}
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
"""


async def test_it_asks_the_plugin_again_after_a_refusal(tmp_path: Path) -> None:
    """An exec plugin runs once, and anew after a 401."""
    credentials = kubeconfig.load(write(tmp_path, config(user=plugin(tmp_path, COUNTING)))).credentials
    first = [await credentials.authorization(), await credentials.authorization()]
    renewed = await credentials.renew()

    assert first == ["Bearer token-1"] * 2
    assert (renewed, await credentials.authorization()) == (True, "Bearer token-2")


async def test_it_has_nothing_new_where_the_token_is_fixed(tmp_path: Path) -> None:
    """A wrong token in the file is not tried twice."""
    assert not await kubeconfig.load(write(tmp_path, config())).credentials.renew()


async def test_it_says_that_the_kubeconfig_went_away(tmp_path: Path) -> None:
    """While running that is a refusal like any other: retried, not fatal."""
    path = write(tmp_path, config())
    credentials = kubeconfig.load(path).credentials
    path.unlink()

    with pytest.raises(Unauthorized, match="no such file"):
        await credentials.renew()


@pytest.mark.parametrize(
    ("content", "context", "said"),
    [
        (None, None, "no such file: check --kubeconfig"),
        ("", None, "not a usable kubeconfig"),
        ("{[", None, "not a usable kubeconfig"),
        ("just a text", None, "not a usable kubeconfig"),
        ("[1, 2]", None, "not a usable kubeconfig"),
        ("\0", None, "not a usable kubeconfig"),
        ({"kind": "Config"}, None, "not a usable kubeconfig"),
        (config(), "nowhere", "context nowhere: no such context; it has here, there"),
        (config(**{"proxy-url": "socks5://x:1"}), None, "neither http nor https"),
        (config(server="https://x", **{"certificate-authority": "/nowhere"}), None, "not a usable kubeconfig|cannot be used"),
        (config(server="https://x", **{"certificate-authority-data": "bm9uZQ=="}), None, "certificate or key cannot be used"),
    ],
)
def test_it_explains_in_one_line(content: object, context: str | None, said: str, tmp_path: Path) -> None:
    """Which file, which context, what to do."""
    path = tmp_path / "config" if content is None else write(tmp_path, content)

    with pytest.raises(AccessError, match=said) as caught:
        kubeconfig.load(path, context=context)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_costs_nothing_until_it_is_needed() -> None:
    """Whoever runs in a pod or reads files does not import the kubernetes package."""
    program = "import sys; from pullwatch.sources import access, kube, kubeconfig, watch, recorded; print('kubernetes' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "False\n"

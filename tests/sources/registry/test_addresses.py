"""Where connections may go, whatever a name or a spelling says."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from pullwatch.sources.registry import addresses, policy
from tests.pulls import made_manifests as made
from tests.sources.registry.asking import asking, internal
from tests.sources.registry.fakeregistry import serving

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLIC = ["8.8.8.8", "140.82.121.33", "2606:4700::6810:84e5", "2a00:1450:4001:82b::200e"]
PRIVATE = ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1"]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"]
NEVER = [
    "0.0.0.0",  # noqa: S104 - not bound to
    "0.1.2.3",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001::1",
    "2001:db8::1",
    "fe80::1",
    "fec0::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "100::1",
    "::ffff:0:a9fe:a9fe",
    "1::1",
    "4000::1",
]


@pytest.mark.parametrize(
    ("texts", "public", "private", "loopback"),
    [(PUBLIC, True, True, True), (PRIVATE, False, True, True), (LOOPBACK, False, False, True), (NEVER, False, False, False)],
)
def test_allows_what_a_setting_says_and_no_more(texts: Sequence[str], *, public: bool, private: bool, loopback: bool) -> None:
    """Public addresses always, private networks and this machine where a setting says so, the rest never."""
    for text in texts:
        address = ipaddress.ip_address(text)
        assert addresses.allowed(address, private=False, loopback=False) is public, text
        assert addresses.allowed(address, private=True, loopback=False) is private, text
        assert addresses.allowed(address, private=True, loopback=True) is loopback, text


class Names(AbstractResolver):
    """Answers a name with each list of addresses in turn, the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:  # noqa: ARG002 - aiohttp's names
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(hostname=host, host=text, port=port, family=socket.AF_INET6 if ":" in text else socket.AF_INET, proto=0, flags=0)
            for text in addresses
        ]

    async def close(self) -> None:
        pass


SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "0x7f.1",
    "2130706433",
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0.0.0.0",  # noqa: S104 - as above
]


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_spelling_leads_to_this_machine(spelling: str, *, private: bool) -> None:
    """Also where an operator was led to allow the name, and for a registry in a private network."""
    async with serving(address="::" if spelling.startswith("[::1") else "0.0.0.0") as registry:  # noqa: S104 - to be reachable by each of them
        registry.put(made.image(), "1")
        host = f"{spelling}:{registry.host.rsplit(':', 1)[1]}"
        allowed = policy.policy([host], private=[host] if private else (), plain_http=[host])
        async with asking(allowed) as asker:
            # Some spellings are none to the parser of URLs.
            assert await asker.refused(f"{host}/app:1") in {"address", "host"}

    assert registry.asked == []


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["::1"], ["169.254.169.254"], ["10.0.0.1"], ["127.0.0.1", "::1", "10.0.0.1"], ["::ffff:169.254.169.254"]]
)
async def test_no_name_leads_to_a_network_that_is_not_public(answer: Sequence[str]) -> None:
    """DNS is whoever owns the name's: its answers are judged, not the name."""
    host = "registry.example:5000"
    async with asking(policy.policy([host], plain_http=[host]), resolver=Names(answer)) as asker:
        assert await asker.refused(f"{host}/app:1") == "address"


async def test_a_name_that_is_rebound_leads_nowhere() -> None:
    """A name that led to its registry, and elsewhere the next time: each connection is looked at by itself."""

    async def close(_: web.Request) -> web.StreamResponse:
        response = web.Response(status=404)
        response.force_close()
        return response

    async with serving() as registry:
        registry.put(made.image(), "1", "3")
        registry.instead["/manifests/2"] = close
        host = f"registry.example:{registry.host.split(':')[1]}"
        async with asking(internal(host), resolver=Names(["127.0.0.1"], ["169.254.169.254"])) as asker:
            before = await asker.of(f"{host}/app:1")
            refused = [await asker.refused(f"{host}/app:{tag}") for tag in (2, 3)]

    assert before.table.size_bytes == 3_000_250
    assert refused == ["not_found", "address"]
    assert not [asked for asked in registry.asked if asked.path.endswith("/3")]


def test_makes_sockets_for_what_is_allowed() -> None:
    """The guard stands where the connector gets its sockets."""
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.255.255.1", 1))

    addresses.guarded(private=True, loopback=False)(info).close()
    with pytest.raises(addresses.AddressRefused, match=r"^\[Errno 1\] 10\.255\.255\.1 is no address of a registry$"):
        addresses.guarded(private=False, loopback=True)(info)

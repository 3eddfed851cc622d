"""Addresses that a connection may go to, looked at when it is made.

A name is no proof of where it leads: DNS may answer differently each time, and an address has many spellings. So each
address is judged as the kernel gets it. Blocks are those of the IANA registries of special-purpose addresses.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable
from typing import Any, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressInfo: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]

NOT_ALLOWED = "is no address of a registry"
"""Stands in the error of each refused address; aiohttp may join several errors to one text."""

_LOOPBACK = [ipaddress.ip_network(block) for block in ("127.0.0.0/8", "::1/128")]
_PRIVATE = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
_NEVER = [
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",  # this host
        "169.254.0.0/16",  # link-local, the clouds' metadata among it
        "192.0.0.0/24",  # protocol assignments, 192.0.0.192 is a metadata service
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "100.100.100.200/32",  # a metadata service
        "168.63.129.16/32",  # a metadata service
        "::/96",  # unspecified, and IPv4 in its oldest form; ::1 is looked at before
        "64:ff9b::/96",  # NAT64: an IPv4 address in disguise
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
        "5f00::/16",
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, of old
        "fd00:ec2::254/128",  # metadata
        "fd20:ce::254/128",  # metadata
        "ff00::/8",  # multicast
    )
]


class AddressRefused(OSError):
    """A connection would lead where none may."""


def allowed(address: Address, *, private: bool, loopback: bool) -> bool:
    """Tell whether a connection may go there; private networks and this machine only where a setting says so."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        # The kernel connects to the IPv4 address in it.
        address = address.ipv4_mapped
    if _in(address, _LOOPBACK):
        return loopback
    if _in(address, _NEVER):
        return False
    if _in(address, _PRIVATE):
        return private
    # Beside the one block of IPv6 that is given out there are more spellings of IPv4 than anybody knows (SIIT is ::ffff:0:0:0/96).
    return address.is_global and (isinstance(address, ipaddress.IPv4Address) or address in _GIVEN_OUT)


def guarded(*, private: bool, loopback: bool) -> Callable[[AddressInfo], socket.socket]:
    """Return what makes the sockets of a connector, and none to an address that is not allowed."""

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, where = info
        try:
            # A link-local address may carry the name of its interface.
            address = ipaddress.ip_address(str(where[0]).partition("%")[0])
        except ValueError as error:
            raise AddressRefused(errno.EPERM, f"{where[0]} {NOT_ALLOWED}") from error
        if not allowed(address, private=private, loopback=loopback):
            raise AddressRefused(errno.EPERM, f"{address} {NOT_ALLOWED}")
        return socket.socket(family, kind, protocol)

    return make


def _in(address: Address, blocks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(address in block for block in blocks if block.version == address.version)

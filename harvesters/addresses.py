"""Which network addresses a host name stands for, and whether we may connect to them."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2

from registry.errors import AddressRefused

Resolve = Callable[..., Any]
"""socket.getaddrinfo, or a test's own."""

EVERYWHERE = ("0.0.0.0/0", "::/0")

# The registries of special addresses (RFC 6890 and its successors), as far as older Pythons do not know them.
SPECIAL_IPV4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
SPECIAL_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
GLOBAL_UNICAST = IPv6Network("2000::/3")

# Prefixes whose last four bytes are an IPv4 address: the old compatible form, NAT64 (RFC 6052), translation (RFC 7915).
LAST_FOUR_BYTES = frozenset(
    bytes.fromhex(prefix) for prefix in ("00" * 12, "0064ff9b" + "00" * 8, "00" * 8 + "ffff0000")
)
ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
"""Bytes 8 to 11 of an address that tunnels to an IPv4 host within a site (RFC 5214)."""


def resolve(
    url: str, host: str, port: int, allowed: Sequence[str] = (), look_up: Resolve = socket.getaddrinfo
) -> list[str]:
    """The addresses of a host, every one of them checked. `allowed` are networks that may be reached though private.

    One forbidden address among several refuses the host: a name that answers with a public and a private address
    would otherwise be let in by chance. Raises AddressRefused, or the transport's ConnectError for an unknown name.
    """
    try:
        answers = look_up(host, port, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"{host}: {error}") from error
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for address in addresses:
        if not is_public(address) and not _within(address, allowed):
            raise AddressRefused(
                url,
                f"내부망 주소({address})로 연결되는 이름이라 접속하지 않습니다.",
                f"The name leads to a private address ({address}); it is refused.",
                "공개된 주소를 쓰거나, 시험용이라면 allow_private_addresses를 켜세요.",
                "Use a public address or, for a test, turn allow_private_addresses on.",
            )
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is on the public internet; one that carries an IPv4 address counts as what it carries.

    The rule does not lean on `is_global` alone: what that holds for global differs between patch releases of Python,
    and ours lets site-local addresses and 192.0.0.192 (where a cloud answers with its machine's secrets) through.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return parsed.is_global and not parsed.is_multicast and not _in(parsed, SPECIAL_IPV4)
    carried = _carried(parsed)
    if carried is not None:
        return is_public(str(carried))
    # All that is assigned to hosts of the internet lies in 2000::/3 (RFC 4291); everything else is for other uses.
    return parsed in GLOBAL_UNICAST and parsed.is_global and not _in(parsed, SPECIAL_IPV6)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, in any of the forms that routers and hosts understand."""
    teredo = address.teredo
    inner = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if inner is not None:
        return inner
    if address.packed[:12] in LAST_FOUR_BYTES or address.packed[8:12] in ISATAP:
        return IPv4Address(address.packed[-4:])
    return None


def _in(address: IPv4Address | IPv6Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)


def _within(address: str, networks: Sequence[str]) -> bool:
    parsed = ip_address(address.partition("%")[0])
    return any(parsed in ip_network(network) for network in networks)

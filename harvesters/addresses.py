"""Which network addresses a host name stands for, and whether we may connect to them."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore2

from registry.errors import AddressRefused

Resolve = Callable[..., Any]
"""socket.getaddrinfo, or a test's own."""


EVERYWHERE = ("0.0.0.0/0", "::/0")


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
    """Whether an address is on the public internet (an IPv4 address inside IPv6 counts as what it wraps)."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        # NAT64 (RFC 6052) and the old IPv4-compatible form carry the IPv4 address in their last four bytes.
        if parsed.packed[:12] in (bytes.fromhex("0064ff9b0000000000000000"), bytes(12)):
            return is_public(str(IPv4Address(parsed.packed[-4:])))
    return parsed.is_global and not parsed.is_multicast


def _within(address: str, networks: Sequence[str]) -> bool:
    parsed = ip_address(address.partition("%")[0])
    return any(parsed in ip_network(network) for network in networks)

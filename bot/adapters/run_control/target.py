"""A connection to the host of the registry and to no other: resolved once, checked, and that very address is used.

Names that resolve to where only this machine or its cloud answers are refused: such an answer would hold secrets of
ours, and a name of the registry may be in other hands tomorrow. This machine is meant where the registry itself names
it; a metadata server never is.
"""

import socket
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from ssl import create_default_context
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
CLOUD_METADATA = frozenset({ip_address("169.254.169.254"), ip_address("fd00:ec2::254"), ip_address("100.100.100.200")})
"""https://docs.cloud.google.com/compute/docs/metadata/overview, and those of two other clouds."""


class Forbidden(Exception):
    """The registry's host is nowhere that an order may go."""


def connection_to(address: str, timeout_s: float) -> HTTPConnection:
    """Connected. Raises Forbidden, and OSError where nobody answers. No proxy, no redirect, one address."""
    parts = urlsplit(address)
    host, secure = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    opened = _opened(_allowed(host, port), port, timeout_s)
    try:
        if not secure:
            connection = HTTPConnection(host, port, timeout=timeout_s)
            connection.sock = opened
            return connection
        context = create_default_context()
        over_tls = HTTPSConnection(host, port, timeout=timeout_s, context=context)
        over_tls.sock = context.wrap_socket(opened, server_hostname=host)
        return over_tls
    except BaseException:
        opened.close()
        raise


def _opened(places: Sequence[Address], port: int, timeout_s: float) -> socket.socket:
    """To the first of them that answers."""
    *others, last = places
    for place in others:
        with suppress(OSError):
            return socket.create_connection((str(place), port), timeout_s)
    return socket.create_connection((str(last), port), timeout_s)


def _allowed(host: str, port: int) -> Sequence[Address]:
    found = [
        _plain(ip_address(str(place[4][0]).partition("%")[0]))
        for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
    for place in found:
        if _nowhere(place) or (place.is_loopback and not _named(host, place)):
            raise Forbidden(f"{host} leads to {place}, where only this machine or its cloud answers")
    return list(dict.fromkeys(found))


def _plain(address: Address) -> Address:
    """The one that it really leads to: IPv6 carries IPv4 addresses, mapped or through a relay."""
    carried = (address.ipv4_mapped or address.sixtofour) if isinstance(address, IPv6Address) else None
    return carried or address


def _nowhere(address: Address) -> bool:
    """No service is there, whatever a registry says: a metadata server gives out this machine's identity; also what a
    network maps to another address.
    """
    if address in CLOUD_METADATA or address.is_link_local:
        return True
    return address.is_unspecified or address.is_multicast or (address.is_reserved and not address.is_loopback)


def _named(host: str, address: Address) -> bool:
    """Does the registry say that very address? `2852039166` and `0xa9fea9fe` are read as names, not as addresses."""
    if host == "localhost":
        return address.is_loopback
    try:
        return ip_address(host) == address
    except ValueError:
        return False

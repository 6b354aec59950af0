"""Which addresses may be reached: public ones, and loopback where the settings name it for a trial."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from newsletter.errors import FetchFailed

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses. Raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


def resolved(host: str, port: int) -> Sequence[str]:
    """The host's IP addresses as the system knows them, each once, in its order. Raises OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever clothes it wears."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip.teredo:
            return False
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def origin(url: str) -> str:
    """Scheme, host and port of an address, the port only where it is not the scheme's own."""
    parts = urlsplit(url)
    port = parts.port
    shown = f":{port}" if port and port != _PORTS.get(parts.scheme) else ""
    host = (parts.hostname or "").lower()
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{shown}"


@dataclass(frozen=True, slots=True)
class Door:
    """Where to connect for one hop: the scheme spoken, the IP addresses that were checked, the port."""

    scheme: str
    addresses: tuple[str, ...]
    port: int


class Reach:
    """The rule, with its trial hosts: an origin such as https://www.hofors.example → a loopback origin."""

    def __init__(self, trial_hosts: Mapping[str, str], resolve: Resolve = resolved) -> None:
        self._trials = {origin(public): origin(local) for public, local in trial_hosts.items()}
        self._resolve = resolve

    def door(self, url: str) -> Door:
        """Where to connect for this address. Raises FetchFailed where it may not or cannot be reached."""
        local = self._trials.get(origin(url))
        parts = urlsplit(local or url)
        if parts.scheme not in _PORTS or not parts.hostname or urlsplit(url).username:
            raise FetchFailed(
                f"Adressen {url} kan inte hämtas.", why="Bara http och https, utan inloggning, hämtas."
            )
        port = parts.port or _PORTS[parts.scheme]
        addresses = self._addresses(parts.hostname, port)
        refused = [address for address in addresses if not self._may(address, is_trial=local is not None)]
        if refused:
            raise FetchFailed(
                f"Adressen {url} hämtas inte.",
                why=f"Den leder till {refused[0]}, som inte är en öppen adress på internet.",
                do="Kontrollera adressen i subscribers/sources.toml.",
            )
        return Door(parts.scheme, addresses, port)

    def public(self, url: str, current: str) -> str:
        """The address as the world knows it: a trial server's own origin becomes the one it stands for."""
        own = origin(url)
        stands_for = [public for public, local in self._trials.items() if local == own]
        if not stands_for:
            return url
        known_as = origin(current) if origin(current) in stands_for else stands_for[0]
        there = urlsplit(known_as)
        return urlunsplit((there.scheme, there.netloc, *urlsplit(url)[2:]))

    def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        try:
            return tuple(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise FetchFailed(
                f"{host} finns inte, eller så saknas nät.",
                why=str(error),
                do="Kontrollera adressen och att datorn har nät.",
                retryable=True,
            ) from error

    @staticmethod
    def _may(address: str, *, is_trial: bool) -> bool:
        if is_trial:
            return ipaddress.ip_address(address).is_loopback
        return is_public(address)

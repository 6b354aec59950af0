"""Which addresses may be reached: public ones, and loopback where the settings name it for a trial."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from threading import Thread
from urllib.parse import urlsplit, urlunsplit

from newsletter.errors import FetchFailed

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses. Raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all that is given out; the rest is private or odd
_PORTS = {"http": 80, "https": 443}
_LONGEST = 4000  # characters of an address


def resolved(host: str, port: int) -> Sequence[str]:
    """The host's IP addresses as the system knows them, each once, in its order. Raises OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever clothes it wears."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    if ip in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if ip.ipv4_mapped or ip.sixtofour:
        return is_public(str(ip.ipv4_mapped or ip.sixtofour))
    return ip in _GLOBAL_UNICAST and ip.is_global and not ip.teredo


def checked(url: str) -> str:
    """The address, where it can be read and asked for: http(s), no login in it. Raises FetchFailed."""
    try:
        parts = urlsplit(url)
        is_fit = parts.scheme in _PORTS and bool(parts.hostname) and "@" not in parts.netloc
        is_fit = is_fit and parts.port != 0 and len(url.encode()) <= _LONGEST
    except ValueError:  # brackets, ports and characters that fit in no address
        is_fit = False
    if is_fit:
        return url
    shown = ascii(url[:200])[1:-1]
    raise FetchFailed(
        f"Adressen {shown} kan inte hämtas.", why="Bara http och https, utan inloggning, hämtas."
    )


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
    is_trial: bool = False


class Reach:
    """The rule, with its trial hosts: an origin such as https://www.hofors.example → a loopback origin."""

    def __init__(self, trial_hosts: Mapping[str, str], resolve: Resolve = resolved) -> None:
        self._trials = {origin(public): origin(local) for public, local in trial_hosts.items()}
        self._resolve = resolve

    def door(self, url: str, seconds: float = 20.0) -> Door:
        """Where to connect for this address; its name is asked for once, for at most so long.

        Raises FetchFailed where it may not or cannot be reached.
        """
        local = self._trials.get(origin(checked(url)))
        parts = urlsplit(local or url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = self._addresses(host, port, seconds)
        refused = [address for address in addresses if not self._may(address, is_trial=local is not None)]
        if refused:
            raise FetchFailed(
                f"Adressen {url} hämtas inte.",
                why=f"Den leder till {refused[0]}, som inte är en öppen adress på internet.",
                do="Kontrollera adressen.",
            )
        return Door(parts.scheme, addresses, port, is_trial=local is not None)

    def public(self, url: str, current: str) -> str:
        """The address as the world knows it: a trial server's own origin becomes the one it stands for."""
        own = origin(url)
        stands_for = [public for public, local in self._trials.items() if local == own]
        if not stands_for:
            return url
        known_as = origin(current) if origin(current) in stands_for else stands_for[0]
        there = urlsplit(known_as)
        return urlunsplit((there.scheme, there.netloc, *urlsplit(url)[2:]))

    def _addresses(self, host: str, port: int, seconds: float) -> tuple[str, ...]:
        try:
            addresses = tuple(_in_time(lambda: self._resolve(host, port), seconds))
            if not addresses:
                raise OSError("the name has no address")
            return addresses
        except (OSError, UnicodeError) as error:
            raise FetchFailed(
                f"{host} finns inte, eller så saknas nät.",
                why=str(error) or type(error).__name__,
                do="Kontrollera adressen och att datorn har nät.",
                retryable=True,
            ) from error

    @staticmethod
    def _may(address: str, *, is_trial: bool) -> bool:
        if is_trial:
            return ipaddress.ip_address(address).is_loopback
        return is_public(address)


def _in_time(ask: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
    """What `ask` gives. The system's resolver knows no deadline, so one that is late is left behind.

    Raises what `ask` raises, TimeoutError where it is late.
    """
    answer: Future[Sequence[str]] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:
            answer.set_exception(error)

    Thread(target=work, daemon=True, name="resolve").start()
    try:
        return answer.result(seconds)
    except FutureTimeout:
        raise TimeoutError(f"the name was not resolved within {seconds:.3g} s") from None

"""DNS, by dnspython: the machine's own name servers, or those that the settings name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from newsletter.errors import LookupFailed, NoNetwork, NoSuchName
from newsletter.model.domain import MailExchanger

_SECONDS = 2.0  # for one look-up, all name servers and repeats together
_TRY = 0.9  # for one packet's answer
_PORT = 53
_OFFLINE = "Datorn når ingen namnserver."
_CHECK = "Kontrollera nätet, eller ange andra under [dns] nameservers i newsletter.toml."


class Dns:
    """The Resolver port."""

    def __init__(self, nameservers: Sequence[str] = ()) -> None:
        self._nameservers = nameservers

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._nameservers)
        if self._nameservers:
            resolver.nameservers = [_at(each) for each in self._nameservers]
        resolver.timeout, resolver.lifetime = _TRY, _SECONDS
        resolver.cache = None
        return resolver

    def txt(self, name: str) -> Sequence[str]:
        """The TXT records; bytes that are no UTF-8 are shown as such."""
        found = [each for each in self._asked(name, "TXT") if isinstance(each, TXT)]
        return sorted(b"".join(each.strings).decode("utf-8", "backslashreplace") for each in found)

    def mx(self, name: str) -> Sequence[MailExchanger]:
        """The mail exchangers, by preference and host."""
        found = [each for each in self._asked(name, "MX") if isinstance(each, MX)]
        told = [MailExchanger(each.preference, _written(each.exchange)) for each in found]
        return sorted(told, key=lambda each: (each.preference, each.host))

    def cname(self, name: str) -> str:
        """The name that this one is an alias of."""
        found = [each for each in self._asked(name, "CNAME") if isinstance(each, CNAME)]
        return _written(found[0].target) if found else ""

    def addresses(self, name: str) -> Sequence[str]:
        """IPv4 addresses, then IPv6 ones."""
        return [*sorted(map(str, self._asked(name, "A"))), *sorted(map(str, self._asked(name, "AAAA")))]

    def _asked(self, name: str, kind: str) -> Sequence[object]:
        with _mapped(name):
            answer = self._resolver.resolve(f"{name}.", kind, raise_on_no_answer=False, search=False)
            return list(answer.rrset or ())


def _at(nameserver: str) -> dns.nameserver.Nameserver | str:
    """A name server of the settings; one with a port is spoken to at that port."""
    if nameserver.count(":") != 1:
        return nameserver
    host, _, port = nameserver.partition(":")
    return dns.nameserver.Do53Nameserver(host, int(port))


def _written(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")


@contextmanager
def _mapped(name: str) -> Iterator[None]:
    """Every error of the library becomes one of ours."""
    try:
        yield
    except dns.resolver.NXDOMAIN as error:
        raise NoSuchName(f"{name} finns inte i DNS.") from error
    except dns.resolver.NoResolverConfiguration as error:
        raise NoNetwork(_OFFLINE, why=str(error), do=_CHECK) from error
    except dns.resolver.LifetimeTimeout as error:
        raise _unheard(name, error) from error
    except dns.resolver.NoNameservers as error:
        raise _unheard(name, error) from error
    except (dns.exception.DNSException, ValueError, OSError) as error:
        raise LookupFailed(f"{name} gick inte att slå upp.", why=str(error)[:300]) from error


def _unheard(name: str, error: dns.resolver.LifetimeTimeout | dns.resolver.NoNameservers) -> LookupFailed:
    """No answer: for want of a network where no packet could even be sent, else for want of a good server."""
    tried = error.kwargs.get("errors", [])
    if tried and all(isinstance(each[3], OSError) for each in tried):
        return NoNetwork(_OFFLINE, why=str(tried[0][3])[:300], do=_CHECK)
    why = "Den svarade inte i tid." if isinstance(error, dns.resolver.LifetimeTimeout) else str(error)[:300]
    return LookupFailed(f"Ingen namnserver svarade om {name}.", why=why, do="Försök igen om en stund.")

"""What an SPF record costs to follow, and whether it lets a server send (RFC 7208, 4.6.4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from newsletter.model.domain import NameAnswer
from newsletter.send.readiness.spf_record import COSTLY, Network, SpfRecord, Term, spf_record, spf_texts
from newsletter.send.readiness.zone import Zone

MOST_LOOKUPS = 10  # RFC 7208, 4.6.4: beyond it the answer is permerror
MOST_VOIDS = 2  # look-ups that give nothing
_MOST_HOSTS = 10  # names of one mx
_FOLLOWED = 40  # look-ups that are followed, so that the true number can be told and a chain has an end


class SpfResult(Enum):
    """What a receiving server concludes of one address (RFC 7208, 2.6)."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"  # there is no record
    TEMPERROR = "temperror"  # nobody answered
    PERMERROR = "permerror"  # the record cannot be used


_BY_QUALIFIER = {
    "+": SpfResult.PASS,
    "-": SpfResult.FAIL,
    "~": SpfResult.SOFTFAIL,
    "?": SpfResult.NEUTRAL,
}


@dataclass
class SpfTrace:
    """What following a record met, in the order it was met."""

    lookups: int = 0
    by_term: dict[str, int] = field(default_factory=dict)  # of the domain's own record: what each term costs
    voids: list[str] = field(default_factory=list)  # names that gave nothing
    faults: list[str] = field(default_factory=list)  # in Swedish; each is a permerror
    silent: list[str] = field(default_factory=list)  # names that nobody answered about
    includes: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)  # of the includes: those without a record to use


def traced(record: SpfRecord, domain: str, zone: Zone) -> SpfTrace:
    """What the record costs where all of it is followed, as for a server that nothing in it names."""
    trace = SpfTrace()
    for term in _followed(record):
        before = trace.lookups
        _meet(term, domain, zone, trace, (domain,))
        if term.name in COSTLY:
            trace.by_term[term.text] = trace.lookups - before
    return trace


def _followed(record: SpfRecord) -> Iterator[Term]:
    yield from record.mechanisms
    if record.redirect:
        yield record.redirect


def _meet(term: Term, domain: str, zone: Zone, trace: SpfTrace, path: tuple[str, ...]) -> None:
    if term.name not in COSTLY or trace.lookups >= _FOLLOWED:
        return
    trace.lookups += 1
    target = (term.domain or domain).lower()
    if term.has_macro or term.name == "ptr":
        return
    if term.name in ("include", "redirect"):
        trace.includes.add(target)
        _descend(term, target, zone, trace, path)
    elif term.name == "mx":
        _count_void(zone.mx(target), target, trace)
        if len(zone.exchangers(target)) > _MOST_HOSTS:
            trace.faults.append(f"{term.text} har fler än {_MOST_HOSTS} e-postservrar")
    else:
        _count_void(zone.addresses(target), target, trace)


def _count_void(answer: NameAnswer, name: str, trace: SpfTrace) -> None:
    if answer.trouble:
        trace.silent.append(name)
    elif not answer.values and not answer.exchangers:
        trace.voids.append(name)


def _descend(term: Term, target: str, zone: Zone, trace: SpfTrace, path: tuple[str, ...]) -> None:
    if target in path:
        trace.faults.append(f"{term.text} leder tillbaka till sig själv")
        return
    answer = zone.txt(target)
    texts = spf_texts(answer.values)
    if answer.trouble:
        trace.silent.append(target)
    elif len(texts) != 1:
        trace.dead.add(target)
        trace.faults.append(f"{term.text} leder till {target}, som har {len(texts) or 'ingen'} SPF-post")
    else:
        record = spf_record(texts[0])
        trace.faults += [f"{target}: {fault}" for fault in record.faults]
        for each in _followed(record):
            _meet(each, target, zone, trace, (*path, target))


@dataclass
class _Budget:
    """Look-ups that one evaluation may still make."""

    lookups: int = MOST_LOOKUPS


def spf_result(address: str, domain: str, zone: Zone) -> SpfResult:
    """What a receiver concludes where a server at this address sends for the domain (``check_host``).

    The names of ``ptr``, and of terms with macros, depend on the letter; they are taken not to match.
    """
    return _check(ip_address(address), domain, zone, _Budget(), (domain,))


def _check(
    ip: IPv4Address | IPv6Address, domain: str, zone: Zone, budget: _Budget, path: tuple[str, ...]
) -> SpfResult:
    answer = zone.txt(domain)
    texts = spf_texts(answer.values)
    if answer.trouble:
        return SpfResult.TEMPERROR
    if len(texts) != 1:
        return SpfResult.PERMERROR if texts else SpfResult.NONE
    record = spf_record(texts[0])
    if record.faults:
        return SpfResult.PERMERROR
    for term in _followed(record):
        result = _result(term, ip, domain, zone, budget, path)
        if result is not None:
            return result
    return SpfResult.NEUTRAL


def _result(
    term: Term,
    ip: IPv4Address | IPv6Address,
    domain: str,
    zone: Zone,
    budget: _Budget,
    path: tuple[str, ...],
) -> SpfResult | None:
    """What one term decides; None where the next one is to be tried."""
    target = (term.domain or domain).lower()
    if term.name in COSTLY:
        budget.lookups -= 1
        if budget.lookups < 0:
            return SpfResult.PERMERROR
    if term.name in ("include", "redirect") and not term.has_macro:
        if target in path:
            return SpfResult.PERMERROR
        inner = _check(ip, target, zone, budget, (*path, target))
        return _of_redirect(inner) if term.name == "redirect" else _of_include(inner, term)
    if term.name == "all" or _matches(term, ip, target, zone):
        return _BY_QUALIFIER[term.qualifier]
    return None


def _of_redirect(inner: SpfResult) -> SpfResult:
    return SpfResult.PERMERROR if inner is SpfResult.NONE else inner


def _of_include(inner: SpfResult, term: Term) -> SpfResult | None:
    """RFC 7208, 5.2: only a pass inside matches; what is wrong inside is wrong outside."""
    if inner is SpfResult.PASS:
        return _BY_QUALIFIER[term.qualifier]
    if inner is SpfResult.TEMPERROR:
        return inner
    return SpfResult.PERMERROR if inner in (SpfResult.NONE, SpfResult.PERMERROR) else None


def _matches(term: Term, ip: IPv4Address | IPv6Address, target: str, zone: Zone) -> bool:
    if term.name == "exists":
        return not term.has_macro and any(":" not in each for each in zone.addresses(target).values)
    return any(ip in network for network in _networks(term, target, zone))


def _networks(term: Term, target: str, zone: Zone) -> Iterator[Network]:
    if term.network is not None:
        yield term.network
    if term.name not in ("a", "mx") or term.has_macro:
        return
    hosts = [target] if term.name == "a" else [each.host for each in zone.exchangers(target)][:_MOST_HOSTS]
    for host in hosts:
        for address in zone.addresses(host).values if host else ():
            length = term.six if ":" in address else term.four
            yield ip_network(f"{address}/{length}", strict=False)

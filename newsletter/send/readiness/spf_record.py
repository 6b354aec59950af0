"""An SPF record's text and its terms (RFC 7208, 4.6 and 12)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

COSTLY = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})  # each is a look-up (RFC 7208, 4.6.4)
_MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_TERM = re.compile(r"(?P<sign>[+?~-]?)(?P<name>[A-Za-z][A-Za-z0-9._-]*)(?P<rest>[:=/].*)?")
_HOSTS = re.compile(r"(?P<domain>.*?)(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism or a modifier."""

    text: str  # as it stands
    name: str  # include, a, ip4, redirect …, in lower case
    qualifier: str = "+"
    domain: str = ""  # "": the record's own
    network: Network | None = None  # of ip4 and ip6
    four: int = 32  # prefix lengths of a and mx
    six: int = 128

    @property
    def has_macro(self) -> bool:
        """Whether the domain differs from letter to letter, so that it cannot be asked for."""
        return "%" in self.domain


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """The terms that can be read, and what cannot."""

    text: str
    terms: tuple[Term, ...]
    faults: tuple[str, ...]  # each makes the whole record a permanent error; in Swedish

    @property
    def mechanisms(self) -> tuple[Term, ...]:
        """What is compared with the sending server, in order; nothing after ``all`` ever is."""
        found = [term for term in self.terms if term.name in _MECHANISMS]
        end = next((index + 1 for index, term in enumerate(found) if term.name == "all"), len(found))
        return tuple(found[:end])

    @property
    def all(self) -> Term | None:
        """The ``all`` at its end."""
        return next((term for term in self.terms if term.name == "all"), None)

    @property
    def redirect(self) -> Term | None:
        """The record that takes this one's place where nothing matches; ``all`` makes it void."""
        return None if self.all else next((term for term in self.terms if term.name == "redirect"), None)


def spf_texts(values: Sequence[str]) -> tuple[str, ...]:
    """Those of a domain's TXT records that are SPF (RFC 7208, 4.5)."""
    return tuple(value for value in values if re.match(r"v=spf1(?: |$)", value, re.IGNORECASE))


def spf_record(text: str) -> SpfRecord:
    """The record that any text holds."""
    terms: list[Term] = []
    faults: list[str] = []
    for word in text.split(" ")[1:]:
        if not word:
            continue
        try:
            terms.append(_term(word))
        except ValueError as error:
            faults.append(str(error))
    names = [term.name for term in terms]
    faults += [f"{name} står två gånger" for name in ("redirect", "exp") if names.count(name) > 1]
    return SpfRecord(text, tuple(terms), tuple(faults))


def _term(word: str) -> Term:
    """Raises ValueError, with Swedish words, for what the grammar has not."""
    match = _TERM.fullmatch(word) if word.isascii() and word.isprintable() else None
    if not match:
        raise ValueError(f"”{word[:60]}” går inte att läsa")
    name, rest = match["name"].lower(), match["rest"] or ""
    if rest.startswith("="):
        return _modifier(word, name, rest[1:], match["sign"])
    if name not in _MECHANISMS:
        raise ValueError(f"”{word[:60]}” finns inte i SPF{_meant(name)}")
    return _mechanism(word, name, match["sign"] or "+", rest)


def _meant(name: str) -> str:
    near = {"ip": "ip4", "ipv4": "ip4", "ipv6": "ip6", "includes": "include", "all.": "all"}
    return f"; menades {near[name]}?" if name in near else ""


def _modifier(word: str, name: str, value: str, sign: str) -> Term:
    if name in _MECHANISMS:
        raise ValueError(f"”{word[:60]}” ska ha kolon, inte likhetstecken")
    if sign or (name in ("redirect", "exp") and not value):
        raise ValueError(f"”{word[:60]}” går inte att läsa")
    return Term(word, name, domain=value.rstrip("."))


def _mechanism(word: str, name: str, sign: str, rest: str) -> Term:
    if name in ("ip4", "ip6"):
        return Term(word, name, sign, network=_network(word, name, rest))
    if name == "all":
        if rest:
            raise ValueError(f"”{word[:60]}”: all står ensamt")
        return Term(word, name, sign)
    hosts = _HOSTS.fullmatch(rest.removeprefix(":"))
    if not hosts or (rest.startswith(":") and not hosts["domain"]):
        raise ValueError(f"”{word[:60]}” saknar domän")
    if name in ("include", "exists") and not hosts["domain"]:
        raise ValueError(f"”{word[:60]}” saknar domän")
    four, six = int(hosts["four"] or 32), int(hosts["six"] or 128)
    if four > 32 or six > 128 or (name not in ("a", "mx") and (hosts["four"] or hosts["six"])):
        raise ValueError(f"”{word[:60]}” har en omöjlig nätmask")
    return Term(word, name, sign, hosts["domain"].rstrip("."), None, four, six)


def _network(word: str, name: str, rest: str) -> Network:
    try:
        network = ip_network(rest.removeprefix(":"), strict=False)
    except ValueError as error:
        raise ValueError(f"”{word[:60]}” är ingen adress") from error
    if network.version != int(name[-1]):
        raise ValueError(f"”{word[:60]}” är en adress av fel slag: det ska stå ip{network.version}")
    return network


def merged(
    records: Sequence[SpfRecord],
    includes: Sequence[str],
    extra: Sequence[str] = (),
    dead: Collection[str] = (),
) -> str:
    """One record that says what all of them say, and includes these domains; for a paste.

    `extra` are terms to add, `dead` includes to leave out.
    It ends in the strictest of their ends that is no ``+all`` or ``?all``, else in ``~all``. Terms that
    cannot be read are left out. A redirect becomes an include, since it would be void beside an ``all``.
    """
    words = [word for word in dict.fromkeys(_kept(records)) if word.lower() not in _includes(dead)]
    known = {word.lower() for word in words}
    words += [word for domain in includes if (word := f"include:{domain}").lower() not in known]
    words += [word for word in extra if word.lower() not in known]
    ends = {record.all.qualifier for record in records if record.all}
    end = "-all" if ends == {"-"} else "~all"
    return " ".join(["v=spf1", *words, end])


def _includes(domains: Collection[str]) -> set[str]:
    return {f"{sign}include:{domain}" for domain in domains for sign in ("", "+", "-", "~", "?")}


def _kept(records: Sequence[SpfRecord]) -> Iterator[str]:
    for record in records:
        for term in record.mechanisms:
            if term.name not in ("all", "ptr"):
                yield term.text
        if redirect := record.redirect:
            yield f"include:{redirect.domain}"

"""DMARC records, whose they are, and alignment.

RFC 9989 (2026) takes RFC 7489's place and finds the organizational domain by walking up the tree of DNS
instead of by the Public Suffix List; an older receiver with such a list comes to the same answer for every
domain whose organization publishes a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from newsletter.send.readiness.tags import Tags, tags
from newsletter.send.readiness.zone import Zone

POLICIES = ("none", "quarantine", "reject")
_VERSION = re.compile(r"\s*v\s*=\s*DMARC1\s*(?:;|$)")
_MAILTO = re.compile(r"mailto:([^@\s!,]+@[A-Za-z0-9._-]+)(?:!\d+[kmgt]?)?", re.IGNORECASE)
_ALLOWED = {
    "p": POLICIES,
    "sp": POLICIES,
    "np": POLICIES,
    "adkim": ("r", "s"),
    "aspf": ("r", "s"),
    "psd": ("y", "n", "u"),
    "t": ("y", "n"),
}
_LABELS = 7  # that are kept of a name with more than eight, so that nobody can make the walk long


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """A record that can be read, with its faults told."""

    name: str  # the domain that it stands at, without _dmarc
    text: str
    tags: Tags
    faults: tuple[str, ...]  # in Swedish
    reports: tuple[str, ...]  # addresses of rua

    @property
    def policy(self) -> str:
        """What receivers do with letters that fail; none where p cannot be read (RFC 9989, 4.7)."""
        return said if (said := self.tags.get("p").lower()) in POLICIES else "none"

    def policy_for(self, domain: str) -> str:
        """The policy for the domain itself, or for one below it."""
        below = self.tags.get("sp").lower() if domain != self.name else ""
        return below if below in POLICIES else self.policy

    def is_strict(self, tag: str) -> bool:
        """Whether adkim or aspf asks for just the same domain."""
        return self.tags.get(tag).lower() == "s"


@dataclass(frozen=True, slots=True)
class DmarcWalk:
    """What the walk up the tree found."""

    record: DmarcRecord | None  # that holds for the domain
    organization: str  # the organizational domain
    repeated: tuple[str, ...] = ()  # the domain's own records, where there are several: then none holds
    trouble: str = ""  # a name that nobody answered about


def dmarc_texts(values: Sequence[str]) -> tuple[str, ...]:
    """Those of the TXT records that are DMARC."""
    return tuple(value for value in values if _VERSION.match(value))


def dmarc_record(name: str, text: str) -> DmarcRecord:
    """The record that any text holds."""
    found = tags(text)
    faults = list(found.faults)
    for tag, allowed in _ALLOWED.items():
        value = found.get(tag)
        if tag in found.values and value.lower() not in allowed:
            faults.append(f"{tag}={value[:40]} finns inte; det ska vara {', '.join(allowed)}")
    if "p" not in found.values:
        faults.append("p saknas")
    uris = [uri.strip() for uri in found.get("rua").split(",") if uri.strip()]
    addresses = [match[1] for uri in uris if (match := _MAILTO.fullmatch(uri))]
    if len(addresses) < len(uris):
        faults.append("rua ska vara adresser på formen mailto:namn@domän, med komma emellan")
    return DmarcRecord(name, text, found, tuple(faults), tuple(unquote(each) for each in addresses))


def dmarc_walk(domain: str, zone: Zone) -> DmarcWalk:
    """The record that holds for a domain, and its organizational domain (RFC 9989, 4.10)."""
    found: list[DmarcRecord] = []
    repeated: tuple[str, ...] = ()
    for name in _upwards(domain):
        answer = zone.txt(f"_dmarc.{name}")
        if answer.trouble:
            return DmarcWalk(None, domain, trouble=f"_dmarc.{name}")
        texts = dmarc_texts(answer.values)
        if len(texts) > 1 and name == domain:
            repeated = texts
        if len(texts) == 1:
            found.append(dmarc_record(name, texts[0]))
            if found[-1].tags.get("psd").lower() in ("y", "n"):
                break
    organization = _organization(domain, found)
    own = next((each for each in found if each.name == domain), None)
    of_organization = next((each for each in found if each.name == organization), None)
    return DmarcWalk(own or of_organization or (found[-1] if found else None), organization, repeated)


def _upwards(domain: str) -> Iterator[str]:
    yield domain
    labels = domain.split(".")[1:]
    for start in range(max(0, len(labels) - _LABELS), len(labels)):
        yield ".".join(labels[start:])


def _organization(domain: str, found: Sequence[DmarcRecord]) -> str:
    """RFC 9989, 4.10.2: psd=n is it; psd=y has it one label below; else the shortest name with a record."""
    if not found:
        return domain
    last = found[-1]
    if last.tags.get("psd").lower() == "y" and last.name != domain:
        below = domain.removesuffix(f".{last.name}").split(".")[-1]
        return f"{below}.{last.name}"
    return last.name


def is_aligned(one: str, other: str, zone: Zone, *, strict: bool) -> bool:
    """Whether a domain that SPF or DKIM vouches for stands for the one in From (RFC 9989, 4.4)."""
    if one == other:
        return True
    if strict:
        return False
    return dmarc_walk(one, zone).organization == dmarc_walk(other, zone).organization

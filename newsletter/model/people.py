"""Who gets a letter, why, and who does not."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

import idna


class Group(Enum):
    """The few groups that the report tells apart."""

    POLITICIANS = "politiker"
    OFFICIALS = "tjanstepersoner"
    ASSOCIATION = "foreningen"
    PARTNERS = "partner"
    MEDIA = "media"


class Role(Enum):
    """What a person does; never party membership (Article 9 GDPR)."""

    COUNCIL = "fullmaktige"
    BOARD = "styrelse"
    CHAIR = "ordforande"
    VICE_CHAIR = "vice-ordforande"
    OPPOSITION = "oppositionsrad"
    HEAD = "chef"
    COMMUNICATION = "kommunikation"
    PLANNING = "planering"
    BUSINESS = "naringsliv"
    REGIONAL_DEVELOPMENT = "rua"
    OFFICIALS_GROUP = "tjanstepersonsgruppen"
    ASSOCIATION_BOARD = "foreningsstyrelse"
    NOMINATION = "valberedning"
    AUDITOR = "revision"
    PARTNER = "partner"
    PROSPECT = "mojlig-medlem"
    MEDIA = "media"

    @property
    def group(self) -> Group:
        """The group that the report counts this role in."""
        return _GROUP_OF[self]

    @property
    def swedish(self) -> str:
        """The role's name as people write it."""
        return _SWEDISH[self]


_SWEDISH = {
    Role.COUNCIL: "ledamot i fullmäktige",
    Role.BOARD: "ledamot i styrelsen",
    Role.CHAIR: "ordförande",
    Role.VICE_CHAIR: "vice ordförande",
    Role.OPPOSITION: "oppositionsråd",
    Role.HEAD: "chef",
    Role.COMMUNICATION: "kommunikation",
    Role.PLANNING: "planering",
    Role.BUSINESS: "näringsliv",
    Role.REGIONAL_DEVELOPMENT: "regional utveckling (RUA)",
    Role.OFFICIALS_GROUP: "tjänstepersonsgruppen",
    Role.ASSOCIATION_BOARD: "föreningens styrelse",
    Role.NOMINATION: "valberedningen",
    Role.AUDITOR: "revisor",
    Role.PARTNER: "partner",
    Role.PROSPECT: "möjlig medlem",
    Role.MEDIA: "media",
}

_POLITICIANS = {Role.COUNCIL, Role.BOARD, Role.CHAIR, Role.VICE_CHAIR, Role.OPPOSITION}
_ASSOCIATION = {Role.ASSOCIATION_BOARD, Role.NOMINATION, Role.AUDITOR}


def _group(role: Role) -> Group:
    if role in _POLITICIANS:
        return Group.POLITICIANS
    if role in _ASSOCIATION:
        return Group.ASSOCIATION
    if role in (Role.PARTNER, Role.PROSPECT):
        return Group.PARTNERS
    return Group.MEDIA if role is Role.MEDIA else Group.OFFICIALS


_GROUP_OF = {role: _group(role) for role in Role}


@dataclass(frozen=True, slots=True)
class Member:
    """A municipality or region that is a member of the association."""

    id: str
    name: str
    kind: str  # kommun or region
    county: str
    website: str = ""
    registrar: str = ""  # the registrar's address, who answers for lists of elected members


@dataclass(frozen=True, slots=True)
class Mandate:
    """One role that a person holds at one member, and the list it came with.

    Whether it stands is for model/mandates.py to say. Two that differ only in when they were last confirmed
    are equal: a list that is taken in again changes nobody.
    """

    role: Role
    member: str  # a member's id
    list: str
    since: date | None = None  # its first day, where it is known
    until: date | None = None  # its last day, where it is known
    confirmed: date | None = field(default=None, compare=False)  # when a list last said so


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person, one address, at least one mandate; the first mandate is the one counted by."""

    id: str  # opaque and steady
    address: str
    name: str
    mandates: tuple[Mandate, ...]
    language: str = "sv"
    basis: str = ""  # the legal basis, as recorded at import
    source: str = ""  # where the address came from
    tags: tuple[str, ...] = ()  # the communicator's own words, folded; never about opinions


def address_key(address: str) -> str:
    """The form in which addresses are compared: two that give the same key are one mailbox.

    Blanks around it, case, Unicode composition and the domain's two spellings (``å.se``, ``xn--5ca.se``;
    UTS 46) make no difference. Dots and +tags in the local part are left alone: whether they matter is the
    receiving server's own business. Never raises; what is no address is compared as it stands.
    """
    if address.isascii():  # nearly all are, and what follows is slow
        local, at, domain = address.strip().rpartition("@")
        return local.lower() + at + domain.rstrip(".").lower()
    local, at, domain = unicodedata.normalize("NFC", address).strip().rpartition("@")
    return _folded(local) + at + _domain_key(domain.rstrip("."))


def _domain_key(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return _folded(domain)


def _folded(text: str) -> str:
    # Folding can take a text out of NFC (ǰ becomes j and a caron), so it is composed again.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class Suppression(Enum):
    """Why an address is not written to, whatever lists it stands on."""

    LEFT = "left"  # the person asked not to get it
    COMPLAINED = "complained"  # the person called it spam
    BOUNCED = "bounced"  # the address does not exist
    ERASED = "erased"  # the person asked to be forgotten

    @property
    def strength(self) -> int:
        """A stronger reason takes a weaker one's place: a bounce never hides that a person said no."""
        return {Suppression.BOUNCED: 0, Suppression.ERASED: 2}.get(self, 1)

    @property
    def is_the_persons_own(self) -> bool:
        """Whether only the person can take it back."""
        return self is not Suppression.BOUNCED


# --- a segment's expression: a tree that a store can turn into SQL -------------------------------


class Field(Enum):
    """What a segment can ask about."""

    ROLE = "role"
    GROUP = "group"
    MEMBER = "member"
    COUNTY = "county"
    LIST = "list"
    LANGUAGE = "language"
    MANDATE = "mandate"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Among:
    """The field has one of the values, in at least one of the mandates that count."""

    field: Field
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds, each in any of the person's mandates."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression = Among | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Segment:
    """A named part of the list."""

    id: str
    name: str
    where: Expression
    line: int = 0


# --- an import, before and after it is confirmed --------------------------------------------------


class Change(Enum):
    """What an import would do with one person."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that would be left out, and why."""

    row: int
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would change; nothing is changed before it is confirmed."""

    list: str
    basis: str
    source: str
    changes: tuple[tuple[Change, Recipient], ...]
    left_out: tuple[LeftOut, ...] = ()
    sheet: str = ""  # of a workbook
    unread: tuple[str, ...] = ()  # columns that are not read: letter and heading
    silent: int = 0  # people who are listed and not written to: they have left, complained or bounced
    fields: Mapping[str, int] = field(
        default_factory=dict
    )  # of those who change: field → how many change in it

    def count(self, change: Change) -> int:
        """How many people would be new, changed or unchanged."""
        return sum(1 for kind, _ in self.changes if kind is change)

"""What DNS says of a sender's domain, what that means for letters, and the records that would mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class RecordType(Enum):
    """What is asked for; ADDRESS is A and AAAA together."""

    TXT = "TXT"
    MX = "MX"
    CNAME = "CNAME"
    ADDRESS = "A"


@dataclass(frozen=True, slots=True)
class Question:
    """One look-up. The name is in lower case, as A-labels, without a dot at its end."""

    type: RecordType
    name: str


@dataclass(frozen=True, slots=True)
class MailExchanger:
    """One MX record (RFC 5321, 5.1)."""

    preference: int  # the lowest is tried first
    host: str  # in lower case without a dot at its end; "" is the null MX of RFC 7505


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What one look-up gave. Nothing at all, and no `trouble`, means that there is no such record."""

    values: tuple[str, ...] = ()  # TXT: each record's strings joined; CNAME: the target; ADDRESS: addresses
    exchangers: tuple[MailExchanger, ...] = ()  # MX, by preference
    exists: bool = True  # False: there is no such name (NXDOMAIN)
    trouble: str = ""  # why nothing is known, in words; "" where the name server answered


class Standing(Enum):
    """How one thing about a domain is."""

    FINE = "fine"
    WARNING = "warning"  # letters leave, and some are trusted less or not answered
    ERROR = "error"  # letters are refused or land among spam
    UNKNOWN = "unknown"  # nobody answered, or it cannot be seen from outside


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record to publish, exactly."""

    name: str  # whole, without a dot at its end
    type: str  # TXT, CNAME, MX
    value: str
    ttl: int = 3600  # seconds; an hour, so that a mistake is soon mended
    replaces: tuple[str, ...] = ()  # present values of the same name and type that go


@dataclass(frozen=True, slots=True)
class DomainFinding:
    """One thing: what, why it matters to whom, what to do, and the records that do it."""

    rule: str  # short, steady, kebab-case English: spf-many
    subject: str  # SPF, DKIM, DMARC, MX or the provider
    standing: Standing
    what: str
    why: str = ""
    do: str = ""
    records: tuple[DnsRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """A record that the provider wants to see, and whether it does."""

    type: str
    host: str
    data: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class DomainAuthentication:
    """What a provider says of a domain that was set up with it (SendGrid: GET /v3/whitelabel/domains)."""

    domain: str
    is_valid: bool
    records: tuple[ProviderRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address that must be able to receive."""

    role: str  # in Swedish, for a sentence: svarsadressen
    address: str


@dataclass(frozen=True, slots=True)
class SenderDomain:
    """What is to be judged: the domain after From's @, and how letters leave from it. Names are A-labels."""

    domain: str
    bounce_domain: str  # of the envelope's sender, where bounces go and SPF is looked for
    transport: str  # outbox, smtp or sendgrid
    mailboxes: tuple[Mailbox, ...] = ()
    smtp_host: str = ""  # that letters are handed to
    spf_includes: tuple[str, ...] = ()  # domains that the SPF record must include
    dkim_selectors: tuple[str, ...] = ()  # beside those that are known of the provider
    dmarc_reports: str = ""  # the mailbox for aggregate reports; "": dmarc@ the domain
    authentication: DomainAuthentication | None = None  # None: the provider was not asked


@dataclass(frozen=True, slots=True)
class DomainJudgement:
    """What is known of a domain so far, and what else must be asked to know the rest."""

    findings: tuple[DomainFinding, ...]
    unasked: frozenset[Question] = field(default_factory=frozenset)

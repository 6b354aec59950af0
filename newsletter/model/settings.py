"""What newsletter.toml and the environment say, read once and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from newsletter.model.letter import LetterSender


@dataclass(frozen=True, slots=True)
class Association:
    """Whose newsletter it is."""

    name: str
    short_name: str
    postal_address: str
    website: str
    contact: str
    language: str = "sv"
    timezone: str = "Europe/Stockholm"


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of the association's plan and the words that tell of it.

    A word matches as a part of a compound; ``=EU`` matches as a whole word only; a word under
    `exceptions` never counts. A word under `weak` matches in the same ways and says little on its own.
    """

    id: str
    name: str
    words: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measuring:
    """How reading is measured: `none` or `provider`; the latter needs a recorded decision."""

    mode: str = "none"
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that the workspace may tighten."""

    k: int = 10  # smallest group that is ever shown; floor 5
    html_warn_kb: int = 90
    html_refuse_kb: int = 100
    pictures_kb: int = 600
    chunk: int = 50  # letters per chunk


@dataclass(frozen=True, slots=True)
class GatherRules:
    """How members' sites are asked."""

    contact: str = ""
    politeness_seconds: float = 2.0
    max_bytes: int = 5_000_000
    deadline_seconds: float = 20.0
    max_age_days: int = 120
    trial_hosts: Mapping[str, str] = field(default_factory=dict)  # origin → loopback origin


@dataclass(frozen=True, slots=True)
class Privacy:
    """How long what points to people is kept, in days."""

    raw_events_days: int = 90  # who clicked what; deleted only once the numbers are published
    letters_days: int = 730  # name and address in the ledger of a sending that is done
    unlisted_days: int = 365  # people without a mandate


@dataclass(frozen=True, slots=True)
class BackupRules:
    """Where backups lie, and how many."""

    folder: str = "backups"  # beside newsletter.toml, or an absolute path such as a USB stick's
    keep: int = 10


@dataclass(frozen=True, slots=True)
class ListWords:
    """What the first letter to somebody on a list says of the list (Article 14 GDPR)."""

    source: str = ""  # where the addresses came from, to follow ”Vi fick din adress från”
    basis: str = ""  # why the association may write; empty: as recorded at import


@dataclass(frozen=True, slots=True)
class MandateRules:
    """How fresh lists must be."""

    confirmed_since: date | None = None  # a day of the workspace's own, beside the turns of the periods
    stale_months: int = 12  # an address that no list has named for so long is told of


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A mail server that letters are handed to (RFC 6409)."""

    host: str = ""  # empty: SMTP is not set up
    port: int = 587
    security: str = "starttls"  # starttls, tls (RFC 8314), or none on this machine alone
    auth: str = "password"  # password, xoauth2, or none
    username: str = ""
    connections: int = 2
    per_minute: float = 30.0  # letters; what Microsoft 365 takes
    letters_per_connection: int = 100
    timeout_seconds: float = 60.0
    bounces: str = ""  # mailbox for bounces; empty: bounces@ the sender's domain
    verp: bool = True  # whether a bounce's address names its delivery: bounces+ID@
    secret: str = field(default="", repr=False)  # password or access token, from the environment
    secret_file: str = ""  # where the token is read anew for each connection


@dataclass(frozen=True, slots=True)
class SendGridSettings:
    """Twilio SendGrid."""

    region: str = "eu"  # eu or global
    url: str = ""  # another address than the region's, for trials
    window_minutes: int = 60  # how long it holds letters, so that they can be taken back
    workers: int = 4  # requests side by side
    chunk: int = 500  # recipients a request
    timeout_seconds: float = 30.0
    unsubscribe: str = "mailbox"  # mailbox, or provider: its own subscription tracking
    sandbox: bool = False  # it checks the requests and sends nothing
    api_key: str = field(default="", repr=False)  # from the environment


@dataclass(frozen=True, slots=True)
class SendRules:
    """What sending asks for."""

    approvals: int = 0  # how many must have approved exactly this digest
    seeds: tuple[str, ...] = ()  # addresses that trials go to
    give_up_after: int = 5  # failures in a row before the sending pauses
    tries: int = 5  # attempts for a letter that is put off again and again


@dataclass(frozen=True, slots=True)
class DnsRules:
    """What cannot be seen from outside of how the sender's domain is set up."""

    dkim_selectors: tuple[str, ...] = ()  # that letters are signed with
    spf_includes: tuple[str, ...] = ()  # domains of those who send for us, as they stand after include:
    dmarc_reports: str = ""  # the mailbox for aggregate reports; empty: dmarc@ the sender's domain
    nameservers: tuple[str, ...] = ()  # IP or IP:port; empty: the machine's own


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a workspace decides."""

    association: Association
    senders: Mapping[str, LetterSender]
    unsubscribe_mailbox: str
    topics: tuple[Topic, ...]
    measuring: Measuring = field(default_factory=Measuring)
    limits: Limits = field(default_factory=Limits)
    gather: GatherRules = field(default_factory=GatherRules)
    mandates: MandateRules = field(default_factory=MandateRules)
    privacy: Privacy = field(default_factory=Privacy)
    backup: BackupRules = field(default_factory=BackupRules)
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    sendgrid: SendGridSettings = field(default_factory=SendGridSettings)
    sending: SendRules = field(default_factory=SendRules)
    dns: DnsRules = field(default_factory=DnsRules)
    lists: Mapping[str, ListWords] = field(default_factory=dict)  # by the list's name, folded
    assets_base_url: str = ""  # where pictures are hosted, no slash at its end; empty: inside
    state_dir: str = ".newsletter"  # beside newsletter.toml, or an absolute path on this machine

"""Asking DNS about the senders' domains: round by round, side by side, within some seconds in all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from ipaddress import ip_address

from newsletter.errors import LookupFailed, NoSuchName
from newsletter.model.domain import (
    DomainAuthentication,
    DomainFinding,
    Mailbox,
    NameAnswer,
    Question,
    RecordType,
    SenderDomain,
)
from newsletter.model.letter import LetterSender
from newsletter.model.settings import Settings
from newsletter.people import is_reserved
from newsletter.ports import Resolver
from newsletter.send import readiness as stage
from newsletter.send import wire_address

_AT_ONCE = 16  # look-ups
_ROUNDS = 12  # an SPF record may lead to another, and that one further
_SECONDS = 6.0  # for all of them; what has not come by then is told as unknown
_MOST = 300  # look-ups in all
# Asked beside the rest, since it always exists: a name server that denies it does not know the public DNS, as
# in a network without internet, and what it denies besides means nothing.
_ROOT = Question(RecordType.TXT, "")
_TOO_LATE = NameAnswer(trouble="svaret dröjde för länge")


@dataclass(frozen=True, slots=True)
class Transport:
    """How letters are to leave, as far as DNS is concerned."""

    name: str = "outbox"  # outbox, smtp or sendgrid
    authentications: Sequence[DomainAuthentication] | None = None  # None: the provider was not asked


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is to be said of the senders' domains."""

    findings: tuple[DomainFinding, ...]
    note: str  # to whoever keeps the domain; "" where nothing is to be changed
    examples: tuple[str, ...] = ()  # reserved domains, which nobody asks about
    is_offline: bool = False  # no name server that knows the public DNS answered


def readiness(
    settings: Settings,
    transport: Transport,
    resolver: Resolver,
    clock: Callable[[], float] = time.monotonic,
) -> Readiness:
    """Whether letters may be sent from the domains in the settings. Raises InputError for a bad address."""
    senders = list(settings.senders.values())
    examples = tuple(sorted({_domain(each.address) for each in senders if is_reserved(each.address)}))
    subjects = [
        _subject(domain, senders, settings, transport)
        for domain in dict.fromkeys(_domain(each.address) for each in senders)
        if domain not in examples
    ]
    asking = _Asking(resolver, clock, {})
    judgements = asking.settled(subjects)
    if asking.answers and not asking.heard:
        return Readiness((), "", examples, is_offline=True)
    findings = tuple(dict.fromkeys(finding for each in judgements for finding in each))
    return Readiness(findings, stage.note(findings, settings.association.name), examples)


def _domain(address: str) -> str:
    return wire_address(address).rpartition("@")[2].lower()


def _subject(
    domain: str, senders: Iterable[LetterSender], settings: Settings, transport: Transport
) -> SenderDomain:
    own = [each for each in senders if _domain(each.address) == domain]
    named = [Mailbox("avsändaren", each.address) for each in own]
    named += [Mailbox("svar till", each.reply_to) for each in own]
    named.append(Mailbox("avanmälan till", settings.unsubscribe_mailbox))
    mailboxes = [
        Mailbox(each.role, wire_address(each.address)) for each in named if not is_reserved(each.address)
    ]
    bounces = settings.smtp.bounces if transport.name == "smtp" else ""
    return SenderDomain(
        domain=domain,
        bounce_domain=_domain(bounces) if bounces and not is_reserved(bounces) else domain,
        transport=transport.name,
        mailboxes=tuple(dict.fromkeys(mailboxes)),
        smtp_host=_host(settings) if transport.name == "smtp" else "",
        spf_includes=settings.dns.spf_includes,
        dkim_selectors=settings.dns.dkim_selectors,
        dmarc_reports=settings.dns.dmarc_reports,
        authentication=_authentication(domain, transport.authentications),
    )


def _host(settings: Settings) -> str:
    """The mail server's name; "" where there is none, or one of a trial that DNS has no word on."""
    host = settings.smtp.host.lower().rstrip(".")
    return "" if not host or is_reserved(host) or _is_address(host) else host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _authentication(domain: str, told: Sequence[DomainAuthentication] | None) -> DomainAuthentication | None:
    """The provider's word on the domain or one above it; of one that it does not know: not valid."""
    if told is None:
        return None
    above = [each for each in told if f".{domain}".endswith(f".{each.domain.lower()}")]
    return max(above, key=lambda each: len(each.domain), default=DomainAuthentication(domain, is_valid=False))


@dataclass
class _Asking:
    """The answers so far."""

    resolver: Resolver
    clock: Callable[[], float]
    answers: dict[Question, NameAnswer]
    heard: bool = False  # whether some name was found to exist

    def settled(self, subjects: Sequence[SenderDomain]) -> list[tuple[DomainFinding, ...]]:
        """What is found of each, when all that matters was asked or the time is out."""
        end = self.clock() + _SECONDS
        for _ in range(_ROUNDS):
            unasked = self._unasked(subjects)
            if unasked and not self.answers:
                unasked.append(_ROOT)
            if not unasked or (self.answers and not self.heard):
                break
            self._ask(unasked, end)
        while unasked := self._unasked(subjects):
            self.answers.update(dict.fromkeys(unasked, _TOO_LATE))
        return [stage.judged(each, self.answers).findings for each in subjects]

    def _unasked(self, subjects: Sequence[SenderDomain]) -> list[Question]:
        found = {question for each in subjects for question in stage.judged(each, self.answers).unasked}
        return sorted(found, key=lambda question: (question.name, question.type.value))

    def _ask(self, questions: Sequence[Question], end: float) -> None:
        left = max(0.0, end - self.clock())
        room = max(0, _MOST - len(self.answers)) if left else 0
        threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="dns")
        asked = {threads.submit(_answer, self.resolver, each): each for each in questions[:room]}
        done, _ = wait(asked, timeout=left)
        threads.shutdown(wait=False, cancel_futures=True)
        self.answers.update(dict.fromkeys(questions, _TOO_LATE))
        for future in done:
            answer = self.answers[asked[future]] = future.result()
            self.heard |= answer.exists and not answer.trouble


def _answer(resolver: Resolver, question: Question) -> NameAnswer:
    try:
        return _ANSWERS[question.type](resolver, question.name)
    except NoSuchName:
        return NameAnswer(exists=False)
    except LookupFailed as error:
        return NameAnswer(trouble=error.what.rstrip("."))


def _alias(resolver: Resolver, name: str) -> NameAnswer:
    target = resolver.cname(name)
    return NameAnswer((target,) if target else ())


_ANSWERS: Mapping[RecordType, Callable[[Resolver, str], NameAnswer]] = {
    RecordType.TXT: lambda resolver, name: NameAnswer(tuple(resolver.txt(name))),
    RecordType.MX: lambda resolver, name: NameAnswer(exchangers=tuple(resolver.mx(name))),
    RecordType.CNAME: _alias,
    RecordType.ADDRESS: lambda resolver, name: NameAnswer(tuple(resolver.addresses(name))),
}

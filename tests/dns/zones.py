"""Zones and settings to judge, and a way to let a judgement ask a zone until it is settled."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsletter import config
from newsletter.errors import LookupFailed, NoSuchName
from newsletter.model.domain import DomainFinding, NameAnswer, Question, RecordType
from newsletter.model.settings import Settings
from newsletter.pipeline.readiness import Readiness, Transport, readiness
from newsletter.send.readiness.zone import Zone
from newsletter.testing.dns import MemoryDns, Records

T = TypeVar("T")


@lru_cache
def rsa_key(bits: int) -> str:
    """An RSA key record."""
    key = generate_private_key(65537, bits).public_key()
    packed = b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    return f"v=DKIM1; k=rsa; p={packed}"


def short_key(bits: int) -> str:
    """A record with a number in a key's place, as short as nobody makes keys any more."""
    key = RSAPublicNumbers(65537, (1 << (bits - 1)) | 1).public_key()
    packed = b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    return f"v=DKIM1; p={packed}"


def ed25519_key() -> str:
    """An Ed25519 key record."""
    key = Ed25519PrivateKey.generate().public_key()
    return f"v=DKIM1; k=ed25519; p={b64encode(key.public_bytes_raw()).decode()}"


def settled(zone: Mapping[str, Records], judge: Callable[[Zone], T]) -> T:
    """What a judgement is once all that it asks for is answered."""
    resolver, answers = MemoryDns(zone), dict[Question, NameAnswer]()
    while True:
        view = Zone(answers)
        found = judge(view)
        if not view.unasked:
            return found
        answers.update({each: _answer(resolver, each) for each in view.unasked})


def _answer(resolver: MemoryDns, question: Question) -> NameAnswer:
    try:
        if question.type is RecordType.MX:
            return NameAnswer(exchangers=tuple(resolver.mx(question.name)))
        if question.type is RecordType.CNAME:
            return NameAnswer(tuple(filter(None, [resolver.cname(question.name)])))
        look = resolver.txt if question.type is RecordType.TXT else resolver.addresses
        return NameAnswer(tuple(look(question.name)))
    except NoSuchName:
        return NameAnswer(exists=False)
    except LookupFailed as error:
        return NameAnswer(trouble=error.what)


def settings(extra: str = "", domain: str = "forening.se", smtp: str = "") -> Settings:
    """A workspace whose addresses are all at one domain; with lines for the tables [dns] and [smtp]."""
    return config.parse(
        f"""\
schema = 1
[association]
name = "Föreningen"
postal_address = "Gatan 1"
website = "https://{domain}"
contact = "kansli@{domain}"
[senders.kansliet]
name = "Föreningen"
address = "brev@{domain}"
reply_to = "kansli@{domain}"
[unsubscribe]
mailbox = "avsluta@{domain}"
[dns]
{extra}
[smtp]
auth = "none"
{smtp}
"""
    )


def judged(
    zone: Mapping[str, Records], transport: Transport | None = None, *, extra: str = "", smtp: str = ""
) -> Readiness:
    """What the pipeline says of forening.se, by SMTP where nothing else is said."""
    return readiness(settings(extra, smtp=smtp), transport or Transport("smtp"), MemoryDns(zone))


def rules(found: Readiness) -> dict[str, DomainFinding]:
    """The findings by rule."""
    return {each.rule: each for each in found.findings}


def healthy() -> dict[str, dict[str, list[str]]]:
    """forening.se at Microsoft 365, all of it right."""
    return {
        "forening.se": {
            "TXT": ["v=spf1 include:spf.protection.outlook.com -all", "MS=ms123"],
            "MX": ["0 forening-se.mail.protection.outlook.com."],
            "A": ["192.0.2.80"],
        },
        "forening-se.mail.protection.outlook.com": {"A": ["192.0.2.25"]},
        "spf.protection.outlook.com": {"TXT": ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"]},
        "_dmarc.forening.se": {"TXT": ["v=DMARC1; p=none; rua=mailto:dmarc@forening.se"]},
        "selector1._domainkey.forening.se": {
            "CNAME": ["selector1-forening-se._domainkey.forening.onmicrosoft.com."]
        },
        "selector2._domainkey.forening.se": {
            "CNAME": ["selector2-forening-se._domainkey.forening.onmicrosoft.com."]
        },
        "selector1-forening-se._domainkey.forening.onmicrosoft.com": {"TXT": [rsa_key(2048)]},
    }

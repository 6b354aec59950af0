"""The only reader of the environment and of newsletter.toml: strict, once, into frozen Settings.

An unknown key, a wrong type or a missing value is an error with file:line; all of them are reported
at once. Secrets come only from the environment or from ``*_FILE``, never from newsletter.toml.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.errors import MissingFile, Problem, Problems, UsageError, Where
from newsletter.model.letter import LetterSender
from newsletter.model.settings import (
    Association,
    BackupRules,
    DnsRules,
    GatherRules,
    Limits,
    ListWords,
    MandateRules,
    Measuring,
    Privacy,
    SendGridSettings,
    SendRules,
    Settings,
    SmtpSettings,
    Topic,
)
from newsletter.model.toml import TomlText, nearest, read

FILE = "newsletter.toml"

_MISSING: Any = object()
_HOSTED = re.compile(r"https://[a-z0-9.-]+\.[a-z0-9-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
_MODES = ("none", "provider")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_KINDS: Mapping[type, str] = {
    str: "text inom citattecken",
    bool: "true eller false",
    int: "ett heltal",
    float: "ett tal",
    list: "en lista",
    dict: "en tabell",
    date: "en dag utan citattecken, som 2026-10-15",
}


def find(start: Path) -> Path:
    """The workspace around a folder: the nearest one upwards that holds newsletter.toml."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise UsageError(
        "Här finns ingen arbetsyta.",
        why=f"Varken {start} eller någon mapp ovanför innehåller {FILE}.",
        do="Gå till arbetsytans mapp, ange den med --workspace, eller kör `newsletter init MAPP`.",
    )


def load(root: Path) -> Settings:
    """The settings of a workspace. Raises MissingFile or Problems."""
    file = root / FILE
    if not file.is_file():
        raise MissingFile(
            f"{FILE} saknas i {root}.", where=Where(FILE), do="Skapa en arbetsyta med `newsletter init MAPP`."
        )
    return parse(file.read_text("utf-8-sig"))


def parse(text: str) -> Settings:
    """The settings that a text states. Raises Problems with every mistake in it."""
    reader = _Reader(read(text, FILE))
    settings = _settings(reader)
    Problems.raise_if(reader.problems)
    return settings


def chosen_workspace() -> Path | None:
    """The workspace that NEWSLETTER_WORKSPACE names, if any."""
    named = os.environ.get("NEWSLETTER_WORKSPACE")
    return Path(named) if named else None


def backup_passphrase() -> str:
    """The passphrase of backups; empty: a key file is used. Raises UsageError as :func:`secret` does."""
    return secret("NEWSLETTER_BACKUP_PASSPHRASE")


def secret(name: str) -> str:
    """What the environment variable holds, or the file that its _FILE names; empty where there is neither.

    Raises UsageError where the file cannot be read or is empty.
    """
    named = secret_file(name)
    if not named:
        return os.environ.get(name, "")
    try:
        found = Path(named).read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise _no_secret(name, named, str(error)) from error
    if not found:
        raise _no_secret(name, named, "Den är tom.")
    return found


def secret_file(name: str) -> str:
    """The file that the variable's _FILE names; empty where there is none."""
    return os.environ.get(f"{name}_FILE", "")


def with_secrets(settings: Settings) -> Settings:
    """The settings with what the transports need from the environment. Raises UsageError."""
    smtp = replace(
        settings.smtp,
        secret=secret("NEWSLETTER_SMTP_PASSWORD"),
        secret_file=secret_file("NEWSLETTER_SMTP_PASSWORD"),
    )
    url = os.environ.get("NEWSLETTER_SENDGRID_URL", "")
    sendgrid = replace(settings.sendgrid, api_key=secret("SENDGRID_API_KEY"), url=url)
    return replace(settings, smtp=smtp, sendgrid=sendgrid)


def _no_secret(name: str, named: str, why: str) -> UsageError:
    return UsageError(
        f"{name} går inte att läsa ur {named}.",
        why=why,
        do=f"Rätta {name}_FILE, eller ta bort den ur miljön.",
    )


@dataclass(frozen=True, slots=True)
class _Key:
    """One key of a table: its type, what it is when absent, and a test with its reason."""

    kind: type
    default: Any = _MISSING
    test: Callable[[Any], bool] = lambda value: True
    why: str = ""


_TABLES: Mapping[str, Mapping[str, _Key]] = {
    "association": {
        "name": _Key(str),
        "short_name": _Key(str, ""),
        "postal_address": _Key(str),
        "website": _Key(str, test=lambda v: v.startswith("https://"), why="Adressen ska börja med https://."),
        "contact": _Key(str, test=lambda v: "@" in v, why="Det ska vara en e-postadress."),
        "language": _Key(str, "sv", lambda v: v in ("sv", "en"), "Språket är sv eller en."),
        "timezone": _Key(str, "Europe/Stockholm", lambda v: _is_zone(v), "Tidszonen är inte känd."),
    },
    "unsubscribe": {"mailbox": _Key(str, test=lambda v: "@" in v, why="Det ska vara en e-postadress.")},
    "measuring": {
        "mode": _Key(str, "none", lambda v: v in _MODES, "Läget är none eller provider."),
        "decision": _Key(str, ""),
    },
    "limits": {
        "k": _Key(int, 10, lambda v: v >= 5, "Minsta grupp får inte vara under 5: då kan enskilda röjas."),
        "html_warn_kb": _Key(int, 90, lambda v: 0 < v <= 100, "Gmail klipper brev vid 102 400 byte."),
        "html_refuse_kb": _Key(int, 100, lambda v: 0 < v <= 100, "Gmail klipper brev vid 102 400 byte."),
        "pictures_kb": _Key(int, 600, lambda v: v > 0, "Talet ska vara större än noll."),
        "chunk": _Key(int, 50, lambda v: 1 <= v <= 500, "Talet ska ligga mellan 1 och 500."),
    },
    "gather": {
        "contact": _Key(str, ""),
        "politeness_seconds": _Key(float, 2.0, lambda v: 0 <= v <= 60, "Talet ska ligga mellan 0 och 60."),
        "max_bytes": _Key(int, 5_000_000, lambda v: 1000 <= v <= 20_000_000, "Högst 20 000 000 byte."),
        "deadline_seconds": _Key(float, 20.0, lambda v: 0 < v <= 300, "Talet ska ligga mellan 0 och 300."),
        "max_age_days": _Key(int, 120, lambda v: v > 0, "Talet ska vara större än noll."),
        "trial_hosts": _Key(dict, {}),
    },
    "mandates": {
        "confirmed_since": _Key(date, None),
        "stale_months": _Key(int, 12, lambda v: 1 <= v <= 60, "Talet ska ligga mellan 1 och 60."),
    },
    "privacy": {
        "raw_events_days": _Key(
            int, 90, lambda v: 1 <= v <= 3650, "Talet ska ligga mellan 1 och 3 650 dagar."
        ),
        "letters_days": _Key(int, 730, lambda v: 1 <= v <= 3650, "Talet ska ligga mellan 1 och 3 650 dagar."),
        "unlisted_days": _Key(
            int, 365, lambda v: 1 <= v <= 3650, "Talet ska ligga mellan 1 och 3 650 dagar."
        ),
    },
    "smtp": {
        "host": _Key(str, ""),
        "port": _Key(int, 587, lambda v: 1 <= v <= 65535, "Porten ska ligga mellan 1 och 65 535."),
        "security": _Key(
            str, "starttls", lambda v: v in ("starttls", "tls", "none"), "Det är starttls, tls eller none."
        ),
        "auth": _Key(
            str,
            "password",
            lambda v: v in ("password", "xoauth2", "none"),
            "Det är password, xoauth2 eller none.",
        ),
        "username": _Key(str, ""),
        "connections": _Key(int, 2, lambda v: 1 <= v <= 32, "Talet ska ligga mellan 1 och 32."),
        "per_minute": _Key(float, 30.0, lambda v: v >= 0, "Talet får inte vara under noll."),
        "letters_per_connection": _Key(int, 100, lambda v: v >= 1, "Talet ska vara större än noll."),
        "timeout_seconds": _Key(float, 60.0, lambda v: 0 < v <= 600, "Talet ska ligga mellan 0 och 600."),
        "bounces": _Key(str, "", lambda v: v == "" or "@" in v, "Det ska vara en e-postadress."),
        "verp": _Key(bool, True),
    },
    "sendgrid": {
        "region": _Key(str, "eu", lambda v: v in ("eu", "global"), "Det är eu eller global."),
        "window_minutes": _Key(
            int, 60, lambda v: 30 <= v <= 4000, "Talet ska ligga mellan 30 och 4 000 minuter."
        ),
        "workers": _Key(int, 4, lambda v: 1 <= v <= 16, "Talet ska ligga mellan 1 och 16."),
        "chunk": _Key(int, 500, lambda v: 1 <= v <= 1000, "Talet ska ligga mellan 1 och 1 000."),
        "timeout_seconds": _Key(float, 30.0, lambda v: 0 < v <= 600, "Talet ska ligga mellan 0 och 600."),
        "unsubscribe": _Key(
            str, "mailbox", lambda v: v in ("mailbox", "provider"), "Det är mailbox eller provider."
        ),
        "sandbox": _Key(bool, False),
    },
    "sending": {
        "approvals": _Key(int, 0, lambda v: 0 <= v <= 10, "Talet ska ligga mellan 0 och 10."),
        "seeds": _Key(
            list, [], lambda v: all(isinstance(one, str) and "@" in one for one in v), "E-postadresser."
        ),
        "give_up_after": _Key(int, 5, lambda v: 1 <= v <= 100, "Talet ska ligga mellan 1 och 100."),
        "tries": _Key(int, 5, lambda v: 1 <= v <= 20, "Talet ska ligga mellan 1 och 20."),
    },
    "backup": {
        "folder": _Key(str, "backups", lambda v: v.strip() != "", "Mappen ska ha ett namn."),
        "keep": _Key(int, 10, lambda v: 1 <= v <= 1000, "Talet ska ligga mellan 1 och 1 000."),
    },
}
_DNS = {
    "dkim_selectors": _Key(list, []),
    "spf_includes": _Key(list, []),
    "dmarc_reports": _Key(str, "", lambda v: v == "" or "@" in v, "Det ska vara en e-postadress."),
    "nameservers": _Key(list, []),
}
_DNS_WORDS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "dkim_selectors": (
        lambda v: re.fullmatch(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?", v) is not None,
        "En väljare är det som står före ._domainkey, som selector1.",
    ),
    "spf_includes": (
        lambda v: re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+", v) is not None,
        "Skriv bara domänen efter include:, som spf.protection.outlook.com.",
    ),
    "nameservers": (lambda v: _is_nameserver(v), "En namnserver är en IP-adress, med eller utan :port."),
}
_SENDER = {
    "name": _Key(str),
    "address": _Key(str, test=lambda v: "@" in v, why="Det ska vara en e-postadress."),
    "reply_to": _Key(str, test=lambda v: "@" in v, why="Det ska vara en e-postadress."),
}
_TOPIC = {
    "id": _Key(str),
    "name": _Key(str),
    "words": _Key(list, []),
    "weak": _Key(list, []),
    "except": _Key(list, []),
}
_LIST = {"source": _Key(str, ""), "basis": _Key(str, "")}
_ASSETS = _Key(
    str,
    "",
    lambda v: v == "" or _HOSTED.fullmatch(v) is not None,
    "Adressen börjar med https:// och har varken frågetecken, #, mellanslag eller inloggning i sig.",
)
_TOP = (
    "schema",
    "assets_base_url",
    "state_dir",
    "association",
    "senders",
    "unsubscribe",
    "topics",
    "measuring",
    "limits",
    "gather",
    "mandates",
    "privacy",
    "backup",
    "smtp",
    "sendgrid",
    "sending",
    "dns",
    "lists",
)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_nameserver(value: str) -> bool:
    host, _, port = value.partition(":") if value.count(":") == 1 else (value, "", "53")
    try:
        ip_address(host)
    except ValueError:
        return False
    return port.isascii() and port.isdigit() and 0 < int(port) < 65536


class _Reader:
    """Takes values out of a TOML text and gathers every mistake on the way."""

    def __init__(self, toml: TomlText) -> None:
        self.toml = toml
        self.problems: list[Problem] = []

    def complain(self, keys: tuple[str | int, ...], what: str, why: str = "", do: str = "") -> None:
        self.problems.append(Problem(what, self.toml.where(*keys), why, do))

    def unknown(self, given: Mapping[str, Any], known: tuple[str, ...], *path: str | int) -> None:
        for key in given:
            if key not in known:
                self.complain((*path, key), f"Okänd inställning: {key}.", do=nearest(key, known))

    def table(self, given: object, keys: Mapping[str, _Key], *path: str | int) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self.complain(path, f"{path[-1]} ska vara en tabell.", do=f"Skriv [{path[-1]}] på en egen rad.")
            given = {}
        self.unknown(given, tuple(keys), *path)
        return {name: self.value(given, name, key, *path) for name, key in keys.items()}

    def value(self, given: Mapping[str, Any], name: str, key: _Key, *path: str | int) -> Any:  # noqa: ANN401 (a TOML value)
        if name not in given:
            if key.default is _MISSING:
                self.complain(path, f"{name} saknas under {path[0]}.", do=f"Lägg till raden {name} = … där.")
                return key.kind()
            return key.default
        value = given[name]
        if key.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not key.kind:
            self.complain((*path, name), f"{name} har fel slags värde.", f"Det ska vara {_KINDS[key.kind]}.")
            return key.kind() if key.default is _MISSING else key.default
        if not key.test(value):
            self.complain((*path, name), f"{name} = {value} går inte.", key.why)
        return value


def _settings(reader: _Reader) -> Settings:
    values = reader.toml.values
    reader.unknown(values, _TOP)
    _check_schema(reader)
    tables = {name: reader.table(values.get(name, {}), keys, name) for name, keys in _TABLES.items()}
    return Settings(
        association=Association(**tables["association"]),
        senders=_senders(reader),
        unsubscribe_mailbox=tables["unsubscribe"]["mailbox"],
        topics=_topics(reader),
        measuring=_measuring(reader, tables["measuring"]),
        limits=Limits(**tables["limits"]),
        gather=GatherRules(**tables["gather"]),
        mandates=MandateRules(**tables["mandates"]),
        privacy=Privacy(**tables["privacy"]),
        backup=BackupRules(**tables["backup"]),
        smtp=_smtp(reader, tables["smtp"]),
        sendgrid=SendGridSettings(**tables["sendgrid"]),
        sending=SendRules(**tables["sending"] | {"seeds": tuple(tables["sending"]["seeds"])}),
        dns=_dns(reader),
        lists=_lists(reader),
        assets_base_url=reader.value(values, "assets_base_url", _ASSETS).rstrip("/"),
        state_dir=str(values.get("state_dir", ".newsletter")),
    )


def _check_schema(reader: _Reader) -> None:
    if (schema := reader.toml.values.get("schema")) != 1:
        reader.complain(
            ("schema",),
            f"schema = {schema} går inte att läsa.",
            "Det här programmet läser version 1.",
            "Skriv schema = 1 överst i filen, eller uppgradera programmet.",
        )


def _senders(reader: _Reader) -> dict[str, LetterSender]:
    given = reader.toml.values.get("senders", {})
    if not isinstance(given, Mapping) or not given:
        reader.complain(
            ("senders",),
            "Ingen avsändare finns.",
            do="Lägg till [senders.kansliet] med name, address och reply_to.",
        )
        return {}
    return {key: LetterSender(**reader.table(table, _SENDER, "senders", key)) for key, table in given.items()}


def _lists(reader: _Reader) -> dict[str, ListWords]:
    given = reader.toml.values.get("lists", {})
    if not isinstance(given, Mapping):
        reader.complain(("lists",), "lists ska vara tabeller.", do="Skriv [lists.NAMN] före varje lista.")
        return {}
    return {
        name.casefold(): ListWords(**reader.table(table, _LIST, "lists", name))
        for name, table in given.items()
    }


def _dns(reader: _Reader) -> DnsRules:
    values = reader.table(reader.toml.values.get("dns", {}), _DNS, "dns")
    for key, (test, why) in _DNS_WORDS.items():
        wrong = [each for each in values[key] if not isinstance(each, str) or not test(each)]
        if wrong:
            reader.complain(("dns", key), f"{key} kan inte innehålla {wrong[0]!r}.", why)
        values[key] = () if wrong else tuple(values[key])
    return DnsRules(**values)


def _topics(reader: _Reader) -> tuple[Topic, ...]:
    given = reader.toml.values.get("topics", [])
    if not isinstance(given, list):
        reader.complain(
            ("topics",), "topics ska vara en följd av tabeller.", do="Skriv [[topics]] före varje ämne."
        )
        return ()
    topics = tuple(_topic(reader, table, index) for index, table in enumerate(given))
    seen: set[str] = set()
    for index, topic in enumerate(topics):
        if topic.id in seen:
            reader.complain(("topics", index, "id"), f"Ämnet {topic.id} finns två gånger.")
        seen.add(topic.id)
    return topics


def _topic(reader: _Reader, table: object, index: int) -> Topic:
    values = reader.table(table, _TOPIC, "topics", index)
    for key in ("words", "weak", "except"):
        if not all(isinstance(word, str) and word.strip() for word in values[key]):
            reader.complain(("topics", index, key), f"{key} ska vara ord inom citattecken.")
            values[key] = []
    words, weak, exceptions = (tuple(values[key]) for key in ("words", "weak", "except"))
    return Topic(values["id"], values["name"], words, exceptions, weak)


def _smtp(reader: _Reader, table: dict[str, Any]) -> SmtpSettings:
    if table["security"] == "none" and table["host"] not in ("", *_LOOPBACK):
        reader.complain(
            ("smtp", "security"),
            "Brev får inte gå okrypterade.",
            'security = "none" är bara till för en server på den egna datorn.',
            'Skriv security = "starttls" eller "tls".',
        )
    if table["host"] and table["auth"] != "none" and not table["username"]:
        reader.complain(("smtp",), "username saknas under smtp.", do='Lägg till raden, eller auth = "none".')
    return SmtpSettings(**table)


def _measuring(reader: _Reader, table: dict[str, Any]) -> Measuring:
    if table["mode"] == "provider" and not table["decision"].strip():
        reader.complain(
            ("measuring", "mode"),
            "Mätning per adress kräver ett beslut.",
            "Vem som klickat är en personuppgift (EDPB:s riktlinjer 2/2023).",
            'Skriv decision = "vem, när och varför" under [measuring], eller välj mode = "none".',
        )
    return Measuring(**table)

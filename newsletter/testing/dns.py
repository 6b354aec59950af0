"""A Resolver that answers from memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.errors import LookupFailed, NoNetwork, NoSuchName
from newsletter.model.domain import MailExchanger

Records = Mapping[str, Sequence[str]]  # type → values; MX as ”10 mail.example.org”, as in a zone file


@dataclass
class MemoryDns:
    """The Resolver port over a zone: name → type → values. An alias is followed, as a name server does.

    A name that is not there, and has no name below it, does not exist. What was asked for is kept.
    """

    zone: Mapping[str, Records] = field(default_factory=dict)
    silent: Collection[str] = ()  # names that no name server answers about
    is_offline: bool = False
    is_walled: bool = False  # it denies every name, as a name server in a network without internet may
    asked: list[tuple[str, str]] = field(default_factory=list)

    def txt(self, name: str) -> Sequence[str]:
        """The TXT records."""
        return sorted(self._values(name, "TXT"))

    def mx(self, name: str) -> Sequence[MailExchanger]:
        """The mail exchangers."""
        pairs = (value.split() for value in self._values(name, "MX"))
        found = [MailExchanger(int(number), host.lower().rstrip(".")) for number, host in pairs]
        return sorted(found, key=lambda each: (each.preference, each.host))

    def cname(self, name: str) -> str:
        """The alias."""
        self._ask(name, "CNAME")
        found = self.zone.get(name, {}).get("CNAME", ())
        return found[0].lower().rstrip(".") if found else ""

    def addresses(self, name: str) -> Sequence[str]:
        """IPv4 addresses, then IPv6 ones."""
        return [*sorted(self._values(name, "A")), *sorted(self._values(name, "AAAA"))]

    def _values(self, name: str, kind: str) -> Sequence[str]:
        self._ask(name, kind)
        records = self.zone.get(name, {})
        if "CNAME" in records:
            return self._values(records["CNAME"][0].lower().rstrip("."), kind)
        return records.get(kind, ())

    def _ask(self, name: str, kind: str) -> None:
        self.asked.append((name, kind))
        if self.is_offline:
            raise NoNetwork("Datorn når ingen namnserver.")
        if name in self.silent:
            raise LookupFailed(f"Ingen namnserver svarade om {name}.")
        if self.is_walled or not self._exists(name):
            raise NoSuchName(f"{name} finns inte i DNS.")

    def _exists(self, name: str) -> bool:
        return name in ("", *self.zone) or any(each.endswith(f".{name}") for each in self.zone)

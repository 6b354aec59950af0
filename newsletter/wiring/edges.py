"""One workspace and the edges over it; each is made when it is first needed."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from newsletter import config
from newsletter.edges.clock import SystemClock
from newsletter.edges.workspace import FileLock, Folder, StateFolder
from newsletter.errors import UsageError
from newsletter.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsletter.edges.fetch import Web
    from newsletter.edges.sandbox import Processes
    from newsletter.edges.store import Store
    from newsletter.ports import Backups, Mailer, People, Resolver, SenderLock, Timer, Typesetter, Workspace


def _new_id() -> str:
    return secrets.token_hex(12)


def _slug(name: str) -> str:
    """The name in the letters that any disk takes."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "newsletter"


@dataclass(frozen=True)
class Edges:
    """One workspace, its settings, and the edges over it."""

    root: Path
    settings: Settings
    clock: Timer = field(default_factory=SystemClock)
    new_id: Callable[[], str] = _new_id
    _mailers: list[Mailer] = field(default_factory=list, repr=False)

    def today(self) -> date:
        """The day in the workspace's own zone."""
        return self.clock.now().astimezone(ZoneInfo(self.settings.association.timezone)).date()

    def local(self, moment: datetime) -> datetime:
        """The moment by the workspace's own clock."""
        return moment.astimezone(ZoneInfo(self.settings.association.timezone))

    def usual_transport(self) -> str:
        """The one that is set up, where there is just one; else the outbox."""
        settings = config.with_secrets(self.settings)
        ready = {"smtp": settings.smtp.host, "sendgrid": settings.sendgrid.api_key}
        found = [name for name, is_ready in ready.items() if is_ready]
        return found[0] if len(found) == 1 else "outbox"

    def _people(self) -> People | None:
        """The lists, where there are any: looking makes no database."""
        return self.store.people if self.state.exists() else None

    @cached_property
    def workspace(self) -> Workspace:
        """The folder's files."""
        return Folder(self.root)

    @cached_property
    def state(self) -> StateFolder:
        """The folder of the ledger, the lock and the keys."""
        return StateFolder(self.root / self.settings.state_dir)

    @cached_property
    def store(self) -> Store:
        """The database, brought up to the present schema."""
        from newsletter.edges import store

        key = self.state.suppression_key()
        return store.open(
            self.state.database(),
            suppression_key=key,
            before_upgrade=lambda: self.backups.make(self.clock.now()),
        )

    @cached_property
    def backups(self) -> Backups:
        """The folder of backups."""
        from newsletter.edges import git
        from newsletter.edges.backup import BackupFolder, Keyring

        ours = self.settings.association
        return BackupFolder(
            folder=self.root / self.settings.backup.folder,
            state=self.state.path,
            settings=self.root / config.FILE,
            name=_slug(ours.short_name or ours.name),
            association=ours.name,
            keyring=Keyring(config.backup_passphrase(), self.state.path / "backup.key"),
            keep=self.settings.backup.keep,
            carried=git.carries,
        )

    @cached_property
    def fetcher(self) -> Web:
        """Members' sites, asked politely."""
        from newsletter.edges.fetch import Web

        return Web(self.settings.gather)

    @cached_property
    def resolver(self) -> Resolver:
        """The public DNS."""
        from newsletter.edges.dns import Dns

        return Dns(self.settings.dns.nameservers)

    @cached_property
    def isolated(self) -> Processes:
        """Child processes for untrusted bytes."""
        from newsletter.edges.sandbox import Processes

        return Processes()

    @cached_property
    def typesetter(self) -> Typesetter:
        """Typst."""
        from newsletter.edges.typst import Typst

        return Typst()

    def mailer(self, transport: str, issue: str, *, trial: bool = False) -> Mailer:
        """The way that letters leave by; closed with the application.

        That of a trial adds no way out of the provider's own.
        """
        made = self._mailer(transport, issue, trial)
        self._mailers.append(made)
        return made

    def _mailer(self, transport: str, issue: str, trial: bool) -> Mailer:
        settings = config.with_secrets(self.settings)
        if transport == "smtp":
            from newsletter.edges.smtp import Smtp

            if not settings.smtp.host:
                raise UsageError(
                    "Ingen e-postserver är inställd.",
                    why="host saknas under [smtp] i newsletter.toml.",
                    do="Skriv den där (docs/smtp.md visar hur), eller prova med --via outbox.",
                )
            return Smtp(settings.smtp)
        if transport == "sendgrid":
            from newsletter.edges.sendgrid import SendGrid

            account = replace(settings.sendgrid, unsubscribe="mailbox") if trial else settings.sendgrid
            return SendGrid(account, settings.measuring.mode, now=self.clock.now)
        from newsletter.edges.outbox import Outbox

        return Outbox(self.root / "outbox" / issue, self.settings.limits.chunk)

    def lock(self) -> SenderLock:
        """One sender at a time."""
        return FileLock(self.state.database().with_name("send.lock"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Give back what was opened."""
        for mailer in self._mailers:
            mailer.close()
        for edge in ("store", "isolated", "fetcher"):
            if edge in self.__dict__:
                getattr(self, edge).close()

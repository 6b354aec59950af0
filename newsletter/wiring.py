"""Where ports and edges meet: the only place that names an edge.

An :class:`Application` is one workspace with everything plugged in. An edge is made when it is first
needed, so that a command pays only for what it uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter import config
from newsletter.edges.clock import SystemClock
from newsletter.edges.package import shipped
from newsletter.edges.workspace import FileLock, Folder, StateFolder
from newsletter.model.issue import IssueKind
from newsletter.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.edges.fetch import Web
    from newsletter.edges.sandbox import Processes
    from newsletter.edges.store import Store
    from newsletter.pipeline.doctor import Diagnosis
    from newsletter.pipeline.new import NewIssue
    from newsletter.pipeline.overview import Standing
    from newsletter.ports import Clock, Mailer, SenderLock, Typesetter, Workspace


def application(workspace: Path | None = None, *, clock: Clock | None = None) -> Application:
    """The application for the workspace that was named, or the one around the current folder."""
    named = workspace or config.chosen_workspace()
    root = named.resolve() if named else config.find(Path.cwd())
    return Application(root, config.load(root), clock or SystemClock())


def init(folder: Path) -> Sequence[str]:
    """A new workspace in the folder; the paths that were written."""
    from newsletter.pipeline import init

    skeleton = shipped("skeleton")
    today = SystemClock().now().astimezone().date()
    return init.init(Folder(folder), skeleton=skeleton, today=today)


@dataclass(frozen=True)
class Application:
    """One workspace, its settings, and the edges over it."""

    root: Path
    settings: Settings
    clock: Clock

    # --- the verbs: each calls the pipeline with what is plugged in --------------------------------

    def doctor(self) -> Sequence[Diagnosis]:
        """What is ready, what is missing, and what to do about it."""
        from newsletter.pipeline import doctor

        return doctor.doctor(workspace=self.workspace, people=self.store.people, settings=self.settings)

    def new(self, issue: str, kind: str = "newsletter") -> NewIssue:
        """A skeleton issue that builds at once."""
        from newsletter.pipeline import new

        return new.new(self.workspace, self.settings, issue, kind=IssueKind(kind), today=self.today())

    def today(self) -> date:
        """The day in the workspace's own zone."""
        return self.clock.now().astimezone(ZoneInfo(self.settings.association.timezone)).date()

    def overview(self) -> Sequence[Standing]:
        """Where each issue stands, and the next step."""
        from newsletter.pipeline import overview

        book = self.store.book if self.state.exists() else None
        return overview.overview(workspace=self.workspace, book=book)

    # --- the edges ----------------------------------------------------------------------------------

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

        return store.open(self.state.database(), suppression_key=self.state.suppression_key())

    @cached_property
    def fetcher(self) -> Web:
        """Members' sites, asked politely."""
        from newsletter.edges.fetch import Web

        return Web(self.settings.gather)

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

    def mailer(self, transport: str, issue: str) -> Mailer:
        """The way that letters leave by."""
        from newsletter.edges.outbox import Outbox

        return Outbox(self.root / "outbox" / issue)

    def lock(self) -> SenderLock:
        """One sender at a time."""
        return FileLock(self.state.database().with_name("send.lock"))

    def __enter__(self) -> Application:
        return self

    def __exit__(self, *exc: object) -> None:
        """Give back what was opened."""
        for edge in ("store", "isolated", "fetcher"):
            if edge in self.__dict__:
                getattr(self, edge).close()

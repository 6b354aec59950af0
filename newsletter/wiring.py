"""Where ports and edges meet: the only place that names an edge.

An :class:`Application` is one workspace with everything plugged in. An edge is made when it is first
needed, so that a command pays only for what it uses.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast
from zoneinfo import ZoneInfo

from newsletter import config
from newsletter.edges.clock import SystemClock
from newsletter.edges.package import example, shipped
from newsletter.edges.workspace import FileLock, Folder, StateFolder
from newsletter.errors import InputError, StateError, UsageError
from newsletter.model.issue import IssueKind
from newsletter.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from newsletter.edges.fetch import Web
    from newsletter.edges.sandbox import Processes
    from newsletter.edges.store import Store
    from newsletter.model.domain import DomainAuthentication
    from newsletter.model.people import ImportPlan, Recipient, Suppression
    from newsletter.model.rights import Held, LogEntry, Retention
    from newsletter.model.sources import FoundSource
    from newsletter.people import RegistrarLetter
    from newsletter.pipeline import steering
    from newsletter.pipeline.build import Built
    from newsletter.pipeline.check import Checked
    from newsletter.pipeline.check import Ports as LetterPorts
    from newsletter.pipeline.coverage import Audit
    from newsletter.pipeline.discovering import Discovery
    from newsletter.pipeline.doctor import Checkup
    from newsletter.pipeline.events import TakenIn
    from newsletter.pipeline.explain import Explanation
    from newsletter.pipeline.gather import Gathered, SourceResult
    from newsletter.pipeline.new import NewIssue
    from newsletter.pipeline.overview import Standing
    from newsletter.pipeline.people import SegmentCounts
    from newsletter.pipeline.pick import Choice, Picking
    from newsletter.pipeline.report import Reported
    from newsletter.pipeline.restoring import Present, Restored
    from newsletter.pipeline.review import Approved, Reviewed, Shown
    from newsletter.pipeline.review import Ports as ReviewPorts
    from newsletter.pipeline.rights import Erasure
    from newsletter.pipeline.send import Ports as SendPorts
    from newsletter.pipeline.send import SendPlan, SendReport
    from newsletter.pipeline.sources import Listed, Tried, Written
    from newsletter.pipeline.status import Status
    from newsletter.pipeline.steering import Steered
    from newsletter.pipeline.trial import Tried as TriedLetter
    from newsletter.ports import (
        BackupMade,
        Backups,
        Continuity,
        Holding,
        Mailer,
        People,
        Resolver,
        SenderLock,
        Timer,
        Typesetter,
        Workspace,
    )


class _Lists(TypedDict):
    """What reading the lists takes."""

    workspace: Workspace
    people: People
    settings: Settings
    now: datetime


def application(workspace: Path | None = None) -> Application:
    """The application for the workspace that was named, or the one around the current folder."""
    named = workspace or config.chosen_workspace()
    root = named.resolve() if named else config.find(Path.cwd())
    return Application(root, config.load(root))


def trial(
    root: Path, *, clock: Timer, new_id: Callable[[], str], trial_hosts: Mapping[str, str]
) -> Application:
    """The application over a workspace to try things in: its own time and ids, members' sites on loopback."""
    settings = config.load(root)
    rules = replace(settings.gather, trial_hosts=trial_hosts, politeness_seconds=0.0)
    return Application(root, replace(settings, gather=rules), clock, new_id)


def lay_out_example(folder: Path, changed: Callable[[Mapping[str, bytes]], Mapping[str, bytes]]) -> None:
    """The example workspace in a new folder, whole or not at all, with some of its files changed."""
    Folder(folder.parent).replace(folder.name, changed(example()))


def init(folder: Path) -> Sequence[str]:
    """A new workspace in the folder; the paths that were written."""
    from newsletter.pipeline import init

    skeleton = shipped("skeleton")
    today = SystemClock().now().astimezone().date()
    return init.init(Folder(folder), skeleton=skeleton, today=today)


def _support() -> bytes:
    """What mail programs understand, as the program ships it."""
    return shipped("check/data")["caniemail.json"]


def _slug(name: str) -> str:
    """The name in the letters that any disk takes."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "newsletter"


@contextmanager
def _continuity(database: Path, key: bytes) -> Iterator[Continuity]:
    """A database beside the present one, brought up to the program's schema."""
    from newsletter.edges import store

    with store.open(database, suppression_key=key) as state:
        yield state.continuity


def _new_id() -> str:
    return secrets.token_hex(12)


@dataclass(frozen=True)
class Application:
    """One workspace, its settings, and the edges over it."""

    root: Path
    settings: Settings
    clock: Timer = field(default_factory=SystemClock)
    new_id: Callable[[], str] = _new_id
    _mailers: list[Mailer] = field(default_factory=list, repr=False)

    # --- the verbs: each calls the pipeline with what is plugged in --------------------------------

    def doctor(self, via: str = "") -> Checkup:
        """What is ready, what is missing, and what to do about it, for letters that leave by a transport.

        Without one: by the only one that is set up, else by the outbox.
        """
        from newsletter.pipeline import doctor
        from newsletter.pipeline.readiness import Transport

        name = via or self.usual_transport()
        return doctor.doctor(
            workspace=self.workspace,
            people=self._people(),
            settings=self.settings,
            resolver=self.resolver,
            transport=Transport(name, self._authentications() if name == "sendgrid" else None),
        )

    def _authentications(self) -> Sequence[DomainAuthentication] | None:
        """What SendGrid says of the senders' domains; None where it does not answer or may not be asked."""
        from newsletter.edges.sendgrid import SendGrid
        from newsletter.errors import OutsideError

        settings = config.with_secrets(self.settings)
        if not settings.sendgrid.api_key:
            return None
        mailer = SendGrid(settings.sendgrid, now=self.clock.now)
        self._mailers.append(mailer)
        try:
            return mailer.domain_authentications()
        except OutsideError:
            return None

    def new(self, issue: str, kind: str = "newsletter") -> NewIssue:
        """A skeleton issue that builds at once."""
        from newsletter.pipeline import new

        return new.new(self.workspace, self.settings, issue, kind=IssueKind(kind), today=self.today())

    def today(self) -> date:
        """The day in the workspace's own zone."""
        return self.clock.now().astimezone(ZoneInfo(self.settings.association.timezone)).date()

    def sources(self) -> Listed:
        """Where members' news are found, and how it went the last time."""
        from newsletter.pipeline import sources

        news = self.store.news if self.state.exists() else None
        return sources.listed(workspace=self.workspace, news=news)

    def discover(self, url: str, *, on_ask: Callable[[str], None]) -> Discovery:
        """What an address and its news pages have; each request is told of."""
        from newsletter.pipeline import sources

        return sources.discover(
            url, fetcher=self.fetcher, isolated=self.isolated, clock=self.clock, on_ask=on_ask
        )

    def try_sources(self, member: str) -> Sequence[Tried]:
        """What the member's stored sources give now; nothing is remembered."""
        from newsletter.pipeline import sources

        return sources.tried(
            member,
            workspace=self.workspace,
            fetcher=self.fetcher,
            isolated=self.isolated,
            clock=self.clock,
        )

    def plan_source(self, member: str, *, replaces: str = "", add: bool = False) -> str:
        """The address in sources.toml that a new source takes the place of; "" where it is added."""
        from newsletter.pipeline import sources

        return sources.plan_write(member, workspace=self.workspace, replaces=replaces, add=add)

    def write_source(self, member: str, found: FoundSource, *, replaces: str) -> Written:
        """Put a found source into sources.toml."""
        from newsletter.pipeline import sources

        return sources.write(member, found, workspace=self.workspace, replaces=replaces)

    def gather(self, only: Collection[str] = (), *, on_progress: Callable[[SourceResult], None]) -> Gathered:
        """What the members published since last time; each source is told of as it is done."""
        from newsletter.pipeline import gather

        return gather.gather(
            workspace=self.workspace,
            fetcher=self.fetcher,
            isolated=self.isolated,
            news=self.store.news,
            clock=self.clock,
            settings=self.settings,
            only=only,
            on_progress=on_progress,
        )

    def pick(self, issue: str, choice: Choice | None = None) -> Picking:
        """The issue's candidates, and those of them that were taken now."""
        from newsletter.pipeline import pick

        ports = pick.Ports(
            workspace=self.workspace,
            news=self.store.news,
            fetcher=lambda: self.fetcher,
            isolated=lambda: self.isolated,
            clock=self.clock,
            settings=self.settings,
        )
        return pick.pick(issue, choice or pick.Choice(), ports)

    def build(self, issue: str) -> Built:
        """The issue's letters, on disk."""
        from newsletter.pipeline import build

        return build.build(issue, self._letters())

    def check(self, issue: str, *, probe: bool = False, spam: bool = True) -> Checked:
        """What is to be said of the issue's letters; `probe` asks for every address, `spam` asks a filter."""
        from newsletter.edges.spam import installed
        from newsletter.pipeline import check

        return check.check(
            issue,
            self._letters(),
            fetcher=self.fetcher if probe else None,
            spam=installed() if spam else None,
        )

    def _people(self) -> People | None:
        """The lists, where there are any: looking makes no database."""
        return self.store.people if self.state.exists() else None

    def _letters(self) -> LetterPorts:
        from newsletter.pipeline import check

        return check.Ports(
            workspace=self.workspace,
            people=self._people(),
            settings=self.settings,
            shipped=shipped("letters"),
            now=self.clock.now(),
            support=_support(),
        )

    def member_names(self) -> Mapping[str, str]:
        """What each member is called."""
        from newsletter.pipeline import issues

        return {member.id: member.name for member in issues.members(self.workspace).values()}

    def import_people(
        self,
        file: Path,
        *,
        list_: str,
        basis: str,
        confirm: bool,
        leave_out_bad_rows: bool,
        sheet: str = "",
        member: str = "",
        role: str = "",
    ) -> ImportPlan:
        """What a list would change; with `confirm` it is changed."""
        from newsletter.edges import git
        from newsletter.pipeline import importing

        asked = importing.ImportRequest(
            file.as_posix(),
            list_,
            basis,
            in_git=git.carries(file),
            confirm=confirm,
            leave_out_bad_rows=leave_out_bad_rows,
            sheet=sheet,
            member=member,
            role=role,
        )
        return importing.imported(
            file.read_bytes(),
            asked,
            workspace=self.workspace,
            people=self.store.people,
            suppressions=self.store.suppressions,
            isolated=self.isolated,
            clock=self.clock,
            new_id=self.new_id,
            back_up=self.back_up,
        )

    def people_list(self, segment: str | None = None) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
        """Each person with the segments that he is in."""
        from newsletter.pipeline import people

        return people.listed(segment, **self._lists())

    def people_csv(self, segment: str | None = None, list_: str | None = None) -> Iterator[str]:
        """The lines of a CSV file with those people, which can be taken in again."""
        from newsletter.pipeline import exporting

        return exporting.csv_lines((one for one, _ in self.people_list(segment)), list_)

    def people_segments(self) -> SegmentCounts:
        """Every segment with its count and its overlaps."""
        from newsletter.pipeline import people

        return people.segments(**self._lists())

    def explain(self, address: str, issue: str = "") -> Explanation:
        """Why one person gets an issue or does not; without an issue, which segments he is in."""
        from newsletter.pipeline import explain

        return explain.explain(address, issue, suppressions=self.store.suppressions, **self._lists())

    def audit(self, member: str = "") -> Audit:
        """Whom the lists reach at each member, or at one."""
        from newsletter.pipeline import coverage

        return coverage.audit(member=member, suppressions=self.store.suppressions, **self._lists())

    def member_page(self, found: Audit, member: str) -> str:
        """One member's page, as HTML."""
        from newsletter.pipeline import coverage

        return coverage.page(found, member, self.settings)

    def registrar_letters(self, found: Audit, folder: Path | None = None) -> Sequence[RegistrarLetter]:
        """A letter to each member with mandates that have ended or are unconfirmed; written where asked."""
        from newsletter.pipeline import coverage

        letters = coverage.letters(found, self.settings)
        if folder is not None:
            coverage.write(letters, self.settings, Folder(folder))
        return letters

    def _lists(self) -> _Lists:
        return {
            "workspace": self.workspace,
            "people": self.store.people,
            "settings": self.settings,
            "now": self.clock.now(),
        }

    def suppress(self, address: str, reason: Suppression, *, source: str) -> Suppression:
        """Never write to the address again; the reason that stands."""
        from newsletter.pipeline import suppressing

        return suppressing.suppress(
            address, reason, source=source, suppressions=self.store.suppressions, clock=self.clock
        )

    def lift_suppression(self, address: str, *, reason: str, confirmed_by_person: str) -> Suppression:
        """Allow letters to the address again; why there were none."""
        from newsletter.pipeline import suppressing

        return suppressing.lift(
            address,
            reason=reason,
            confirmed_by_person=confirmed_by_person,
            suppressions=self.store.suppressions,
            clock=self.clock,
        )

    def export_person(self, address: str, out: Path | None = None) -> tuple[Held, Path]:
        """All that is held about a person, and the folder that it was written to."""
        from newsletter.pipeline import rights

        found, files = rights.extract(
            address, rights=self.store.rights, clock=self.clock, settings=self.settings
        )
        who = found.recipient.id if found.recipient else "adress"
        folder = out or self.root / f"subscribers/private/utdrag/{self.today()}-{who}"
        self._refuse_in_git(folder / "utdrag.json")
        Folder(folder).write(files)
        return found, folder

    def erase_person(self, address: str, *, confirm: str, on_plan: Callable[[Held], None]) -> Erasure:
        """Show what is held and, with the address once more, forget it."""
        from newsletter.edges.outbox import LetterFolders
        from newsletter.pipeline import rights

        return rights.erase(
            address,
            confirm=confirm,
            rights=self.store.rights,
            letters=LetterFolders(self.root / "outbox"),
            lock=self.lock(),
            clock=self.clock,
            workspace=self.workspace,
            on_plan=on_plan,
            afterwards=self._after_erasure,
        )

    def _after_erasure(self) -> None:
        self.state.sweep()
        self.back_up()

    def person_log(self, address: str) -> Sequence[LogEntry]:
        """Every change to a person."""
        from newsletter.pipeline import rights

        return rights.log(address, rights=self.store.rights)

    def tidy(self, *, confirm: bool) -> Retention:
        """What has been kept as long as it may; with `confirm` it is removed."""
        from newsletter.pipeline import rights

        privacy = self.settings.privacy
        return rights.tidy(confirm=confirm, rights=self.store.rights, clock=self.clock, privacy=privacy)

    def back_up(self, file: Path | None = None) -> BackupMade:
        """A backup of the state, in the folder of backups or in the file that is named."""
        self.state.suppression_key()
        _ = self.store  # made, or brought up to the present schema, so that there is something to copy
        return self.backups.make(self.clock.now(), file)

    def restore(self, file: Path) -> Restored:
        """Put a backup back."""
        from newsletter.pipeline import restoring

        restored = restoring.restore(
            file,
            present=self._present,
            backups=self.backups,
            place=self.state,
            opened=_continuity,
            lock=self.lock(),
            clock=self.clock,
            association=self.settings.association.name,
        )
        return restored

    def settle_restore(self, reason: str) -> datetime:
        """Allow sending again after a restore; when that was."""
        from newsletter.pipeline import restoring

        return restoring.settle(reason, mark=self.store.continuity, clock=self.clock)

    def _present(self) -> Present:
        """What the state that is to be replaced knows; nothing of it stays open."""
        from newsletter.edges import store
        from newsletter.pipeline.restoring import Present

        key = self.state.kept_key()
        if key is None or not self.state.exists():
            return Present()
        try:
            with store.open(self.state.database(), suppression_key=key) as state:
                return Present(key, state.continuity.since(), state.continuity.is_empty())
        except StateError as error:
            return Present(key, is_empty=False, unread=str(error))

    def _refuse_in_git(self, file: Path) -> None:
        from newsletter.edges import git

        file.parent.mkdir(parents=True, exist_ok=True)
        if git.carries(file):
            raise InputError(
                f"{file.parent} ligger där git tar med den.",
                why="Personuppgifter i git går aldrig att ta tillbaka.",
                do="Välj en mapp som git hoppar över, till exempel subscribers/private/utdrag.",
            )

    def send(
        self,
        issue: str,
        *,
        via: str | None = None,
        confirm: str = "",
        dry_run: bool = False,
        at: str = "",
        correction: str = "",
        on_plan: Callable[[SendPlan], None],
        on_progress: Callable[[int, int], None],
    ) -> SendReport:
        """The plan; with `confirm` equal to the issue's name, each letter leaves once, at `at` or later."""
        from newsletter.pipeline import correcting, send

        corrects = issue if correction else ""
        if correction:
            issue = correcting.issue_of(correction)
        return send.send(
            issue,
            self._send_ports(via or self._transport_of(issue), issue),
            confirm=confirm,
            dry_run=dry_run,
            at=self._moment(at),
            corrects=corrects,
            on_plan=on_plan,
            on_progress=on_progress,
        )

    def send_trial(
        self, issue: str, to: Sequence[str], *, via: str | None = None, correction: str = ""
    ) -> Sequence[TriedLetter]:
        """Every edition to a few addresses, marked, outside the ledger; with `correction`, that letter's."""
        from newsletter.pipeline import check, correcting, send, trial

        if correction:
            issue = correcting.issue_of(correction)
        mailer = self.mailer(via or self.usual_transport(), f"{issue}/test", trial=True)
        seeds = self.settings.sending.seeds
        addresses = trial.addresses(to, seeds, local=mailer.features.local)
        made = check.rendered(issue, self._letters()).letters
        bounces = send.bounces_of(self.settings)
        return trial.trial(
            made, addresses, mailer=mailer, clock=self.clock, new_id=self.new_id, bounces=bounces
        )

    def local(self, moment: datetime) -> datetime:
        """The moment by the workspace's own clock."""
        return moment.astimezone(ZoneInfo(self.settings.association.timezone))

    def resume(
        self,
        issue: str,
        *,
        on_plan: Callable[[SendPlan], None],
        on_progress: Callable[[int, int], None],
    ) -> SendReport:
        """Go on with a sending that was paused or interrupted."""
        from newsletter.pipeline import send

        ports = self._send_ports(self._transport_of(issue), issue)
        return send.resume(issue, ports, on_plan=on_plan, on_progress=on_progress)

    def pause(self, issue: str, why: str = "") -> Steered:
        """Claim nothing more of a sending that is under way."""
        from newsletter.pipeline import steering

        return steering.pause(issue, self._steer_ports(issue), why)

    def cancel(self, issue: str) -> Steered:
        """Take back all of a sending that has not left."""
        from newsletter.pipeline import steering

        return steering.cancel(issue, self._steer_ports(issue))

    def resolve(self, issue: str, verdict: str = "", who: Collection[str] = (), why: str = "") -> Steered:
        """Settle what is not known: by asking, and by what a person says."""
        from newsletter.pipeline import steering

        said = steering.Verdict(verdict) if verdict else None
        return steering.resolve(issue, self._steer_ports(issue), said, who, why)

    def _moment(self, text: str) -> datetime | None:
        from newsletter.model.moment import moment

        return moment(text, ZoneInfo(self.settings.association.timezone)) if text else None

    def _transport_of(self, issue: str) -> str:
        """What the issue's sending began by; for one that is not planned, the usual way."""
        sending = self.store.book.sending(issue)
        return sending.transport if sending else self.usual_transport()

    def _steer_ports(self, issue: str) -> steering.Ports:
        from newsletter.pipeline import steering

        mailer = self.mailer(self._transport_of(issue), issue)
        return steering.Ports(
            book=self.store.book,
            ledger=self.store.ledger,
            steering=self.store.steering,
            batches=self.store.batches,
            mailer=mailer,
            lock=self.lock(),
            clock=self.clock,
            window=timedelta(minutes=self.settings.sendgrid.window_minutes),
            holding=self._holding(mailer),
        )

    def _send_ports(self, via: str, issue: str) -> SendPorts:
        from newsletter.edges import git
        from newsletter.pipeline import send

        mailer = self.mailer(via, issue)
        return send.Ports(
            workspace=self.workspace,
            people=self.store.people,
            suppressions=self.store.suppressions,
            approved=self.store.approved,
            ledger=self.store.ledger,
            book=self.store.book,
            steering=self.store.steering,
            batches=self.store.batches,
            mailer=mailer,
            lock=self.lock(),
            clock=self.clock,
            settings=self.settings,
            shipped=shipped("letters"),
            key=self.state.suppression_key(),
            new_id=self.new_id,
            support=_support(),
            back_up=self.back_up,
            restored=self.store.continuity,
            fetcher=lambda: self.fetcher,
            holding=self._holding(mailer),
            history=git.Repository(self.root),
        )

    def _holding(self, mailer: Mailer) -> Holding | None:
        """The mailer again, where its provider holds letters until they are due."""
        return cast("Holding", mailer) if mailer.features.holds else None

    def approve(
        self,
        issue: str,
        by: str,
        *,
        via: str = "",
        corrects: str = "",
        confirm: str = "",
        on_shown: Callable[[Shown], None],
    ) -> Approved:
        """What is approved is shown; with `confirm` equal to the issue's name, it is approved."""
        from newsletter.pipeline import review

        features = self.mailer(via or self.usual_transport(), issue).features
        return review.approve(
            issue, by, features, self._review(), corrects=corrects, confirm=confirm, on_shown=on_shown
        )

    def review(self, issue: str, *, via: str = "", corrects: str = "") -> Reviewed:
        """Who has approved the issue, and what has changed since."""
        from newsletter.pipeline import review

        features = self.mailer(via or self.usual_transport(), issue).features
        return review.status(issue, features, self._review(), corrects)

    def usual_transport(self) -> str:
        """The one that is set up, where there is just one; else the outbox."""
        settings = config.with_secrets(self.settings)
        ready = {"smtp": settings.smtp.host, "sendgrid": settings.sendgrid.api_key}
        found = [name for name, is_ready in ready.items() if is_ready]
        return found[0] if len(found) == 1 else "outbox"

    def _review(self) -> ReviewPorts:
        from newsletter.pipeline import review

        return review.Ports(
            workspace=self.workspace,
            people=self.store.people,
            book=self.store.book,
            suppressions=self.store.suppressions,
            approved=self.store.approved,
            clock=self.clock,
            settings=self.settings,
            shipped=shipped("letters"),
            support=_support(),
            fetcher=lambda: self.fetcher,
        )

    def status(self, issue: str) -> Status:
        """Where the issue's sending stands."""
        from newsletter.pipeline import status

        return status.status(
            issue,
            workspace=self.workspace,
            book=self.store.book,
            batches=self.store.batches,
            now=self.clock.now(),
        )

    def import_events(self, file: Path) -> TakenIn:
        """Take in what happened to the letters, and suppress whom it forbids to write to again."""
        from newsletter.pipeline import events

        return events.imported(
            file.read_bytes(),
            str(file),
            workspace=self.workspace,
            events=self.store.events,
            book=self.store.book,
            ledger=self.store.ledger,
            suppressions=self.store.suppressions,
            clock=self.clock,
            restored=self.store.continuity,
        )

    def report(
        self, issue: str, *, formats: Collection[str] = ("html", "pdf"), out: Path | None = None
    ) -> Reported:
        """Write an issue's report, below reports/ or straight into another folder."""
        from newsletter.pipeline import report

        return report.report(
            issue,
            formats=formats,
            workspace=self.workspace,
            target=Folder(out) if out else self.workspace,
            folder="" if out else f"reports/{issue}",
            book=self.store.book,
            events=self.store.events,
            cubes=self.store.cubes,
            typesetter=self.typesetter,
            clock=self.clock,
            settings=self.settings,
            templates=shipped("report/pages"),
            fonts=shipped("fonts"),
        )

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

    def __enter__(self) -> Application:
        return self

    def __exit__(self, *exc: object) -> None:
        """Give back what was opened."""
        for mailer in self._mailers:
            mailer.close()
        for edge in ("store", "isolated", "fetcher"):
            if edge in self.__dict__:
                getattr(self, edge).close()

"""What the pipeline needs from outside, as small protocols.

Each port is what its consumer needs and no more; its guarantees stand in its docstring, and one
contract suite per port runs over the public fake and over every real edge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Equation, Sending
from newsletter.model.domain import MailExchanger
from newsletter.model.event import Event
from newsletter.model.figure import Cube, MergePlan
from newsletter.model.finding import SpamVerdict
from newsletter.model.mandates import Calendar
from newsletter.model.news import NewsItem, SourceState
from newsletter.model.people import Expression, Member, Recipient, Suppression
from newsletter.model.rights import Erased, Held, Retention, Since, SuppressionEntry
from newsletter.model.transport import Answer, Batch, BatchState, Features, Parcel

T = TypeVar("T")
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.I)


class Clock(Protocol):
    """The time; stages get it as a value."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class Timer(Clock, Protocol):
    """The time, and letting it pass."""

    def wait(self, seconds: float) -> None:
        """Come back when so many seconds have passed."""
        ...


class Workspace(Protocol):
    """The association's folder. Paths are relative to it, with ``/``; none may lead outside."""

    def names(self, folder: str) -> Sequence[str]:
        """Paths of all files below the folder, sorted; none where there is no such folder."""
        ...

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises MissingFile."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write the files, each whole or not at all; parents are made."""
        ...

    def replace(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Let the folder hold just these files (paths within it); the old go when the new are whole."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: the bytes after decompression, and what to say next time to be spared them."""

    url: str  # after redirects
    status: int  # 200 or 304
    body: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def charset(self) -> str:
        """The charset that the server names; "" where it names none."""
        declared = _CHARSET.search(self.content_type)
        return declared[1] if declared else ""


class Fetcher(Protocol):
    """Gets pages politely: robots.txt, a pause per host, caps on bytes and time, no private addresses."""

    def fetch(self, url: str, state: SourceState | None = None) -> Fetched:
        """One page or feed; 304 where `state` is still true. Raises FetchFailed."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """How much a function on untrusted bytes may take."""

    cpu_seconds: float = 2.0
    memory_mb: int = 300
    wall_seconds: float = 10.0


class Isolated(Protocol):
    """Runs a stage's function on untrusted bytes where it can do no harm.

    The function must be importable by name; arguments and result must pickle.
    """

    def run(self, function: Callable[..., T], data: bytes, *args: object, limits: SandboxLimits) -> T:
        """The function's result. Raises ParseFailed when it fails, dies or takes too much."""
        ...


class News(Protocol):
    """Member news that was gathered, and what is known of each source."""

    def remember(self, items: Iterable[NewsItem], at: datetime) -> int:
        """Keep items by their address, in one transaction; how many were new."""
        ...

    def items(self) -> Sequence[NewsItem]:
        """All that is remembered, newest first, then by address."""
        ...

    def source(self, url: str) -> SourceState | None:
        """What the last fetch of this source left behind."""
        ...

    def note(self, state: SourceState) -> None:
        """Keep a source's state."""
        ...


class Within(Protocol):
    """Finding the people that an expression holds for."""

    def within(
        self, expression: Expression, members: Mapping[str, Member], calendar: Calendar
    ) -> Iterator[Recipient]:
        """Those for whom the expression holds, whole, in the order they came, one at a time."""
        ...


class People(Within, Protocol):
    """The lists."""

    def everyone(self) -> Iterator[Recipient]:
        """All recipients in the order they came, one at a time."""
        ...

    def holding(self, keys: Sequence[str]) -> Mapping[str, Recipient]:
        """Those who have one of these addresses, by `address_key`; nobody else is read."""
        ...

    def tally(
        self, expressions: Sequence[Expression], members: Mapping[str, Member], calendar: Calendar
    ) -> Mapping[tuple[int, ...], int]:
        """How many there are for whom just these expressions hold, told by their places in the sequence.

        Everyone is counted once: those for whom none holds under (), and nobody there where nobody is.
        """
        ...

    def put(self, recipients: Iterable[Recipient], *, at: datetime, command: str) -> None:
        """Add or change these people, all or none, and note each change in the log of changes."""
        ...


class Suppressed(Protocol):
    """Reading which addresses are not written to."""

    def why(self, address: str) -> Suppression | None:
        """The reason, or None where the address may be written to."""
        ...

    def among(self, addresses: Sequence[str], since: int | None = None) -> Mapping[str, Suppression]:
        """Those of the addresses that are not to be written to, each with its reason.

        With `since`, an earlier answer of `changes` from before the addresses were asked about, it may say
        nothing where there has been no change since.
        """
        ...

    def changes(self) -> int:
        """How often something was suppressed or lifted; it only grows."""
        ...


class Suppressions(Suppressed, Protocol):
    """Addresses that are not written to. Kept as keyed hashes, beside no name; it outlives the lists."""

    def suppress(
        self, address: str, why: Suppression, *, at: datetime, source: str, command: str = ""
    ) -> None:
        """Never write to this address again. A stronger reason takes a weaker one's place; else no change."""
        ...

    def entry(self, address: str) -> SuppressionEntry | None:
        """The reason, since when, and how it is known."""
        ...

    def lift(self, address: str, *, at: datetime, why: str, command: str) -> Suppression | None:
        """Allow letters to this address again, and note why; the reason that it was not, if any."""
        ...


class Rights(Protocol):
    """What is held about one person, and forgetting it."""

    def held(self, address: str) -> Held:
        """All that is held about whoever has the address, or had it in a letter."""
        ...

    def erase(self, address: str, *, at: datetime, command: str) -> Erased:
        """Forget the person, all or nothing, and never write to the address again; repeating does no harm.

        Letters keep what is counted by and lose name, address and id. No byte of what was deleted stays in
        the file.
        """
        ...

    def due(
        self, *, events_before: datetime, letters_before: datetime, unlisted_before: datetime
    ) -> Retention:
        """What has been kept as long as it may."""
        ...

    def tidy(
        self,
        *,
        events_before: datetime,
        letters_before: datetime,
        unlisted_before: datetime,
        at: datetime,
        command: str,
    ) -> Retention:
        """Remove it, all or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup that was written and proved."""

    file: Path
    size: int  # bytes
    removed: tuple[Path, ...]  # older ones
    by_passphrase: bool  # else by a key file, of which a copy must lie elsewhere
    key_file: Path


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup's content, in a folder, proved to be whole."""

    database: Path
    key: bytes  # that suppressed addresses are hashed under
    made_at: datetime
    association: str


class Backups(Protocol):
    """Copies of the state, encrypted."""

    def make(self, at: datetime, file: Path | None = None, *, prune: bool = True) -> BackupMade:
        """Write a backup and prove it; with `prune` the oldest beyond those kept go. Raises StateError."""
        ...

    def unpack(self, file: Path, into: Path) -> Unpacked:
        """The backup's files in a folder, proved to be whole. Raises MissingFile or StateError."""
        ...


class StatePlace(Protocol):
    """Where the state lies."""

    def staging(self) -> Path:
        """A new folder for the files to come; what earlier, dead runs left behind is removed."""
        ...

    def take_over(self, staged: Path) -> None:
        """Put the staged files in the present ones' place: the old whole or the new whole, at any moment."""
        ...

    def keep_aside(self, label: str) -> Path:
        """Copies of the present files, as they are."""
        ...


class LetterFiles(Protocol):
    """Letters that lie as files on this machine: the outbox, and copies for trial."""

    def forget(self, deliveries: Collection[str], addresses: Collection[str]) -> int:
        """Delete the files of these letters, and any other letter to one of the addresses; how many."""
        ...


class RestoreMark(Protocol):
    """That a backup was put back, and nothing may be sent before what happened since is known."""

    def restored_at(self) -> datetime | None:
        """When, while it is not settled yet."""
        ...

    def settle(self, why: str, at: datetime) -> None:
        """Say that it is settled, and why."""
        ...


class Continuity(Protocol):
    """What a database must know of one that it takes the place of."""

    def since(self) -> Since:
        """Who must not be written to, and who was erased."""
        ...

    def catch_up(self, since: Since, at: datetime) -> int:
        """Suppress and erase here too, and lift what was lifted since; how many were erased."""
        ...

    def is_empty(self) -> bool:
        """Whether nobody was ever listed, written to or suppressed here."""
        ...

    def mark_restored(self, at: datetime) -> None:
        """Let nothing be sent before what happened since is known."""
        ...


class ApprovedAudiences(Protocol):
    """Who each approved set held, by the set's digest. Keyed hashes alone, on this machine alone."""

    def keep(self, audience: str, recipients: Iterable[str], at: datetime) -> None:
        """Remember the set of these ids, all or none; repeating does no harm."""
        ...

    def knows(self, audience: str) -> bool:
        """Whether it is known here who was in the set."""
        ...

    def among(self, audience: str, recipients: Sequence[str]) -> Collection[str]:
        """Those of these ids that were in the set, and were not erased since."""
        ...


class Ledger(Protocol):
    """Who is to get what, who got it, and what is not known. The heart.

    Every change is one committed transaction. A chunk is claimed by a conditional UPDATE whose row
    count is checked, so that two senders never claim the same one. A state never moves backwards
    except unknown → waiting by :meth:`settle` on a transport's word, and what a provider has confirmed that
    it holds no more (:meth:`Batches.recall`).
    """

    def plan(self, sending: Sending, deliveries: Iterable[Delivery]) -> Sending:
        """Write a row for each candidate, all or none; a sending that the issue has already is given back."""
        ...

    def claim(self, sending: str, at: datetime, batch: str = "") -> Chunk | None:
        """The next due chunk with waiting rows, these committed as attempting; None when none is left.

        None as well where the sending is paused or cancelled, or the batch is not open.
        """
        ...

    def close(
        self, chunk: Chunk, answers: Mapping[str, Answer], at: datetime, due: datetime | None = None
    ) -> None:
        """Write a chunk's outcomes; an attempting row without an answer becomes unknown.

        A deferred row waits again, and its chunk is claimed anew when it is `due`.
        """
        ...

    def settle(self, sending: str, answers: Mapping[str, Answer | None], at: datetime) -> None:
        """Write what asking gave for unknown rows: an answer; None: it never left, so it waits again."""
        ...


class Steering(Protocol):
    """Stopping a sending that is under way, and letting it go on: obeyed at the next claim."""

    def pause(self, sending: str, why: str) -> bool:
        """Claim nothing more; whether there was something to pause."""
        ...

    def resume(self, sending: str) -> bool:
        """Let it go on; whether it was paused."""
        ...

    def cancel(self, sending: str, at: datetime) -> int:
        """Take back every row that waits, and claim nothing more; how many."""
        ...

    def interrupted(self, sending: str, at: datetime) -> int:
        """Call unknown every attempting row of a sender that is gone; how many. Needs the sender's lock."""
        ...


class Batches(Protocol):
    """The batches of a provider that holds letters, as the ledger knows them."""

    def keep(self, batch: Batch) -> None:
        """Remember a batch before anything is handed over under it."""
        ...

    def of(self, sending: str) -> Sequence[Batch]:
        """The sending's batches, the first first, each with the letters that it was handed."""
        ...

    def mark(self, batch: str, state: BatchState) -> None:
        """Note where a batch stands; it never goes back to open.

        Marked CANCELLING, its accepted and attempting rows become unknown: until the provider has confirmed
        it, nobody knows whether they leave. A sending that was done goes on.
        """
        ...

    def recall(self, batch: str, to: DeliveryState, at: datetime) -> int:
        """The provider was told to let none of it leave: its accepted, attempting and unknown rows move.

        To WAITING, for another attempt, or to CANCELLED, where it has confirmed it; to UNKNOWN where it may
        have come too late. How many. The batch is cancelled.
        """
        ...


class LedgerBook(Protocol):
    """Reading the ledger."""

    def sending(self, issue: str) -> Sending | None:
        """The issue's sending, with its state."""
        ...

    def equation(self, sending: str) -> Equation:
        """Counted from the rows, in one read."""
        ...

    def deliveries(self, sending: str, *states: DeliveryState) -> Iterator[Delivery]:
        """The rows in these states (all where none is named), by chunk and id, one at a time."""
        ...

    def next_due(self, sending: str) -> datetime | None:
        """When the next deferred chunk may be claimed; None where none is put off."""
        ...

    def in_doubt(self, sending: str) -> Sequence[Chunk]:
        """The chunks with unknown rows, each with those rows alone."""
        ...


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in a batch of events gave."""

    new: int
    repeated: int
    strangers: int  # of no delivery that the ledger knows; kept and counted, never guessed at


class Events(Protocol):
    """News of letters that left."""

    def take_in(self, events: Iterable[Event]) -> Intake:
        """Keep events by id, in one transaction; one that is known already changes nothing."""
        ...

    def of(self, sending: str) -> Iterator[Event]:
        """A sending's events by delivery, then time, then id, one at a time."""
        ...

    def are_tidied(self, sending: str) -> bool:
        """Whether clicks of this sending were deleted, so that it can not be counted anew."""
        ...


class Cubes(Protocol):
    """What was published of each sending; never cut again."""

    def publish(self, cube: Cube) -> None:
        """Keep the cube; a later one of the same sending takes its place only with the same cells' cut."""
        ...

    def published(self, issue: str) -> Cube | None:
        """The issue's cube."""
        ...

    def merge_plan(self) -> MergePlan | None:
        """How small members were merged; only ever grows coarser."""
        ...

    def keep_merge_plan(self, plan: MergePlan) -> None:
        """Keep the plan."""
        ...


class Mailer(Protocol):
    """A way for letters to leave. Several threads may attempt at once, up to its `features.workers`."""

    @property
    def features(self) -> Features:
        """What it can do."""
        ...

    def attempt(self, parcel: Parcel) -> Mapping[str, Answer]:
        """Let each letter leave once: delivery → answer. One that may have left and has none is unknown.

        Raises TransportFailed where it is certain that none has left.
        """
        ...

    def ask(self, deliveries: Sequence[Delivery], since: datetime) -> Mapping[str, Answer | None]:
        """What became of letters with a lost answer: an answer; None: it never left; absent: cannot say.

        They were attempted at `since` or later. Raises OutsideError where nobody answers.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Holding(Protocol):
    """What a transport that holds letters until they are due can be told of them, a batch at a time."""

    def clock(self) -> datetime:
        """The provider's clock: ours may be wrong, and it is theirs that letters leave by."""
        ...

    def open_batch(self) -> str:
        """The name of a new batch. Raises TransportFailed."""
        ...

    def cancel(self, batch: str) -> datetime:
        """Let none of the batch leave; when that was confirmed, by the provider's clock.

        Repeating does no harm.
        Raises TransportFailed where it is not confirmed: then it is not known.
        """
        ...

    def release(self, batch: str) -> None:
        """Give back the name of a cancelled batch whose letters were thrown away. Raises TransportFailed."""
        ...


class History(Protocol):
    """The history of the workspace's files, where it is in git."""

    def commit(self, path: str, message: str) -> bool:
        """Commit this one file; whether there is a repository that carries it.

        Raises StateError where there is, and it does not take it.
        """
        ...


class Resolver(Protocol):
    """The public DNS. May be asked from several threads at once; each answer comes within some seconds.

    A name that has no record of the type gives nothing; "" is the root, which always exists. All raise
    NoSuchName where the name does not exist, NoNetwork where no name server can be reached, and LookupFailed
    where none gave an answer.
    """

    def txt(self, name: str) -> Sequence[str]:
        """The TXT records, each with its strings joined (RFC 7208, 3.3), sorted."""
        ...

    def mx(self, name: str) -> Sequence[MailExchanger]:
        """The mail exchangers, by preference and host."""
        ...

    def cname(self, name: str) -> str:
        """The name that this one is an alias of, in lower case without a dot at its end; "" for no alias."""
        ...

    def addresses(self, name: str) -> Sequence[str]:
        """IPv4 addresses, then IPv6 ones, each sorted."""
        ...


class SpamFilter(Protocol):
    """Judges letters as a receiving server might, by rules on this machine: nothing of a letter leaves it."""

    def verdicts(self, letters: Sequence[bytes]) -> Sequence[SpamVerdict]:
        """One for each letter (RFC 5322), in order. Raises OutsideError where it cannot."""
        ...


class Typesetter(Protocol):
    """Sets a report as PDF/UA-1."""

    def pdf(self, source: str, files: Mapping[str, bytes], at: datetime) -> bytes:
        """The PDF's bytes, the same for the same input. Raises TypesetFailed."""
        ...


class SenderLock(Protocol):
    """One process sends at a time."""

    def __enter__(self) -> object:
        """Take the lock. Raises Busy at once where another process has it."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Give it back."""
        ...

"""``review``: who has said that an issue may leave, and whether that still holds.

    proof ─ check ─► what is approved is shown ─► the set is remembered ─ the approval is written
    proof ─ approvals ─► verdict

The set of readers stays in this machine's state; the approval, which names no reader, is a text file that may
be committed and merged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from newsletter import compose
from newsletter import review as stage
from newsletter.errors import ConfirmationNeeded, NotApproved, StateError
from newsletter.model import digest as numbers
from newsletter.model.finding import Finding
from newsletter.model.people import Recipient
from newsletter.model.review import (
    Approval,
    AudienceDigest,
    Certainty,
    Gone,
    Turnover,
    Verdict,
)
from newsletter.model.transport import Features
from newsletter.model.where import Where
from newsletter.pipeline import issues, sent_mark
from newsletter.pipeline.audience import refuse_nobody
from newsletter.pipeline.check import Checked
from newsletter.pipeline.proof import Ports, Proof, fresh, looked_through, proof, refuse_warnings, unread
from newsletter.pipeline.screening import Screening
from newsletter.ports import Workspace

__all__ = ["Approved", "Ports", "Reviewed", "Shown", "approve", "proof", "refuse_unapproved", "status"]

_FOLDER = "review"
_BATCH = 1000
_NAMED = 50  # of those who are gone, how many are named


@dataclass(frozen=True, slots=True)
class Shown:
    """What an approval would cover, shown before it is given."""

    issue: str
    subject: str
    preheader: str
    sender: str
    reply_to: str
    transport: str
    mode: str
    digest: str
    listed: AudienceDigest
    readers: AudienceDigest
    editions: Mapping[str, int]  # edition → readers
    checked: Checked

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the check would have mended; no error is among them."""
        return self.checked.findings


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval that was given, where it lies, and what it makes of the issue."""

    approval: Approval
    path: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Where an issue stands."""

    issue: str
    transport: str
    digest: str  # of the letters as they are now
    readers: AudienceDigest
    verdict: Verdict


def _quiet(*_: Any) -> None:  # noqa: ANN401
    """Nobody looks."""


def approve(
    issue_id: str,
    by: str,
    transport: Features,
    ports: Ports,
    *,
    corrects: str = "",
    confirm: str = "",
    on_shown: Callable[[Shown], None] = _quiet,
) -> Approved:
    """Show what would be approved and, with `confirm` equal to the issue's name, approve it.

    Raises UsageError for a name that is none, what loading and rendering raise, ChecksFailed,
    ConfirmationNeeded after it was shown, and StateError where the issue is planned or sent already, or the
    lists change meanwhile.
    """
    issues.existing(ports.workspace, issue_id)
    name = stage.name(by)
    _refuse_planned(ports.workspace, issue_id)
    found, tally = fresh(issue_id, transport, ports, corrects)
    refuse_nobody(tally, found.loaded.issue.audiences)
    shown = _shown(found, looked_through(found, tally, ports), ports)
    on_shown(shown)
    _refuse_unconfirmed(issue_id, confirm)
    refuse_warnings(issue_id, shown.warnings)
    approval = _approval(found, shown, name, ports.clock.now())
    ports.approved.keep(shown.readers.digest, _same(found, shown.readers, ports), approval.at)
    path = f"{_folder(issue_id)}/{stage.file_name(approval)}"
    ports.workspace.write({path: stage.approval_text(approval).encode()})
    return Approved(approval, path, _verdict(found, ports, shown.readers))


def status(issue_id: str, transport: Features, ports: Ports, corrects: str = "") -> Reviewed:
    """Who has approved the issue, and what has changed since. Raises what loading and rendering raise."""
    found, _ = fresh(issue_id, transport, ports, corrects)
    readers = numbers.audience(one.id for one in found.readers(ports.suppressions))
    digest = numbers.digest(found.parts, found.listed())
    return Reviewed(issue_id, transport.name, digest, readers, _verdict(found, ports, readers))


def refuse_unapproved(found: Proof, ports: Ports) -> None:
    """Raise NotApproved where fewer than the workspace asks for have approved exactly this.

    Nothing is read where it asks for nobody. Raises InputError or Problems for an approval that cannot be
    read.
    """
    if not ports.settings.sending.approvals:
        return
    verdict = _verdict(found, ports)
    if verdict.is_approved:
        return
    raise NotApproved(
        f"{found.issue} är inte godkänt så som det är nu: {len(verdict.approvers)} av {verdict.needed} "
        "godkännanden gäller. Inget har skickats.",
        where=Where(_folder(found.issue)),
        why=" ".join(_void(verdict)) or "Ingen har godkänt det.",
        do=f"Låt den som ska godkänna det köra `newsletter review {found.issue} approve --by NAMN "
        f"--via {found.transport}{_corrects(found)}`. "
        f"Läget visas av `newsletter review {found.issue} status`.",
    )


def approvals(workspace: Workspace, issue_id: str) -> tuple[Approval, ...]:
    """The issue's approvals. Raises InputError or Problems for one that cannot be read."""
    paths = [path for path in workspace.names(_folder(issue_id)) if path.endswith(stage.ENDING)]
    return tuple(stage.approval(issues.text(workspace, path), path, issue=issue_id) for path in paths)


def _folder(issue_id: str) -> str:
    return f"{issues.folder_of(issue_id)}/{_FOLDER}"


def _corrects(found: Proof) -> str:
    """The option without which a correction would be approved for others than it goes to."""
    return f" --corrects {found.audience.corrects}" if found.audience.corrects else ""


def _void(verdict: Verdict) -> Iterator[str]:
    """Why the last word of each who has approved does not count."""
    for decision in verdict.decisions:
        if not decision.holds and not decision.is_superseded:
            yield f"{decision.approval.by}: {' '.join(stage.reasons(decision))}"


def _refuse_planned(workspace: Workspace, issue_id: str) -> None:
    if sent_mark.is_there(workspace, issue_id):
        raise StateError(
            f"{issue_id} är redan skickat, eller har börjat skickas.",
            where=Where(sent_mark.place(issue_id)),
            why="Ett godkännande kommer före utskicket.",
            do=f"Se läget med `newsletter status {issue_id}`.",
        )


def _refuse_unconfirmed(issue_id: str, confirm: str) -> None:
    if confirm == issue_id:
        return
    raise ConfirmationNeeded(
        f"”{confirm}” är inte numrets namn. Inget är godkänt." if confirm else "Inget är godkänt.",
        why="Ett godkännande gäller exakt det som visades, så numrets namn måste anges.",
        do=f"Stämmer det? Kör samma kommando med --confirm {issue_id}",
    )


def _shown(found: Proof, checked: Checked, ports: Ports) -> Shown:
    editions: Counter[str] = Counter()

    def counted(readers: Iterable[Recipient]) -> Iterator[str]:
        for one in readers:
            editions[compose.id_of(found.audience.key_of(one))] += 1
            yield one.id

    first, listed = found.letters[0], found.listed()
    readers = numbers.audience(counted(found.readers(ports.suppressions)))
    return Shown(
        issue=found.issue,
        subject=first.subject,
        preheader=first.preheader,
        sender=f"{first.sender.name} <{first.sender.address}>",
        reply_to=first.sender.reply_to,
        transport=found.transport,
        mode=ports.settings.measuring.mode,
        digest=numbers.digest(found.parts, listed),
        listed=listed,
        readers=readers,
        editions={letter.edition: editions[letter.edition] for letter in found.letters},
        checked=checked,
    )


def _approval(found: Proof, shown: Shown, by: str, at: datetime) -> Approval:
    return Approval(
        issue=found.issue,
        by=by,
        at=at.replace(microsecond=0),
        how=Certainty.TERMINAL,
        transport=found.transport,
        parts=found.parts,
        listed=shown.listed,
        readers=shown.readers,
        digest=shown.digest,
    )


def _same(found: Proof, shown: AudienceDigest, ports: Ports) -> Generator[str, None, None]:
    """The readers' ids; at last, proved to be those that were shown, so that no other set is remembered."""
    passed = yield from numbers.passing(one.id for one in found.readers(ports.suppressions))
    if passed != shown:
        raise StateError(
            "Listorna ändrades medan godkännandet gavs.",
            why="Någon tog in en lista just nu, så det som visades stämmer inte. Inget är godkänt.",
            do="Kör samma kommando igen.",
        )


# --- the verdict ----------------------------------------------------------------------------------


def _verdict(found: Proof, ports: Ports, readers: AudienceDigest | None = None) -> Verdict:
    given = approvals(ports.workspace, found.issue)
    now = readers or numbers.audience(one.id for one in found.readers(ports.suppressions))
    sets = {one.readers.digest: one.readers for one in given}
    return stage.verdict(
        given,
        found.parts,
        {digest: _turnover(found, approved, now, ports) for digest, approved in sets.items()},
        needed=ports.settings.sending.approvals,
        unread=unread(found, stage.vanished(given, found.parts), ports),
    )


def _turnover(found: Proof, approved: AudienceDigest, now: AudienceDigest, ports: Ports) -> Turnover | None:
    """How those who get the letter now differ from an approved set."""
    if approved == now or not ports.approved.knows(approved.digest):
        return stage.turnover(approved, now, None)
    still = 0
    for some in _batches(one.id for one in found.readers(ports.suppressions)):
        still += len(ports.approved.among(approved.digest, some))
    known = islice(_gone(found, approved, ports), _NAMED) if still < approved.count else ()
    return stage.turnover(approved, now, still, tuple(known))


def _gone(found: Proof, approved: AudienceDigest, ports: Ports) -> Iterator[Gone]:
    """Those of an approved set who are on a list and get no letter, in the order of the lists."""
    for some in _batches(_without_letter(found, ports)):
        then = ports.approved.among(approved.digest, [one.recipient for one in some])
        yield from (one for one in some if one.recipient in then)


def _without_letter(found: Proof, ports: Ports) -> Iterator[Gone]:
    readers, wanted = found.audience, set(found.loaded.issue.audiences)
    screening = Screening(ports.suppressions, readers.calendar)
    for one in screening.each(map(readers.calendar.current, ports.people.everyone())):
        why = screening.why(one)
        if why or wanted.isdisjoint(readers.sorting.of(one)):
            yield Gone(one.id, one.name, why)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(items)
    while some := list(islice(waiting, _BATCH)):
        yield some

"""``report``: count a sending into its cube, publish it, and set the pages from it alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from newsletter import report as stage
from newsletter import track, write
from newsletter.errors import InputError, UsageError
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.event import Event
from newsletter.model.figure import Cube, Figures, MergePlan, Response
from newsletter.model.settings import Settings
from newsletter.pipeline import issues
from newsletter.ports import Clock, Cubes, Events, LedgerBook, Typesetter, Workspace

FORMATS = ("html", "pdf")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was written."""

    cube: Cube
    figures: Figures
    files: tuple[str, ...]  # paths within the target
    published: bool  # the cube is kept; False while it is still incomplete
    frozen: bool  # what was published is shown: another cut could reveal a person, or clicks are tidied away


def report(
    issue: str,
    *,
    formats: Collection[str],
    workspace: Workspace,
    target: Workspace,
    folder: str,
    book: LedgerBook,
    events: Events,
    cubes: Cubes,
    typesetter: Typesetter,
    clock: Clock,
    settings: Settings,
    templates: Mapping[str, bytes],
    fonts: Mapping[str, bytes],
) -> Reported:
    """Write the issue's report in these formats into the target's folder.

    Raises UsageError where the issue was never sent, and TypesetFailed where the PDF cannot be set; then
    nothing is written.
    """
    sending = _sent(issue, book)
    before = cubes.published(issue)
    cube, plan = _counted(sending, before, book, events, cubes, clock.now(), settings.limits.k)
    frozen = before is not None and (before.cut != cube.cut or events.are_tidied(sending.id))
    shown = before if before is not None and frozen else cube
    earlier, previous = _previous(issue, workspace, cubes)
    figures = stage.figures(shown, previous, _labels(issue, earlier, workspace, settings))
    pages = _pages(figures, shown, formats, typesetter, templates, fonts)
    if not frozen and stage.is_whole(cube):
        cubes.keep_merge_plan(plan)
        cubes.publish(cube)
    prefix = f"{folder}/" if folder else ""
    target.write({prefix + name: data for name, data in pages.items()})
    return Reported(shown, figures, tuple(prefix + name for name in pages), stage.is_whole(shown), frozen)


def _sent(issue: str, book: LedgerBook) -> Sending:
    sending = book.sending(issue)
    if sending is None:
        raise UsageError(
            f"Numret {issue} har inte skickats.",
            why="En rapport räknar brev som har lämnat, och liggaren har inga för det här numret.",
            do=f"Skicka med `newsletter send {issue}`; `newsletter status {issue}` visar hur det står till.",
        )
    return sending


def _counted(
    sending: Sending,
    before: Cube | None,
    book: LedgerBook,
    events: Events,
    cubes: Cubes,
    now: datetime,
    k: int,
) -> tuple[Cube, MergePlan]:
    kept = cubes.merge_plan() or MergePlan()
    cube, plan = stage.cube(sending, _letters(sending, book, events, now), plan=kept, k=k, published=before)
    return cube, kept if before else plan


def _letters(
    sending: Sending, book: LedgerBook, events: Events, now: datetime
) -> Iterator[tuple[Delivery, Response]]:
    """Each accepted letter and what became of it. Events are folded letter by letter as they are read."""

    @cache
    def links(edition: str) -> Mapping[str, str]:
        return track.content_links(sending, edition)

    editions = {each.id: each.edition for each in book.deliveries(sending.id, DeliveryState.ACCEPTED)}

    def response(delivery: str, news: Iterable[Event]) -> Response:
        known = links(editions[delivery])
        return track.response(list(news), links=known, sent_at=sending.planned_at, now=now)

    responses = {
        delivery: response(delivery, news)
        for delivery, news in groupby(events.of(sending.id), key=lambda event: event.delivery)
        if delivery in editions
    }
    for delivery in book.deliveries(sending.id, DeliveryState.ACCEPTED):
        yield delivery, responses.get(delivery.id) or response(delivery.id, ())


def _previous(issue: str, workspace: Workspace, cubes: Cubes) -> tuple[str, Cube | None]:
    """The nearest issue before this one that was published, and its cube."""
    known = list(issues.ids(workspace))
    earlier = known[: known.index(issue)] if issue in known else known
    for each in reversed(earlier):
        cube = cubes.published(each)
        if cube:
            return each, cube
    return "", None


def _labels(issue: str, earlier: str, workspace: Workspace, settings: Settings) -> stage.Labels:
    members = issues.members(workspace)
    return stage.Labels(
        association=settings.association.name,
        title=_title(issue, workspace),
        zone=ZoneInfo(settings.association.timezone),
        before=_title(earlier, workspace) if earlier else "",
        members={id: member.name for id, member in members.items()},
        member_counties={id: member.county for id, member in members.items()},
        topics={topic.id: topic.name for topic in settings.topics},
    )


def _title(issue: str, workspace: Workspace) -> str:
    """The issue's title; its name where the text is gone or has been broken since it was sent."""
    path = f"{issues.FOLDER}/{issue}/issue.md"
    try:
        return write.issue(issues.text(workspace, path), path, issue_id=issue).title
    except InputError:
        return f"Nummer {issue}"


def _pages(
    figures: Figures,
    cube: Cube,
    formats: Collection[str],
    typesetter: Typesetter,
    templates: Mapping[str, bytes],
    fonts: Mapping[str, bytes],
) -> Mapping[str, bytes]:
    pages: dict[str, bytes] = {}
    if "html" in formats:
        pages["report.html"] = stage.html(figures, templates=templates, fonts=fonts).encode("utf-8")
    if "pdf" in formats:
        source, files = stage.typst(figures, templates=templates)
        at = cube.until or cube.planned_at
        assert at is not None  # a sending has always been planned
        pages["report.pdf"] = typesetter.pdf(source, files, at)
    return pages

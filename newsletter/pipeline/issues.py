"""An issue's folder, read: the text, what was picked for it, and its pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from newsletter import compose, people, write
from newsletter.errors import InputError, MissingFile, Problem, Problems, UsageError
from newsletter.model.issue import Issue
from newsletter.model.news import Pick
from newsletter.model.people import Member, Segment
from newsletter.model.prose import Image, Listing, Node, Quote
from newsletter.model.settings import Settings
from newsletter.model.where import Where
from newsletter.ports import Workspace

FOLDER = "content/issues"
MEMBERS = "subscribers/members.csv"
SEGMENTS = "subscribers/segments.toml"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadedIssue:
    """An issue with everything that its letters are made of."""

    issue: Issue
    picks: tuple[Pick, ...]
    pictures: Mapping[str, bytes] = field(
        default_factory=dict
    )  # path in the workspace, as render asks for it → bytes


def load(workspace: Workspace, issue_id: str, *, settings: Settings | None = None) -> LoadedIssue:
    """The issue, its picks and its pictures.

    With `settings`, every name in them is looked up too: sender, topics, segments, members. Raises
    MissingFile where there is no such issue, and Problems with all that is wrong, each with file:line.
    """
    folder = existing(workspace, issue_id)
    problems: list[Problem] = []
    path = f"{folder}/issue.md"
    issue = _tried(problems, lambda: write.issue(text(workspace, path), path, issue_id=issue_id))
    found = _tried(problems, lambda: picks(workspace, issue_id)) or ()
    if issue is None:
        raise Problems(problems)
    problems += compose.unplaced_picks(issue, found)
    if settings:
        problems += unknown(workspace, issue, found, settings)
    named = [*_named_in_text(issue), *_named_in_picks(found, f"{folder}/news.toml")]
    pictures = dict(_pictures(workspace, folder, named, problems))
    Problems.raise_if(problems)
    return LoadedIssue(issue, found, pictures)


def existing(workspace: Workspace, issue_id: str) -> str:
    """The folder of an issue that is there. Raises UsageError or MissingFile."""
    folder = folder_of(issue_id)
    if f"{folder}/issue.md" in workspace.names(folder):
        return folder
    known = ids(workspace)
    close = get_close_matches(issue_id, known, n=1)
    raise MissingFile(
        f"Numret {issue_id} finns inte.",
        where=Where(f"{folder}/issue.md"),
        why=f"De som finns är {', '.join(known)}." if known else "Här finns inget nummer än.",
        do=f"Menade du {close[0]}?" if close else f"Börja på det med `newsletter new {issue_id}`.",
    )


def folder_of(issue_id: str) -> str:
    """The folder that an issue of this name has. Raises UsageError where it cannot be a name."""
    if not _ID.fullmatch(issue_id) or len(issue_id) > 60:
        raise UsageError(
            f"”{issue_id}” kan inte vara namnet på ett nummer.",
            why="Namnet blir en mapp: små bokstäver a–z, siffror och bindestreck.",
            do="Skriv till exempel 2026-3 eller arsmote-2027.",
        )
    return f"{FOLDER}/{issue_id}"


def ids(workspace: Workspace) -> Sequence[str]:
    """The issues that are there, 2026-2 before 2026-10."""
    folders = {path.split("/")[2] for path in workspace.names(FOLDER) if path.endswith("/issue.md")}
    return sorted(folders, key=_in_order)


def _in_order(issue_id: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (10**9, part) for part in issue_id.split("-")]


def picks(workspace: Workspace, issue_id: str) -> tuple[Pick, ...]:
    """What was picked for the issue; nothing where there is no news.toml."""
    folder = folder_of(issue_id)
    path = f"{folder}/news.toml"
    return compose.picks(text(workspace, path), path) if path in workspace.names(folder) else ()


def members(workspace: Workspace) -> Mapping[str, Member]:
    """The members by id."""
    return people.members(text(workspace, MEMBERS), MEMBERS)


def segments(workspace: Workspace) -> tuple[Segment, ...]:
    """The segments in the order of their file."""
    return people.segments(text(workspace, SEGMENTS), SEGMENTS, members(workspace))


def unknown(
    workspace: Workspace, issue: Issue, found: Sequence[Pick], settings: Settings
) -> Sequence[Problem]:
    """The names in an issue and its picks that nothing in the workspace answers to."""
    topics = [topic.id for topic in settings.topics]
    path = f"{FOLDER}/{issue.id}/news.toml"
    return [
        *compose.unknown_sender(issue, list(settings.senders)),
        *compose.unknown_segments(issue, [segment.id for segment in segments(workspace)]),
        *compose.unknown_topics(issue, topics),
        *compose.unknown_places(issue, members(workspace)),
        *compose.unknown_in_picks(found, path, topics=topics, members=list(members(workspace))),
    ]


def text(workspace: Workspace, path: str) -> str:
    """A file's text. Raises InputError with the line of the first byte that is not UTF-8."""
    data = workspace.read(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wide = data.startswith(_UTF16)
        raise InputError(
            "Filen är inte sparad som UTF-8.",
            where=Where(path, 1 if wide else line),
            why="Den är sparad som UTF-16."
            if wide
            else f"Raden har en byte (0x{data[error.start]:02x}) som inte går att läsa.",
            do="Öppna filen i textredigeraren, välj Spara som och kodningen UTF-8.",
        ) from error


def _tried(problems: list[Problem], read: Callable[[], T]) -> T | None:
    """What reading gives; where it fails, None and the reasons among the problems."""
    try:
        return read()
    except Problems as error:
        problems.extend(error.problems)
    except InputError as error:
        problems.append(Problem(error.what, error.where, error.why, error.do))
    return None


# --- pictures ---------------------------------------------------------------------------------------


def images(nodes: Sequence[Node]) -> Iterator[Image]:
    """The pictures of a text, in its order."""
    for node in nodes:
        match node:
            case Image():
                yield node
            case Listing():
                for item in node.items:
                    yield from images(item)
            case Quote():
                yield from images(node.nodes)


def _named_in_text(issue: Issue) -> Iterator[tuple[str, Where]]:
    """The pictures that the text names, from the issue's folder, and where."""
    for image in (image for block in issue.blocks for image in images(block.nodes)):
        yield image.src, Where(issue.where.file, image.line)


def _named_in_picks(found: Sequence[Pick], path: str) -> Iterator[tuple[str, Where]]:
    """The pictures of what was picked, and where."""
    for pick in found:
        if pick.picture:
            yield pick.picture.path, Where(path, pick.picture.line)


def _pictures(
    workspace: Workspace, folder: str, named: Sequence[tuple[str, Where]], problems: list[Problem]
) -> Iterator[tuple[str, bytes]]:
    """Each picture that the issue shows, once. Some systems spell å in file names with two characters."""
    stored = {unicodedata.normalize("NFC", path): path for path in workspace.names(folder)}
    read: set[str] = set()
    for src, where in named:
        name = f"{folder}/{src}"
        path = stored.get(name)
        if path is None:
            problems.append(_missing(src, where, [name.removeprefix(f"{folder}/") for name in stored]))
        elif name not in read:
            read.add(name)
            data = workspace.read(path)
            if data.startswith((_PNG, _JPEG)):
                yield name, data
            else:
                problems.append(_no_picture(src, where))


def _missing(src: str, where: Where, stored: Sequence[str]) -> Problem:
    folded = {name.casefold(): name for name in stored}
    close = get_close_matches(src.casefold(), folded, n=1)
    do = f"Menade du {folded[close[0]]}?" if close else "Lägg bilden i mappen pictures, eller rätta namnet."
    return Problem(f"Bilden {src} finns inte.", where, "Den ska ligga i brevets mapp.", do)


def _no_picture(src: str, where: Where) -> Problem:
    return Problem(
        f"Bilden {src} är varken PNG eller JPEG.",
        where,
        "Det är filens innehåll som räknas, inte dess namn; andra sorter syns inte i alla mejlprogram.",
        "Öppna bilden och spara om den som PNG eller JPEG.",
    )

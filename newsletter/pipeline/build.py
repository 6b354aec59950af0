"""``build``: an issue's letters on disk, one folder an edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter import compose, render
from newsletter.errors import ChecksFailed
from newsletter.model.digest import letter_digest
from newsletter.model.letter import Edition, Letter
from newsletter.pipeline.check import Checked, Ports, Rendered, checked, rendered

FOLDER = "build"


@dataclass(frozen=True, slots=True)
class BuiltLetter:
    """One edition on disk."""

    edition: str
    readers: int  # on the lists now, suppressed people among them
    segments: Mapping[str, int]  # of the readers; somebody may be in several
    counties: Mapping[str, int]  # of the readers; those of no known county under an empty name
    differs: compose.Difference  # from the first edition
    digest: str  # of all that its readers could tell apart, before personal marks
    html_bytes: int
    picture_bytes: int
    folder: str  # from the workspace


@dataclass(frozen=True, slots=True)
class Built:
    """An issue on disk."""

    issue: str
    letters: tuple[BuiltLetter, ...]
    checked: Checked


def build(issue_id: str, ports: Ports) -> Built:
    """Write ``build/ISSUE/EDITION/{letter.html,letter.txt,pictures/}``; what was there before goes.

    Nothing is written where the issue or a template is wrong, nor where a letter is so large that Gmail would
    cut it off (ChecksFailed). Other findings come with the result, so that the letter can be looked at.
    """
    made = rendered(issue_id, ports)
    found = checked(made, settings=ports.settings, now=ports.now)
    _refuse_too_big(found)
    ports.workspace.replace(f"{FOLDER}/{issue_id}", _files(made))
    built = (
        _built(letter, edition, made) for letter, edition in zip(made.letters, made.editions, strict=True)
    )
    return Built(issue_id, tuple(built), found)


def _refuse_too_big(found: Checked) -> None:
    for finding in found.errors:
        if finding.rule == "html-too-big":
            raise ChecksFailed(finding.what, where=finding.where, why=finding.why, do=finding.do)


def _files(made: Rendered) -> Mapping[str, bytes]:
    return {
        f"{letter.edition}/{name}": data
        for letter in made.letters
        for name, data in render.on_disk(letter).items()
    }


def _built(letter: Letter, edition: Edition, made: Rendered) -> BuiltLetter:
    who = made.readers[letter.edition]
    return BuiltLetter(
        edition=letter.edition,
        readers=who.readers,
        segments=dict(sorted(who.segments.items())),
        counties=dict(sorted(who.counties.items())),
        differs=compose.difference(made.editions[0], edition),
        digest=letter_digest(letter),
        html_bytes=len(letter.html.encode()),
        picture_bytes=sum(len(picture.data) for picture in letter.pictures),
        folder=f"{FOLDER}/{letter.issue}/{letter.edition}",
    )

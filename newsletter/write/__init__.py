"""Markdown text becomes an Issue, or a list of everything that is wrong with it.

    text → characters → allowances → front matter                      ┐
                                   → footnotes → fences → prose → blocks ┴→ Issue

What may stand in an issue is described for its writer in docs/writing.md.
"""

from __future__ import annotations

from dataclasses import replace

from newsletter.model.issue import Block, BlockKind, Issue
from newsletter.model.where import Where
from newsletter.write import fences
from newsletter.write.allowances import allowances
from newsletter.write.blocks import blocks
from newsletter.write.characters import normalised, without_unseen
from newsletter.write.footnotes import numbered
from newsletter.write.front import Front, divided, front
from newsletter.write.ids import named
from newsletter.write.mistakes import Mistakes
from newsletter.write.prose import Prose

__all__ = ["issue"]

_LONGEST = 1_000_000  # characters; a long issue has 30,000


def issue(text: str, path: str, *, issue_id: str) -> Issue:
    """The issue in the folder `issue_id`, from the text of its file at `path`.

    Raises Problems with every mistake that was found, each with its file and line.
    """
    mistakes = Mistakes(path)
    _check_length(text, mistakes)
    written = without_unseen(normalised(text), 1, mistakes).split("\n")
    allowed, lines = allowances(written, 1, mistakes)
    head, start = divided(lines, mistakes)
    understood = front(head, issue_id, mistakes)
    before = len(mistakes.found)
    prose = Prose("\n".join(body_lines := numbered(lines[start:])), mistakes)
    body = _body(body_lines, start + 1, prose, mistakes)
    if head and not body and len(mistakes.found) == before:
        mistakes.add(start, "Brevet är tomt.", do="Skriv något under den andra raden med ---.")
    mistakes.raise_if_any()
    return replace(
        _whole(issue_id, path, understood, body), allowances=allowed, headings=tuple(prose.headings)
    )


def _check_length(text: str, mistakes: Mistakes) -> None:
    if len(text) > _LONGEST:
        mistakes.add(1, "Filen är för stor för att vara ett brev.", do="Kontrollera att det är rätt fil.")
        mistakes.raise_if_any()


def _body(lines: list[str], first: int, prose: Prose, mistakes: Mistakes) -> tuple[Block, ...]:
    found: list[Block] = []
    for part in fences.parts(lines, first, mistakes):
        fenced = part.kind is not BlockKind.TEXT
        found += blocks(part, prose.nodes(part.lines, fenced=fenced), mistakes)
    _check_news(found, mistakes)
    return named(found)


def _check_news(found: list[Block], mistakes: Mistakes) -> None:
    """Member news has one place, so that nobody gets it twice."""
    places = [block for block in found if block.kind is BlockKind.MEMBER_NEWS]
    for place in places[1:]:
        mistakes.add(
            place.where.line,
            f"Medlemsnytt har redan en plats, på rad {places[0].where.line}.",
            do="Ta bort det ena blocket.",
        )


def _whole(issue_id: str, path: str, head: Front, body: tuple[Block, ...]) -> Issue:
    return Issue(
        id=issue_id,
        title=head.title,
        subject=head.subject,
        preheader=head.preheader,
        date=head.date,
        language=head.language,
        kind=head.kind,
        sender=head.sender,
        audiences=head.audiences,
        blocks=body,
        where=Where(path),
        lines=head.lines,
        ordering=head.ordering,
        mark_own=head.mark_own,
    )

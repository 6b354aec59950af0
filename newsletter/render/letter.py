"""An edition becomes a letter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import mjml
from markupsafe import Markup

from newsletter.errors import InputError
from newsletter.model.issue import BlockKind, Issue
from newsletter.model.letter import Edition, Letter, LetterSender, Mark, Picture
from newsletter.model.settings import Settings
from newsletter.model.where import Where
from newsletter.render import dates, illustrations, text, words
from newsletter.render.guards import guarded
from newsletter.render.links import links, news_file
from newsletter.render.prose import Writer
from newsletter.render.templates import Templates
from newsletter.render.theme import Theme
from newsletter.render.view import BlockView, Viewer, plain_marks

_FEWEST_CONTENTS = 4  # from here on a list of contents is worth its place
_CUT = re.compile(r"<!--(?:block (\d+)|/block)-->")
_SPOILED = re.compile(r'="[^"]*\\u\{')  # in an attribute; in running text somebody may have meant it


def letter(
    edition: Edition,
    *,
    templates: Mapping[str, str],
    theme: Theme,
    settings: Settings,
    pictures: Mapping[str, bytes],
    members: Mapping[str, str] | None = None,
) -> Letter:
    """The letter of an edition, personal marks still in it.

    `templates` are Jinja2 texts by file name; `pictures` bytes by path from the workspace (see
    :func:`~newsletter.render.illustrations.picture_paths`); `members` names by id. Raises InputError or
    Problems with the file and line of the issue or of the template.
    """
    sender = _sender(edition.issue, settings)
    hosting = _hosting(settings, edition.issue)
    domain = sender.address.rpartition("@")[2]
    shown = illustrations.measured(edition, theme, pictures, domain, hosting)
    writer = Writer(theme, lambda src: shown[illustrations.path(edition.issue, src)])
    viewer = Viewer(edition, settings, writer, shown, members or {})
    blocks = viewer.blocks()
    contents = _contents(edition.issue, blocks)
    pieces = _pieces(_html(viewer, blocks, contents, theme, templates, hosting), blocks)
    page = "".join(piece for _, piece in pieces)
    visible = _visible(page, shown)
    return Letter(
        issue=edition.issue.id,
        edition=edition.id,
        language=viewer.language,
        subject=plain_marks(edition.issue.subject),
        preheader=plain_marks(edition.issue.preheader),
        html=page,
        text=plain_marks(text.part(viewer, theme, words.of(viewer.language), contents)),
        pictures=() if hosting else visible,
        hosted=visible if hosting else (),
        links=links(pieces, edition),
        sender=sender,
        headers=_headers(sender, settings),
        source_map=_source_map(edition),
        block_bytes={name: len(piece.encode()) for name, piece in pieces if name},
        left_out=illustrations.left_out(edition),
    )


def _sender(issue: Issue, settings: Settings) -> LetterSender:
    if issue.sender in settings.senders:
        return settings.senders[issue.sender]
    raise InputError(
        f"Avsändaren {issue.sender} finns inte.",
        where=Where(issue.where.file, issue.lines.get("sender", 0)),
        why=f"I newsletter.toml finns: {', '.join(sorted(settings.senders)) or 'ingen'}.",
        do=f"Välj en av dem, eller lägg till [senders.{issue.sender}] i newsletter.toml.",
    )


def _headers(sender: LetterSender, settings: Settings) -> Mapping[str, str]:
    """What list software and mail programs go by; docs/decisions/0002-headers-of-a-letter.md says why."""
    return {
        "List-Id": f"<{sender.address.replace('@', '.')}>",
        "List-Unsubscribe": f"<{Mark.UNSUBSCRIBE.token}>",
        "List-Owner": f"<mailto:{settings.association.contact}>",
        "List-Post": "NO",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def _source_map(edition: Edition) -> Mapping[str, Where]:
    picks = {pick.id: Where(news_file(edition), pick.line) for pick in edition.picks}
    return picks | {block.id: block.where for block in edition.blocks}


def _contents(issue: Issue, blocks: Sequence[BlockView]) -> tuple[str, ...]:
    """The titles of what is worth finding; none in short letters."""
    told = {BlockKind.CARD.value, BlockKind.INVITATION.value}
    titles = tuple(block.title for block in blocks if block.kind in told and block.title)
    return titles if len(titles) >= _FEWEST_CONTENTS else ()


def _hosting(settings: Settings, issue: Issue) -> str:
    """The web folder of the issue's pictures; empty where they travel inside."""
    return f"{settings.assets_base_url}/{issue.id}" if settings.assets_base_url else ""


def _visible(page: str, shown: Mapping[str, Picture]) -> tuple[Picture, ...]:
    """The pictures that the page shows, each once, in the page's order."""
    places = {picture.cid: page.find(picture.src) for picture in shown.values()}
    once = {picture.cid: picture for picture in shown.values() if places[picture.cid] >= 0}
    return tuple(sorted(once.values(), key=lambda picture: places[picture.cid]))


# --- HTML -------------------------------------------------------------------------------------------------


def _html(
    viewer: Viewer,
    blocks: Sequence[BlockView],
    contents: Sequence[str],
    theme: Theme,
    templates: Mapping[str, str],
    hosting: str,
) -> str:
    """The page, with comments around each block that :func:`_pieces` takes out again."""
    filling = Templates(templates, **_shared(viewer, theme))
    written = [
        Markup("<mj-raw><!--block {}--></mj-raw>{}<mj-raw><!--/block--></mj-raw>").format(
            number, Markup(filling.filled(block.kind, block=block))
        )
        for number, block in enumerate(blocks)
    ]
    whole = filling.filled("letter", blocks=written, views=blocks, contents=contents)
    return _converted(plain_marks(whole), hosting)


def _shared(viewer: Viewer, theme: Theme) -> Mapping[str, Any]:
    """What every template knows."""
    issue = viewer.edition.issue
    logo = viewer.pictures.get(theme.logo)
    return {
        "letter": {
            "title": issue.title,
            "subject": issue.subject,
            "preheader": issue.preheader,
            "date": dates.day(issue.date, viewer.language),
            "language": viewer.language,
            "kind": issue.kind.value,
            "edition": viewer.edition.id,
        },
        "logo": {"src": logo.src, "alt": theme.logo_alt, "width": theme.logo_width} if logo else None,
        "theme": theme,
        "light": theme.light,
        "dark": theme.dark,
        "association": viewer.settings.association,
        "words": words.of(viewer.language),
        "footer": theme.footers.get(viewer.language, (words.of(viewer.language)["why"],)),
        "marks": {mark.value: mark.token for mark in Mark},
        "heading": viewer.writer.heading,
    }


def _converted(source: str, hosting: str) -> str:
    """MJML to HTML. `fonts={}`, since mrml else links to a third party's font."""
    safe = guarded(source, hosting)
    try:
        page: str = mjml.mjml2html(safe, disable_comments=False, fonts={})
    except ValueError as error:
        raise InputError(
            "Mallen går inte att översätta till HTML.",
            where=Where("templates/letter.mjml.j2"),
            why=str(error),
            do="Jämför med programmets egen mall.",
        ) from error
    if _SPOILED.search(page):
        raise InputError(
            "Ett tecken blev förstört i översättningen.",
            where=Where("templates/letter.mjml.j2"),
            why="Ett attribut innehåller \\u{…} i stället för tecknet.",
            do="Ta bort ovanliga tecken ur attribut i mallen.",
        )
    return page


def _pieces(page: str, blocks: Sequence[BlockView]) -> tuple[tuple[str, str], ...]:
    """The page cut at the blocks: block id (empty between them) and HTML."""
    parts = _CUT.split(page)
    names = (blocks[int(number)].id if number else "" for number in ("", *parts[1::2]))
    return tuple(zip(names, parts[::2], strict=True))

"""Which pictures an edition shows, and where each is named."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from newsletter.errors import InputError, Problem, Problems
from newsletter.model.issue import Block, Issue
from newsletter.model.letter import Edition, Picture
from newsletter.model.prose import Image, Listing, Node, Quote, Table
from newsletter.model.where import Where
from newsletter.render.links import news_file
from newsletter.render.pictures import picture
from newsletter.render.theme import Theme


def picture_paths(edition: Edition, theme: Theme) -> Mapping[str, Where]:
    """The files to read for an edition, by path from the workspace, with the place that asks for each."""
    paths = {path(edition.issue, image.src): where for image, where in _images(edition.blocks)}
    logo = {theme.logo: Where("templates/theme.toml")} if theme.logo else {}
    return {**logo, **dict(_of_news(edition)), **paths}


def left_out(edition: Edition) -> Mapping[str, Where]:
    """The pictures of member news that nobody has described, with the place that names each."""
    return {
        pick.picture.path: Where(news_file(edition), pick.picture.line)
        for pick in edition.picks
        if pick.picture and not pick.picture.alt
    }


def path(issue: Issue, src: str) -> str:
    """A picture's path from the workspace; the issue names it from its own folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(issue.where.file), src))


def _of_news(edition: Edition) -> Iterator[tuple[str, Where]]:
    """The pictures of member news; one that nobody has described is not shown."""
    for pick in edition.picks:
        if pick.picture and pick.picture.alt:
            yield path(edition.issue, pick.picture.path), Where(news_file(edition), pick.picture.line)


def measured(
    edition: Edition, theme: Theme, data: Mapping[str, bytes], host: str, folder: str = ""
) -> Mapping[str, Picture]:
    """Each picture by path, ready to travel, or to lie in `folder`, a web address.

    Raises Problems with every one that is missing or no picture.
    """
    problems: list[Problem] = []
    shown: dict[str, Picture] = {}
    for file, where in picture_paths(edition, theme).items():
        try:
            shown[file] = picture(file, data.get(file), where, host, folder)
        except InputError as error:
            problems.append(Problem(error.what, error.where, error.why, error.do))
    Problems.raise_if(problems)
    return shown


def _images(blocks: Sequence[Block]) -> Iterator[tuple[Image, Where]]:
    for block in blocks:
        for image in _of(block.nodes):
            yield image, Where(block.where.file, image.line or block.where.line)


def _of(nodes: Sequence[Node]) -> Iterator[Image]:
    """The pictures among nodes, also those in lists, quotations and tables."""
    for node in nodes:
        match node:
            case Image():
                yield node
            case Listing(items):
                yield from (image for item in items for image in _of(item))
            case Quote(below):
                yield from _of(below)
            case Table(head, rows):
                cells = (cell for row in (head, *rows) for cell in row)
                yield from (piece for cell in cells for piece in cell if isinstance(piece, Image))

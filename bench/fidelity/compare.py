r"""Our MJML (mrml behind our guards) and node's, side by side: pictures, Outlook's tables, attributes.

    python bench/fidelity/compare.py [--keep FOLDER]

Needs `npm ci` in bench/ and a Chromium. Leaves with 1 where a document differs visibly, where Outlook's
tables are unbalanced or have other widths, where a picture has no alt or another width, or where `\u{` shows.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import mjml
from lxml import html

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.fidelity import pictures
from bench.fidelity.outlook import alike, skeleton
from newsletter.render.components import MJML
from newsletter.render.guards import guarded

HERE = Path(__file__).parent
DOCUMENTS = HERE / "documents"
WIDTHS = (375, 700)
VISIBLE = 0.01  # a share of differing pixels from which on a document is said to differ
_SPOILED = re.compile(r'="[^"]*\\u\{')


def main() -> int:
    """Compare, print the table, and say whether all is well."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--keep", type=Path, help="put pictures of what differs at all here")
    keep = options.parse_args().keep
    sources = {file.stem: file.read_text("utf-8") for file in sorted(DOCUMENTS.glob("*.mjml"))}
    ours = {name: _shown(_ours(source)) for name, source in sources.items()}
    theirs = {name: _shown(page) for name, page in _theirs().items()}
    faults = [
        *_unused(sources),
        *(fault for name in ours for fault in _faults(name, ours[name], theirs[name])),
    ]
    shares = {width: _shares(ours, theirs, width, keep) for width in WIDTHS}
    _table(sources, shares)
    faults += [
        f"{name}: {share:.2%} of the pixels differ at {width} px"
        for width, each in shares.items()
        for name, share in each.items()
        if share > VISIBLE
    ]
    print(
        "\n".join(faults) or f"\n{len(sources)} documents: none differs visibly, every structure is the same."
    )
    return 1 if faults else 0


def _ours(source: str) -> str:
    page: str = mjml.mjml2html(guarded(source), disable_comments=False, fonts={})
    return page


def _theirs() -> Mapping[str, str]:
    """Node's pages by document."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(file) for file in sorted(DOCUMENTS.glob("*.mjml"))]
        subprocess.run(
            ["node", HERE.parent / "compile.cjs", "write", folder, *files], check=True, cwd=HERE.parent
        )
        return {file.stem: file.read_text("utf-8") for file in Path(folder).glob("*.html")}


def _shown(page: str) -> str:
    """The page with a drawn picture in place of those that would travel with a letter."""
    drawn = (HERE / "documents" / "wide.png").as_uri()
    return page.replace("cid:wide", drawn)


def _unused(sources: Mapping[str, str]) -> Iterator[str]:
    """Components and attributes that we allow and no document tries."""
    written = "\n".join(sources.values())
    for name in MJML:
        if not re.search(rf"<{name}[\s/>]", written):
            yield f"{name} is allowed, and no document uses it"


def _faults(name: str, ours: str, theirs: str) -> Iterator[str]:
    mine, node = skeleton(ours), skeleton(theirs)
    yield from (f"{name}: Outlook: {wrong}" for wrong in mine.unbalanced)
    if not alike(mine, node):
        yield f"{name}: Outlook's tables differ: {_first_difference(mine.tables, node.tables)}"
    if _SPOILED.search(ours):
        yield f"{name}: \\u{{ in an attribute"
    if _images(ours) != _images(theirs):
        yield f"{name}: pictures: {_images(ours)} but node has {_images(theirs)}"
    yield from (f"{name}: a picture without alt" for alt, _ in _images(ours) if alt is None)


def _first_difference(ours: tuple[object, ...], theirs: tuple[object, ...]) -> str:
    pairs = zip([*ours, *["nothing"] * len(theirs)], [*theirs, *["nothing"] * len(ours)], strict=False)
    mine, node = next((a, b) for a, b in pairs if a != b)
    return f"{mine} where node has {node} ({len(ours)} and {len(theirs)} in all)"


def _images(page: str) -> list[tuple[str | None, str | None]]:
    """Each picture's alt (blanks as one) and width."""
    found = html.document_fromstring(page).iter("img")
    return [(_tidy(image.get("alt")), image.get("width")) for image in found]


def _tidy(alt: str | None) -> str | None:
    return None if alt is None else " ".join(unicodedata.normalize("NFC", alt).split())


def _shares(
    ours: Mapping[str, str], theirs: Mapping[str, str], width: int, keep: Path | None
) -> Mapping[str, float]:
    """The share of differing pixels of each document."""
    mine, node = pictures.taken(ours, width), pictures.taken({name: theirs[name] for name in ours}, width)
    shares = {name: pictures.differing(mine[name], node[name]) for name in ours}
    for name, share in shares.items():
        if keep and share:
            keep.mkdir(parents=True, exist_ok=True)
            pictures.beside(mine[name], node[name]).save(keep / f"{name}-{width}.png")
    return shares


def _table(sources: Mapping[str, str], shares: Mapping[int, Mapping[str, float]]) -> None:
    print(f"{'document':28}" + "".join(f"{width:>9} px" for width in shares))
    for name in sources:
        print(f"{name:28}" + "".join(f"{each[name]:>12.3%}" for each in shares.values()))


if __name__ == "__main__":
    sys.exit(main())

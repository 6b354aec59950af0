"""Other people's newsletters in Markdown: each a letter or a refusal with its line, and twice the same.

    python -m bench.wild FOLDER

Every ``.md`` and ``.markdown`` below FOLDER gets our front matter in place of its own, and goes through
writing, composing, rendering, checking and MIME, in two processes that order their sets differently. Every
picture is a grey one. Leaves with 1 where anything is not as it should be.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import html
from PIL import Image

from newsletter import check, compose, config, render, send, write
from newsletter.errors import Problems
from newsletter.model.finding import Probes
from newsletter.model.letter import Letter

ROOT = Path(__file__).parents[1]
PATH = "content/issues/2026-2/issue.md"
HEAD = """---
number: 2026-2
title: Nyhetsbrev nr 2
subject: Så som världen skriver
preheader: Text som ingen har tvättat, och som ändå ska bli ett brev
date: 2026-11-17
sender: kansliet
audiences: [politiker]
---

"""
KB = 1024
_THEIRS = re.compile(r"\A(?:---\s*\n.*?\n(?:---|\.\.\.)\s*\n|(?:[A-Z][A-Za-z]*: [^\n]*\n)+)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_INLINE = ("a", "strong", "em", "s", "code", "span")
_NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)

Told = dict[str, Any]


def main() -> int:
    """Run both processes, print what they told, and say whether all is well."""
    folder = sys.argv[1]
    if "--tell" in sys.argv:
        json.dump({name: _told(text) for name, text in _texts(Path(folder))}, sys.stdout)
        return 0
    first, second = (_run(folder, seed) for seed in ("1", "2"))
    faults = list(_faults(first, second))
    built = [each for each in first.values() if each["kind"] == "letter"]
    refused = [each for each in first.values() if each["kind"] == "refused"]
    print(f"{len(first)} texts: {len(built)} letters, {len(refused)} refused; the refused had")
    reasons = Counter(reason for each in refused for reason in {_sort(what) for what, *_ in each["problems"]})
    for reason, count in reasons.most_common(12):
        print(f"  {count:5}  {reason}")
    print("\n".join(faults) or "no crash, no refusal without its line, no word lost, none differs")
    return 1 if faults else 0


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(each for each in folder.rglob("*") if each.suffix in (".md", ".markdown")):
        text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        yield str(file.relative_to(folder)), HEAD + _THEIRS.sub("", text, count=1)


def _run(folder: str, seed: str) -> Mapping[str, Told]:
    told = subprocess.run(
        [sys.executable, "-m", "bench.wild", folder, "--tell"],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
    ).stdout
    found: Mapping[str, Told] = json.loads(told)
    return found


def _told(text: str) -> Told:
    try:
        return _letter(text)
    except Problems as error:
        problems = [
            (each.what, each.where.file if each.where else "", each.where.line if each.where else 0)
            for each in error.problems
        ]
        return {"kind": "refused", "lines": text.count("\n") + 1, "problems": problems}
    except Exception as error:
        return {"kind": "crash", "why": f"{type(error).__name__}: {error}"}


def _letter(text: str) -> Told:
    issue = write.issue(text, PATH, issue_id="2026-2")
    edition = compose.edition(issue, (), ())
    theme = render.theme()
    shown = dict.fromkeys(render.picture_paths(edition, theme), _picture())
    settings = config.load(ROOT)
    made = render.letter(edition, templates=_templates(), theme=theme, settings=settings, pictures=shown)
    found = check.findings(made, issue, settings, Probes(), _NOW)
    whole = repr((made, found, send.template(made)))
    return {
        "kind": "letter",
        "digest": hashlib.sha256(whole.encode()).hexdigest(),
        "kb": check.page_bytes(made) / KB,
        "errors": sorted({each.rule for each in found if each.where and each.severity.value == "error"}),
        "lost": sorted(_words_of_page(made) ^ _words_of_text(made))[:5],
        "headings": [each.what for each in found if each.rule == "heading-lost"],
    }


def _templates() -> dict[str, str]:
    folder = ROOT / "newsletter" / "letters"
    return {file.name: file.read_text("utf-8") for file in folder.glob("*.mjml.j2")}


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("L", (1104, 400), 128).save(file, "PNG")
    return file.getvalue()


def _words_of_page(letter: Letter) -> set[str]:
    """The words that a reader of the HTML part sees or hears."""
    page = html.document_fromstring(letter.html)
    for unseen in page.xpath("//head | //*[contains(@style, 'display:none')]"):
        unseen.drop_tree()
    for element in page.iter():
        if isinstance(element.tag, str) and element.tag not in _INLINE:
            element.text, element.tail = f" {element.text or ''}", f" {element.tail or ''}"
    said = [page.text_content(), *page.xpath("//img/@alt")]
    return {word.casefold() for text in said for word in _WORD.findall(_without_addresses(text))}


def _words_of_text(letter: Letter) -> set[str]:
    text = letter.text.replace("[Bild: ", "[")
    return {word.casefold() for word in _WORD.findall(_without_addresses(text))}


def _without_addresses(text: str) -> str:
    """The text part writes addresses out that stand behind words in the HTML."""
    return re.sub(r"\S*://\S+|\S*@\S+|www\.\S+|\{\{\w+\}\}", " ", text)


def _sort(what: str) -> str:
    """The message without what it quotes."""
    return re.sub(r"”.*”|\{\{.*\}\}|U\+\w+|\d+", "…", what)


def _faults(first: Mapping[str, Told], second: Mapping[str, Told]) -> Iterator[str]:
    for name, each in first.items():
        if each != second[name]:
            yield f"{name}: two builds differ"
        match each:
            case {"kind": "crash", "why": why}:
                yield f"{name}: {why}"
            case {"kind": "refused", "problems": problems, "lines": lines}:
                if not all(file == PATH and 0 < line <= lines for _, file, line in problems):
                    yield f"{name}: a refusal has no line"
            case {"kind": "letter"}:
                yield from (f"{name}: {fault}" for fault in _of_letter(each))


def _of_letter(told: Told) -> Iterator[str]:
    if told["kb"] > 100 and "html-too-big" not in told["errors"]:
        yield f"{told['kb']:.0f} kB leave without a refusal"
    if told["lost"]:
        yield f"words in one part alone: {' '.join(told['lost'])}"
    yield from told["headings"]


if __name__ == "__main__":
    sys.exit(main())

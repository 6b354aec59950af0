"""How fast letters are made: an edition from Markdown to MIME, and filling in its readers' marks.

    python bench/letters.py [--readers 100000]

How compiling alone stands against node is bench/compiling.py's to say. Times are those of one core's own work
(CPU seconds), which others on the machine disturb least; nothing here waits for anything.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from newsletter import compose, config, render, send, write  # noqa: E402
from newsletter.model.delivery import Delivery  # noqa: E402
from newsletter.model.letter import Letter  # noqa: E402
from newsletter.model.people import Member  # noqa: E402
from newsletter.render import guards  # noqa: E402

ROUNDS = 60
CARDS = 12
PICTURES = ROOT / "content/issues/2026-2/pictures"
HEAD = """---
number: 2026-2
title: Nyhetsbrev nr 2 · 2026
subject: Nya spår och en dag i Ludvika
preheader: Vad vi gör, vart vi samlas och hur du nominerar.
date: 2026-11-17
language: sv
sender: kansliet
audiences: [politiker]
---
Hej {{namn}}! Här är höstens brev till {{medlem}}.
"""
CARD = """
::: kort ämne=infrastruktur
![En bild om förbindelser i Bergslagen](pictures/picture.png)

## Nya spår genom Bergslagen, del %d

Dubbelspåret mellan Borlänge och Falun tar form, och **fem kommuner** har sagt vad de behöver. Under hösten
träffades kommuner, regioner och företag för att enas om vad som ska byggas först, och vem som betalar.

[Läs mer om spåren](https://www.bergslaget.example/spar/%d)
:::
"""


def main() -> None:
    """Measure and print, as figures of this machine and as ratios."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--readers", type=int, default=100_000)
    readers = options.parse_args().readers
    edition = Made()
    whole = _fastest(edition.whole)
    print(f"an edition of {CARDS} cards, Markdown to MIME  {whole * 1000:9.1f} ms   (at most 15)")
    for name, stage in edition.stages().items():
        print(f"  of which {name:34}{_fastest(stage) * 1000:9.1f} ms")
    rate = _filled(edition.letter(), readers)
    print(f"letters filled in on one core, of {readers:7}   {rate:9.0f} /s   (at least 20 000)")


class Made:
    """One edition and the steps that make it."""

    def __init__(self) -> None:
        self.text = HEAD + "".join(CARD % (number, number) for number in range(CARDS))
        self.settings = config.load(ROOT)
        self.templates = {
            file.name: file.read_text("utf-8")
            for folder in ("newsletter/letters", "templates")
            for file in (ROOT / folder).glob("*.mjml.j2")
        }
        self.theme = render.theme((ROOT / "templates/theme.toml").read_text("utf-8"))
        picture = next(iter(sorted(PICTURES.glob("*.png")))).read_bytes()
        logo = (ROOT / self.theme.logo).read_bytes()
        self.pictures = {"content/issues/2026-2/pictures/picture.png": picture, self.theme.logo: logo}
        self.issue = write.issue(self.text, "content/issues/2026-2/issue.md", issue_id="2026-2")

    def stages(self) -> dict[str, Callable[[], object]]:
        """Each step on its own."""
        made = self.letter()
        return {
            "write: Markdown to blocks": self.written,
            "render: blocks to HTML and text": self.letter,
            "send: letter to MIME template": lambda: send.template(made),
        }

    def written(self) -> object:
        """The issue, read."""
        return write.issue(self.text, "content/issues/2026-2/issue.md", issue_id="2026-2")

    def letter(self) -> Letter:
        """The letter, rendered."""
        return render.letter(
            compose.edition(self.issue, (), ()),
            templates=self.templates,
            theme=self.theme,
            settings=self.settings,
            pictures=self.pictures,
        )

    def whole(self) -> object:
        """All of it, as `send` does."""
        self.written()
        return send.template(self.letter())

    def mjml(self) -> str:
        """The edition's MJML as the translator gets it."""
        kept: list[str] = []

        def kept_and_guarded(source: str, *rest: str) -> str:
            kept.append(guards.guarded(source, *rest))
            return kept[-1]

        with patch.object(sys.modules["newsletter.render.letter"], "guarded", kept_and_guarded):
            self.letter()
        return kept[-1]


def _fastest(step: Callable[[], object]) -> float:
    """Seconds of the fastest of many rounds: what is slower was somebody else's work."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return min(times)


def _filled(letter: Letter, readers: int) -> float:
    """Letters a second, each with its own name, member, door, To, Date and Message-ID."""
    template, at = send.template(letter), datetime(2026, 11, 17, 7, tzinfo=UTC)
    members = {"hofors": Member("hofors", "Hofors kommun", "kommun", "Gävleborg", "")}
    start = time.process_time()
    for number in range(readers):
        row = Delivery(
            *(f"{number:024x}", "s", f"r{number}", f"anna.{number}@hofors.example", f"Anna Åkesson {number}"),
            *("alla", "hofors", "Gävleborg", "politiker", number // 50),
        )
        send.outgoing(template, row, send.marks(row, members, "avsluta@bergslaget.example"), at)
    return readers / (time.process_time() - start)


if __name__ == "__main__":
    main()

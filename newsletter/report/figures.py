"""The cube made into everything that the pages print: numbers, sentences, verdicts."""

from __future__ import annotations

import hashlib

from newsletter.model.figure import Cube, Figures, cube_json
from newsletter.report import labels as named
from newsletter.report import remarks, tables, words
from newsletter.report.charts import BANDS_NOTE, charts, scale_to
from newsletter.report.labels import Labels

ARTICLE_NOTE = (
    "Läsare är personer med minst ett mänskligt klick på artikeln. Det som står överst i brevet får fler "
    "klick. "
    "< 5 och dold skyddar enskilda."
)


def figures(cube: Cube, previous: Cube | None, labels: Labels) -> Figures:
    """All that is printed, from the published cube and the cube of the issue before, if it has one."""
    articles = tables.articles(cube, labels)
    top = max((row.rate.interval.high for row in articles if row.rate), default=0.02)
    made = charts(cube, previous, labels)
    digest = _digest(cube_json(cube))
    return Figures(
        title=labels.title,
        association=labels.association,
        sent=labels.day(cube.planned_at),
        measured=labels.day(cube.until),
        mode=words.MODES.get(cube.mode, cube.mode),
        notice=words.notice(cube),
        headline=words.headline(cube, previous, labels),
        keys=words.keys(cube, labels),
        charts=made,
        charts_note=BANDS_NOTE if made else "",
        suggestions=remarks.suggestions(cube, labels),
        article_groups=tuple(named.group(cell.key) for cell in tables.article_columns(cube)),
        articles=articles,
        article_scale=scale_to(top)[0],
        article_note=ARTICLE_NOTE,
        clicks=tables.clicks(cube),
        clicks_note=remarks.clicks_note(cube),
        health=tables.health(cube),
        members=tables.members(cube, labels),
        member_note=remarks.merged_note(cube, labels),
        quality=remarks.quality(cube),
        unknowable=remarks.unknowable(cube),
        method=remarks.method(cube),
        run=_digest(digest + (cube_json(previous) if previous else "") + repr(labels))[:12],
        digest=digest,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

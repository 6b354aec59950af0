"""Spam: what a filter on the receiving side is likely to hold against the letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newsletter.check.finding import error, warning
from newsletter.model.finding import Finding, Probes, SpamRule
from newsletter.model.letter import Letter
from newsletter.model.where import Where

WARN, REFUSE = 2.0, 5.0  # points; 5 is where SpamAssassin itself says spam
_LEAST = 0.1  # points of a rule that is worth naming
_NBSP = "\N{NO-BREAK SPACE}"

# SpamAssassin has no Swedish of its own; a rule that is not here is told by its name.
_SWEDISH: Mapping[str, str] = {
    "BODY_URI_ONLY": "nästan bara länkar",
    "DEAR_SOMETHING": "börjar med ”Dear …”",
    "DEAR_FRIEND": "börjar med ”Dear friend”",
    "EMPTY_MESSAGE": "ingen text",
    "EXCUSE_4": "skriver om att avsluta på ett sätt som skräppost gör",
    "GAPPY_SUBJECT": "mellanrum mellan bokstäverna i ämnesraden",
    "HTML_FONT_LOW_CONTRAST": "text i nästan samma färg som bakgrunden",
    "HTML_FONT_SIZE_HUGE": "mycket stor text",
    "HTML_IMAGE_ONLY_04": "nästan bara bilder",
    "HTML_IMAGE_ONLY_08": "nästan bara bilder",
    "HTML_IMAGE_ONLY_12": "mest bilder och lite text",
    "HTML_IMAGE_ONLY_16": "mest bilder och lite text",
    "HTML_IMAGE_ONLY_20": "mest bilder och lite text",
    "HTML_IMAGE_ONLY_24": "mest bilder och lite text",
    "HTML_IMAGE_ONLY_28": "mest bilder och lite text",
    "HTML_IMAGE_ONLY_32": "mest bilder och lite text",
    "HTML_IMAGE_RATIO_02": "lite text för så mycket bild",
    "HTML_IMAGE_RATIO_04": "lite text för så mycket bild",
    "HTML_IMAGE_RATIO_06": "lite text för så mycket bild",
    "HTML_IMAGE_RATIO_08": "lite text för så mycket bild",
    "HTML_TITLE_SUBJ_DIFF": "sidans titel är en annan än ämnesraden",
    "INVALID_DATE": "ogiltigt datum i brevhuvudet",
    "INVALID_MSGID": "ogiltigt Message-ID",
    "MIME_HTML_ONLY": "ingen textdel",
    "MIME_QP_LONG_LINE": "för långa rader",
    "MISSING_DATE": "datum saknas i brevhuvudet",
    "MISSING_HEADERS": "mottagare saknas i brevhuvudet",
    "MISSING_MID": "Message-ID saknas",
    "MISSING_SUBJECT": "ämnesrad saknas",
    "MPART_ALT_DIFF": "textdelen och HTML-delen skiljer sig",
    "MPART_ALT_DIFF_COUNT": "textdelen och HTML-delen skiljer sig",
    "SUBJ_ALL_CAPS": "ämnesraden är i versaler",
    "SUBJ_AS_SEEN": "ämnesrad som ofta syns i skräppost",
    "SUBJECT_NEEDS_ENCODING": "ämnesraden är inte kodad",
    "TVD_SPACE_RATIO": "ovanligt få mellanslag",
    "T_REMOTE_IMAGE": "bilder hämtas utifrån",
    "URI_HEX": "länkar med kodade tecken",
    "WEIRD_PORT": "länk till en ovanlig port",
}


def findings(letter: Letter, probes: Probes) -> Iterator[Finding]:
    """What the filter said, where it was asked and had much to say."""
    verdict = probes.spam.get(letter.edition)
    if verdict is None or verdict.points < WARN:
        return
    say = error if verdict.points >= REFUSE else warning
    yield say(
        "spam-refused" if verdict.points >= REFUSE else "spam-like",
        f"SpamAssassin ger brevet {points(verdict.points)}{_NBSP}poäng; gränsen för skräppost är {REFUSE:g}.",
        Where(letter_file(letter)),
        why="Servrar som räknar på samma sätt lägger brevet i skräpposten. "
        f"Mest väger: {_named(verdict.rules)}.",
        do="Ändra det som väger mest, och granska igen.",
        edition=letter.edition,
    )


def points(number: float) -> str:
    """Points in Swedish: 2,1."""
    return f"{number:.1f}".replace(".", ",").replace("-", "−")


def said(rule: SpamRule) -> str:
    """A rule in words."""
    return f"{_SWEDISH.get(rule.name, rule.name)} ({points(rule.points)})"


def letter_file(letter: Letter) -> str:
    """The file that the letter was written in."""
    files = (where.file for where in letter.source_map.values() if where.file.endswith("issue.md"))
    return next(files, f"content/issues/{letter.issue}/issue.md")


def _named(rules: tuple[SpamRule, ...]) -> str:
    heavy = sorted((rule for rule in rules if rule.points >= _LEAST), key=lambda rule: -rule.points)
    return ", ".join(said(rule) for rule in heavy[:5]) or "inget enskilt"

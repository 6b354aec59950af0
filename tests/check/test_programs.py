"""What mail programs do with a letter: support, Outlook's own tables, and the spam filter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import check, config
from newsletter.check import Reference, outlook, spam, support
from newsletter.edges.package import example, shipped
from newsletter.edges.spam import SpamAssassin, installed
from newsletter.edges.workspace import Folder
from newsletter.errors import OutsideError
from newsletter.model.finding import Probes, Severity, SpamRule, SpamVerdict
from newsletter.pipeline.check import Ports
from newsletter.pipeline.check import check as check_pipeline
from newsletter.pipeline.filtering import sample
from tests.check.through import NOW, card, looked_at, text
from tests.render.building import ROOT, SETTINGS, letter

GOOD = letter()
DATA = shipped("check/data")["caniemail.json"]
FEATURES = check.features(DATA)


def _unsupported(css: str, body: str = "", plain: str = "") -> list[str]:
    page = f"<html><head><style>{css}</style></head><body>{body}</body></html>"
    reference = Reference(features=FEATURES, plain=check.used(f"<style>{plain}</style><p></p>"))
    return [
        each.what.partition(" fungerar")[0] for each in support.findings(replace(GOOD, html=page), reference)
    ]


@pytest.mark.parametrize(
    ("css", "body", "title"),
    [
        (".x { display: flex }", "", "display:flex"),
        (".x { display: grid; gap: 1rem }", "", "gap, column-gap, row-gap"),
        (".x { width: calc(100% - 2px) }", "", "CSS calc() function"),
        (".x:hover { color: red }", "", ":hover"),
        (".x { background-image: linear-gradient(red, blue) }", "", "linear-gradient()"),
        ("@font-face { font-family: X }", "", "@font-face"),
        ("", "<video></video>", "<video> element"),
        ("", "<p style='position:absolute'>x</p>", "position"),
        ("p { color: var(--x) }", "", "CSS Variables (Custom Properties)"),
        ("@media (prefers-reduced-motion) { p { color: red } }", "", "@media (prefers-reduced-motion)"),
    ],
)
def test_what_some_programs_do_not_understand_is_named(css: str, body: str, title: str) -> None:
    """CSS and HTML are held against the data, feature by feature."""
    assert title in _unsupported(css, body)


def test_what_the_programs_own_templates_use_is_not_told_of() -> None:
    """The baseline is subtracted."""
    assert "display:flex" not in _unsupported(".x { display: flex }", plain=".y { display: flex }")


def test_an_unmodified_template_gives_no_noise_and_own_css_does(tmp_path: Path) -> None:
    """A workspace without templates hears nothing; its own style is told of with file and line."""
    assert looked_at(tmp_path / "a", text(card("Det går bra."))).findings == ()
    head = (ROOT / "newsletter/letters/head.mjml.j2").read_text("utf-8")
    own = head.replace("<mj-style>", "<mj-style>\n.sheet { display: flex; }", 1)
    files = {"templates/head.mjml.j2": own.encode()}
    found = looked_at(tmp_path / "b", text(card("Det går bra.")), files=files).findings
    told = next(each for each in found if each.what.startswith("display:flex"))
    assert told.where
    assert told.where.file == "templates/head.mjml.j2"
    assert own.splitlines()[told.where.line - 1].strip() == ".sheet { display: flex; }"


def test_the_associations_own_letter_uses_nothing_odd() -> None:
    """The data is whole: every feature has keys and programs, and names its source."""
    whole = json.loads(DATA)
    assert "caniemail" in whole["source"]
    assert len(FEATURES) > 150
    assert all(each.keys and each.lacking for each in FEATURES)


# --- Outlook --------------------------------------------------------------------------------------------


def _outlook(page: str) -> list[str]:
    return [each.rule for each in outlook.findings(replace(GOOD, html=page))]


MSO = "<!--[if mso | IE]>{}<![endif]-->"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (f"{MSO.format('<table width=`600`><tr><td>')}x{MSO.format('</td></tr></table>')}", []),
        (f"{MSO.format('<table><tr><td>')}x", ["outlook-unbalanced"]),
        (f"{MSO.format('<table><tr>')}x{MSO.format('</table>')}", ["outlook-unbalanced"]),
        ("<!--[if mso]><b>x</b>", ["outlook-unbalanced"]),
        ("x<![endif]-->", ["outlook-unbalanced"]),
        ("<!--[if !mso]><!--><table><!--<![endif]-->", []),
        (
            MSO.format(
                "<table style='width:600px'><tr><td style='width:400px'></td><td style='width:300px'></td>"
            )
            + MSO.format("</tr></table>"),
            ["outlook-width"],
        ),
        (
            MSO.format("<table style='width:600px'><tr><td style='width:200px'>")
            + "<img width='300'>"
            + MSO.format("</td></tr></table>"),
            ["outlook-width"],
        ),
    ],
)
def test_outlooks_own_tables_close_and_fit(page: str, found: list[str]) -> None:
    """Conditions pair, the tables within them close across, and nothing is wider than its place."""
    assert _outlook(page.replace("`", "'")) == found


def test_the_programs_own_letter_is_whole_in_outlook() -> None:
    """Every kind of block, as Outlook sees it, closes and fits."""
    assert list(outlook.findings(GOOD)) == []


# --- the spam filter ------------------------------------------------------------------------------------


class Strict:
    """The SpamFilter port, of one mind about everything."""

    def __init__(self, points: float) -> None:
        self._points = points

    def verdicts(self, letters: Sequence[bytes]) -> Sequence[SpamVerdict]:
        """The same for all."""
        return [SpamVerdict(self._points, (SpamRule("SUBJ_ALL_CAPS", self._points),)) for _ in letters]


class Broken:
    """The SpamFilter port, out of order."""

    def verdicts(self, letters: Sequence[bytes]) -> Sequence[SpamVerdict]:
        """Nothing."""
        raise OutsideError("SpamAssassin kunde inte döma brevet.", why="Trasig.")


@pytest.mark.parametrize(
    ("points", "rule", "severity"),
    [(1.9, "", None), (2.0, "spam-like", Severity.WARNING), (5.0, "spam-refused", Severity.ERROR)],
)
def test_points_are_told_in_swedish(points: float, rule: str, severity: Severity | None) -> None:
    """From 2 points the filter's reasons are told, and from 5 the letter is refused."""
    verdict = SpamVerdict(points, (SpamRule("SUBJ_ALL_CAPS", points), SpamRule("X_ODD", 0.2)))
    found = list(spam.findings(GOOD, Probes(spam={"alla": verdict})))
    assert [(each.rule, each.severity) for each in found] == ([(rule, severity)] if rule else [])
    assert all("ämnesraden är i versaler" in each.why for each in found)
    assert all("X_ODD (0,2)" in each.why for each in found)


def test_a_filter_that_is_missing_or_broken_is_said(tmp_path: Path) -> None:
    """Without a verdict there is no finding, and the result says that nobody looked."""
    issue = text(card("Det går bra."))
    assert any("SpamAssassin" in each for each in looked_at(tmp_path, issue).unlooked)
    assert any("Trasig." in each for each in looked_at(tmp_path, issue, spam=Broken()).unlooked)
    judged = looked_at(tmp_path, issue, spam=Strict(6.0))
    assert judged.spam["alla"].points == 6.0
    assert [each.rule for each in judged.errors] == ["spam-refused"]


def test_a_program_that_does_not_answer_is_an_error_of_the_outside(tmp_path: Path) -> None:
    """A missing program, one that fails and one that says something else raise OutsideError."""
    for path in (tmp_path / "none", Path("/bin/false"), Path("/bin/cat")):
        with pytest.raises(OutsideError):
            SpamAssassin(str(path)).verdicts([b"Subject: x\r\n\r\nHej\r\n"])


@pytest.mark.spamassassin
def test_our_own_letter_is_not_like_spam(spamassassin: SpamAssassin) -> None:
    """Every kind of block, as a reader gets it, has at most 0.5 points by the local rules."""
    mail = sample(GOOD, settings=SETTINGS, now=NOW)
    first, second = spamassassin.verdicts([mail, mail])
    assert first == second
    assert first.points <= 0.5


@pytest.mark.spamassassin
@pytest.mark.parametrize("number", ["2026-1", "2026-2"])
def test_the_associations_letters_are_not_like_spam(
    spamassassin: SpamAssassin, tmp_path: Path, number: str
) -> None:
    """Every edition of the example's issues has at most 0.5 points, and no error stands."""
    Folder(tmp_path).write(example())
    ports = Ports(
        workspace=Folder(tmp_path),
        people=None,
        settings=config.load(tmp_path),
        shipped=shipped("letters"),
        now=NOW,
        support=DATA,
    )
    checked = check_pipeline(number, ports, spam=spamassassin)
    assert checked.errors == ()
    assert checked.spam.keys() <= set(checked.editions)
    assert max(verdict.points for verdict in checked.spam.values()) <= 0.5


@pytest.mark.spamassassin
def test_the_filter_knows_spam(spamassassin: SpamAssassin) -> None:
    """SpamAssassin's own test line is judged as spam, so that a low score means something."""
    line = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    (verdict,) = spamassassin.verdicts([b"Subject: Test\r\nFrom: a@example.org\r\n\r\n" + line + b"\r\n"])
    assert verdict.points > 100
    assert any(rule.name == "GTUBE" for rule in verdict.rules)


@pytest.fixture
def spamassassin() -> SpamAssassin:
    """The program of this machine."""
    found = installed()
    if found is None:
        pytest.skip("SpamAssassin is not installed")
    return found

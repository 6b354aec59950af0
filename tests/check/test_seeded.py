"""Faults that were planted on purpose: each is found or refused with its place, and none crashes."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest

from newsletter import config
from newsletter.edges.workspace import Folder
from newsletter.errors import InputError, Problems
from newsletter.model.finding import Finding
from newsletter.model.issue import IssueKind
from newsletter.pipeline.new import new
from tests.check.through import PATH, card, looked_at, text
from tests.render.building import png

NBSP, JOINED = "\N{NO-BREAK SPACE}", "\U0001f469\u200d\U0001f469\u200d\U0001f467"
DARK_LINK = '[dark]\nlink = "#6b5a52"\n'


def _rules(folder: Path, issue: str, **given: object) -> dict[str, Finding]:
    return {each.rule: each for each in looked_at(folder, issue, **given).findings}  # type: ignore[arg-type]


def _refusal(folder: Path, issue: str) -> InputError:
    with pytest.raises(InputError) as caught:
        looked_at(folder, issue)
    return caught.value


def _places(error: InputError) -> list[str]:
    problems = error.problems if isinstance(error, Problems) else [error]
    return [str(problem.where) for problem in problems]


def test_a_good_issue_has_nothing_to_mend(tmp_path: Path) -> None:
    """An issue without faults gives no finding, so that what the others find is their own."""
    assert _rules(tmp_path, text(card("Det går bra."))) == {}


@pytest.mark.parametrize(
    "alt",
    [
        f"40{NBSP}% av exporten",
        f"En familj {JOINED} vid spåret",
        'Skylten ”Bergslagen” och "Ludvika"',
        "a\u0308r å",
    ],
)
def test_odd_characters_in_an_alt_reach_the_reader_whole(tmp_path: Path, alt: str) -> None:
    """No-break spaces, joined emoji, quotes and decomposed letters in an alt spoil nothing."""
    found = _rules(tmp_path, text(card(f"![{alt}](pictures/tag.png)\n\nDet går bra.")))
    assert "character-spoiled" not in found
    assert "alt-missing" not in found
    assert found == {}


def test_quotes_in_a_title_spoil_nothing(tmp_path: Path) -> None:
    """A title and a heading with straight quotes, ampersands and angle brackets are shown as they are."""
    issue = text(card("Det går bra.", 'Så blev "Bruk & Bygd" < 5 > 3'), title="'Brev \"2\" & mer'")
    assert _rules(tmp_path, issue) == {}


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,hej", "vbscript:x", "JaVaScRiPt:x"])
def test_links_that_run_or_carry_something_are_refused(tmp_path: Path, href: str) -> None:
    """javascript:, data: and their like never become a letter; the refusal has the link's line."""
    assert _places(_refusal(tmp_path, text(card(f"[Läs mötesprotokollet]({href})")))) == [f"{PATH}:15"]


def test_thirty_cards_are_too_many(tmp_path: Path) -> None:
    """Thirty cards are told of at the first that is too many, and refused where Gmail would cut them."""
    words = "Det går bra, och det finns mycket att berätta om hur det gick till. " * 40
    found = _rules(tmp_path, text("".join(card(words, f"Projekt nummer {n}") for n in range(30))))
    assert found["too-many-items"].where
    assert "Så fördelar det sig" in found["html-too-big"].why


def test_a_small_picture_shown_large_is_found(tmp_path: Path) -> None:
    """A picture of 300 px shown at the letter's full width is a warning at its line."""
    files = {"content/issues/2026-2/pictures/tag.png": png(300, 200)}
    found = _rules(tmp_path, text(card("![Ett tåg på en bro](pictures/tag.png)\n\nHej.")), files=files)
    assert str(found["picture-coarse"].where) == f"{PATH}:15"
    assert "300 punkter" in found["picture-coarse"].what


@pytest.mark.parametrize("unseen", ["\x00", "\x07", "\x1b", "\u202e", "\ufdd0", "\ud800"])
def test_control_characters_are_refused_at_their_line(tmp_path: Path, unseen: str) -> None:
    """Characters that nobody sees do not become a letter."""
    assert _places(_refusal(tmp_path, text(card(f"Det går{unseen} bra.")))) in (
        [f"{PATH}:15"],
        [f"{PATH}:15", f"{PATH}:15"],
    )


@pytest.mark.parametrize("deep", ["> " * 20_000 + "x", ">" * 20_000 + "x", "- " * 20_000 + "x"])
def test_deep_nesting_is_refused_with_its_line(tmp_path: Path, deep: str) -> None:
    """20,000 nested quotes or lists are refused at their line."""
    assert _places(_refusal(tmp_path, text(card(deep))))[0] == f"{PATH}:15"


@pytest.mark.parametrize(
    "long", ["**" * 20_000, "[" * 20_000, "`" * 20_000, "_*" * 10_000 + "x", "😀" * 20_000]
)
def test_long_runs_of_signs_crash_nothing(tmp_path: Path, long: str) -> None:
    """What looks like markup without end is text, or a refusal; never a crash."""
    with contextlib.suppress(InputError):
        looked_at(tmp_path, text(card(long)))


def test_the_same_words_to_two_places_are_found(tmp_path: Path) -> None:
    """”Läs mer” to two places is both empty and ambiguous, at its lines."""
    body = card("[Läs mer](https://www.sater.se/a)") + card("[Läs mer](https://www.sater.se/b)", "Ett till")
    found = _rules(tmp_path, text(body))
    assert str(found["link-ambiguous"].where) == f"{PATH}:21"
    assert found["link-generic"].where


@pytest.mark.parametrize("kind", IssueKind)
def test_a_new_issue_that_nobody_wrote_is_refused(tmp_path: Path, kind: IssueKind) -> None:
    """What `newsletter new` lays out builds, and may not leave as it stands."""
    looked_at(tmp_path, text(card("Det går bra.")))  # lays out the workspace
    workspace, settings = Folder(tmp_path), config.load(tmp_path)
    made = new(workspace, settings, "2027-1", kind=kind, today=date(2026, 11, 10))
    written = workspace.read(made.files[0]).decode().replace("2027-1", "2026-2", 1)
    assert "placeholder" in _rules(tmp_path, written)


def test_a_dark_link_at_2_7_is_found(tmp_path: Path) -> None:
    """A workspace's own style that leaves links at 2.7:1 by night is an error with the ratio and the line."""
    foot = (
        "<mj-section><mj-column><mj-text css-class='own'>"
        "<a href='{{ marks.unsubscribe }}' style='color:#175a86'>Avsluta</a>"
        "</mj-text></mj-column></mj-section>"
    )
    head = (
        "<mj-style>@media (prefers-color-scheme: dark) {\n.own a { color: #5b5f63 !important; }\n}</mj-style>"
    )
    letter = f"""<mjml lang="{{{{ letter.language }}}}"><mj-head><mj-title>{{{{ letter.title }}}}</mj-title>
{{% include "head.mjml.j2" %}}
{head}
</mj-head><mj-body width="600px" background-color="{{{{ light.paper }}}}" css-class="paper">
<mj-section><mj-column><mj-text><h1>{{{{ letter.title }}}}</h1></mj-text></mj-column></mj-section>
{{% include "body.mjml.j2" %}}{{% include "foot.mjml.j2" %}}</mj-body></mjml>"""
    files = {"templates/letter.mjml.j2": letter.encode(), "templates/foot.mjml.j2": foot.encode()}
    found = _rules(tmp_path, text(card("Det går bra.")), files=files)
    assert "2,7:1" in found["contrast-dark"].what or "2,8:1" in found["contrast-dark"].what
    assert str(found["contrast-dark"].where) == "templates/letter.mjml.j2:4"
    assert "contrast-light" not in found


def test_a_theme_whose_dark_links_are_pale_is_refused(tmp_path: Path) -> None:
    """The theme itself refuses a dark link at 2.7:1, at its line."""
    with pytest.raises(InputError) as caught:
        looked_at(
            tmp_path,
            text(card("Det går bra.")),
            files={"templates/theme.toml": DARK_LINK.encode()},
        )
    assert str(caught.value.where) == "templates/theme.toml:2"

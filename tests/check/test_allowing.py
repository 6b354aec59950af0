"""What the communicator lets stand, and what may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsletter.check import RULES
from newsletter.cli import cli
from newsletter.cli.boundary import run
from tests.check.through import PATH, card, looked_at, text

UNSAFE = "[Sidan om spåren](http://www.sater.se/{})"
ALLOW = "# newsletter: allow {} because {}"


def _told(folder: Path, issue: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What counts, and what stands with its reason."""
    checked = looked_at(folder, issue)
    return (
        [(each.rule, str(each.where)) for each in checked.findings],
        [(each.finding.rule, each.reason) for each in checked.allowed],
    )


def test_an_allowance_in_the_head_is_for_the_whole_issue(tmp_path: Path) -> None:
    """Every finding of the rule stands, and the reason with it."""
    body = card(UNSAFE.format(1)) + card("[En annan sida om spåren](http://www.sater.se/2)", "Ett till")
    more = ALLOW.format("link-unsafe", "kommunen byter adress i vår") + "\n"
    found, stands = _told(tmp_path, text(body, more=more))
    assert found == []
    assert stands == [("link-unsafe", "kommunen byter adress i vår")] * 2


def test_an_allowance_further_down_is_for_the_nearest_below(tmp_path: Path) -> None:
    """Of two findings only the one after the line stands."""
    first = card(UNSAFE.format(1))
    second = card("[En annan sida om spåren](http://www.sater.se/2)", "Ett till")
    body = f"{first}{ALLOW.format('link-unsafe', 'den sidan är gammal')}\n\n{second}"
    found, stands = _told(tmp_path, text(body))
    assert [rule for rule, _ in found] == ["link-unsafe"]
    assert stands == [("link-unsafe", "den sidan är gammal")]


@pytest.mark.parametrize(
    ("rule", "word"),
    [("link-unsafe", "döljer"), ("link-unsfe", "Ingen regel"), ("no-way-out", "måste rättas")],
)
def test_an_allowance_of_nothing_is_told_of(tmp_path: Path, rule: str, word: str) -> None:
    """One without a finding, of no rule, or of what must be mended is a warning at its own line."""
    issue = text(card("Det går bra."), more=ALLOW.format(rule, "det ska vara så") + "\n")
    (finding,) = looked_at(tmp_path, issue).findings
    assert (finding.rule, str(finding.where)) == ("allowance-unused", f"{PATH}:10")
    assert word in finding.why


def test_an_error_that_goes_by_looks_may_stand(tmp_path: Path) -> None:
    """A word that looks forgotten but is a name may stand with a reason; then nothing blocks the letter."""
    body = card("Ring TK om vägen.")
    assert looked_at(tmp_path, text(body)).errors
    more = ALLOW.format("placeholder", "TK är Tekniska kontoret") + "\n"
    checked = looked_at(tmp_path, text(body, more=more))
    assert not checked.errors
    assert checked.allowed[0].line == 10


def test_what_every_reader_suffers_from_may_not_stand() -> None:
    """The way out, size, alt and spoiled characters are beyond allowances."""
    assert not any(
        RULES[rule].may_stand
        for rule in ("no-way-out", "html-too-big", "alt-missing", "character-spoiled", "fetches-outside")
    )
    assert all(rule.may_stand for name, rule in RULES.items() if name.startswith(("link-g", "subject-l")))


def test_reasons_stand_in_check_and_in_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The words are shown by both commands and in their JSON, with the line."""
    more = ALLOW.format("link-unsafe", "kommunen byter adress i vår") + "\n"
    looked_at(tmp_path, text(card(UNSAFE.format(1)), more=more))
    for arguments in (["check", "2026-2", "--no-spam"], ["build", "2026-2"]):
        assert run(cli, ["--workspace", str(tmp_path), *arguments]) == 0
        assert "kommunen byter adress i vår" in capsys.readouterr().err
        assert run(cli, ["--workspace", str(tmp_path), *arguments, "--json"]) == 0
        (allowed,) = json.loads(capsys.readouterr().out)["allowed"]
        assert (allowed["rule"], allowed["allowed_at_line"]) == ("link-unsafe", 10)
        assert allowed["reason"] == "kommunen byter adress i vår"

"""Asking whether links work: what is dead, what moved, and what nobody can tell."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from newsletter.errors import FetchFailed
from newsletter.model.finding import Finding, Severity
from newsletter.model.news import SourceState
from newsletter.ports import Fetched
from tests.check.through import PATH, TOML, card, looked_at, text
from tests.render.building import png


class Sites:
    """The Fetcher port over a few invented answers: a status, an address onward, bytes or a failure."""

    def __init__(self, answers: dict[str, int | str | bytes | FetchFailed]) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self._turn = threading.Lock()

    def fetch(self, url: str, state: SourceState | None = None) -> Fetched:
        """What was said to be there."""
        with self._turn:
            self.asked.append(url)
        match self._answers.get(url, 200):
            case FetchFailed() as failure:
                raise failure
            case bytes() as body:
                return Fetched(url, 200, body)
            case str() as onward:
                return Fetched(onward, 200, b"Hej")
            case status if status != 200:
                failed = FetchFailed(f"{url} svarade {status}.")
                failed.status = int(str(status))
                raise failed
        return Fetched(url, 200, b"Hej")


def _links(*urls: str) -> str:
    return text("".join(card(f"[Sidan nummer {n}]({url})", f"Notis {n}") for n, url in enumerate(urls)))


def _found(folder: Path, issue: str, sites: Sites, **given: object) -> dict[str, Finding]:
    checked = looked_at(folder, issue, fetcher=sites, **given)  # type: ignore[arg-type]
    return {each.rule: each for each in checked.findings}


HOME = "https://www.bergslaget.se"
A, B, C = "https://www.sater.se/a", "https://www.ludvika.se/b", "https://www.falun.se/c"


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_an_error_at_its_line(tmp_path: Path, status: int) -> None:
    """What the site says is gone is dead, and the reason is the site's answer."""
    found = _found(tmp_path, _links(A, B), Sites({A: status}))
    assert str(found["link-dead"].where) == f"{PATH}:15"
    assert str(status) in found["link-dead"].why
    assert set(found) == {"link-dead"}


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_site_that_lets_no_program_in_is_unknown(tmp_path: Path, status: int) -> None:
    """Refusals and passing trouble are told as unknown: a warning, never an error."""
    assert set(_found(tmp_path, _links(A, B), Sites({A: status}))) == {"link-unknown"}


def test_a_link_of_the_frame_has_a_place_too(tmp_path: Path) -> None:
    """The foot's link to a site that is gone is told at the settings that state it: it is no block's."""
    found = _found(tmp_path, _links(A), Sites({HOME: 410}))
    assert str(found["link-dead"].where) == "newsletter.toml"


def test_an_address_that_leads_on_is_told(tmp_path: Path) -> None:
    """A redirect to another page is a warning that names it."""
    found = _found(tmp_path, _links(A), Sites({A: "https://www.sater.se/nytt"}))
    assert "https://www.sater.se/nytt" in found["link-moved"].what


@pytest.mark.parametrize("onward", [f"{A}/", f"{A}#del", A])
def test_a_slash_more_is_no_move(tmp_path: Path, onward: str) -> None:
    """What makes no difference to the reader is not told of."""
    assert _found(tmp_path, _links(A), Sites({A: onward})) == {}


def test_without_network_there_are_no_findings(tmp_path: Path) -> None:
    """Where nothing can be reached it is the network that is missing: said once, and no error."""
    lost = FetchFailed("sidan finns inte, eller så saknas nät.", retryable=True)
    checked = looked_at(tmp_path, _links(A, B, C), fetcher=Sites({A: lost, B: lost, C: lost, HOME: lost}))
    assert checked.findings == ()
    assert any("nätet" in each for each in checked.unlooked)


def test_nothing_is_asked_for_unless_told_to(tmp_path: Path) -> None:
    """Without a fetcher the result says that the links were not looked into."""
    checked = looked_at(tmp_path, _links(A))
    assert checked.findings == ()
    assert any("--probe" in each for each in checked.unlooked)


def test_each_address_is_asked_for_once_and_examples_never(tmp_path: Path) -> None:
    """A link that stands twice is asked for once; reserved domains, mail and telephone not at all."""
    body = card(
        f"[Sidan A]({A}) [Sidan A]({A}) [Ring](tel:+46243123456) [Skriv](mailto:kansli@bergslaget.se)"
    )
    sites = Sites({})
    looked_at(tmp_path, text(body), fetcher=sites)
    assert sites.asked.count(A) == 1
    assert all(url.startswith("https://") for url in sites.asked)
    sites = Sites({})
    looked_at(tmp_path, _links("https://www.forening.example/x", A), fetcher=sites)
    assert not any("example" in url for url in sites.asked)


@pytest.mark.parametrize("answer", [404, b"something else", png()])
def test_hosted_pictures_must_lie_where_they_should(tmp_path: Path, answer: int | bytes) -> None:
    """A hosted picture that is missing or another one is an error; the very bytes are fine."""
    toml = TOML.replace("schema = 1", 'schema = 1\nassets_base_url = "https://www.bergslaget.se/brev"')
    issue = text(card("![Ett tåg på en bro](pictures/tag.png)\n\nDet går bra."))
    first = Sites({})
    looked_at(tmp_path, issue, toml=toml, fetcher=first)
    url = next(each for each in first.asked if each.endswith(".png"))
    found = _found(tmp_path, issue, Sites({url: answer}), toml=toml)
    assert set(found) == (set() if answer == png() else {"picture-not-hosted"})


def test_a_silent_host_of_pictures_is_unclear_and_no_error(tmp_path: Path) -> None:
    """Where nobody can tell whether a picture lies there, that is said, with what was tried."""
    toml = TOML.replace("schema = 1", 'schema = 1\nassets_base_url = "https://www.bergslaget.se/brev"')
    issue = text(card("![Ett tåg på en bro](pictures/tag.png)\n\nDet går bra."))
    first = Sites({})
    looked_at(tmp_path, issue, toml=toml, fetcher=first)
    url = next(each for each in first.asked if each.endswith(".png"))
    found = _found(tmp_path, issue, Sites({url: FetchFailed("Servern svarar inte.")}), toml=toml)
    assert found["picture-unknown"].severity is Severity.WARNING
    assert "Servern svarar inte." in found["picture-unknown"].why

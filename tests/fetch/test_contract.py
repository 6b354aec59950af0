"""What every Fetcher keeps, the fake and the real one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsletter.edges.fetch import Web
from newsletter.errors import FetchFailed
from newsletter.model.news import SourceState
from newsletter.model.settings import GatherRules
from newsletter.ports import Fetcher
from newsletter.testing.fetch import MemoryWeb
from tests.fetch.conftest import PUBLIC, Site, page


@pytest.fixture(params=["fake", "real"])
def fetcher(request: pytest.FixtureRequest, site: Site) -> Iterator[Fetcher]:
    """A Fetcher of one site that has one page."""
    if request.param == "fake":
        yield MemoryWeb({f"{PUBLIC}/a": b"hej"})
        return
    site.answers["/a"] = page(b"hej")
    with Web(GatherRules(politeness_seconds=0, trial_hosts={PUBLIC: site.origin})) as web:
        yield web


def test_page_is_given(fetcher: Fetcher) -> None:
    """The bytes of the page, its address, and status 200."""
    fetched = fetcher.fetch(f"{PUBLIC}/a")
    assert (fetched.url, fetched.status, fetched.body) == (f"{PUBLIC}/a", 200, b"hej")


def test_known_page_is_spared(fetcher: Fetcher) -> None:
    """With what the last answer said, an unchanged page is 304 without bytes."""
    first = fetcher.fetch(f"{PUBLIC}/a")
    again = fetcher.fetch(f"{PUBLIC}/a", SourceState(first.url, first.etag, first.last_modified))
    assert (again.status, again.body) == (304, b"")


def test_missing_page_fails(fetcher: Fetcher) -> None:
    """A page that is not there is a FetchFailed."""
    with pytest.raises(FetchFailed, match="404") as failed:
        fetcher.fetch(f"{PUBLIC}/b")
    assert not failed.value.retryable


def test_state_of_another_text_gives_the_page(fetcher: Fetcher) -> None:
    """A state that is no longer true, or says nothing, brings the page itself."""
    for tag in ('"another"', ""):
        fetched = fetcher.fetch(f"{PUBLIC}/a", SourceState(f"{PUBLIC}/a", etag=tag))
        assert (fetched.status, fetched.body) == (200, b"hej")


def test_threads_may_share_it(fetcher: Fetcher) -> None:
    """Many threads get the same page from the one fetcher."""
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(fetcher.fetch, [f"{PUBLIC}/a"] * 16))
    assert {page.body for page in pages} == {b"hej"}

"""Fakes of the ports that meet strangers: a Fetcher that serves from memory, an Isolated that just calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from newsletter.errors import FetchFailed, ParseFailed
from newsletter.model.news import SourceState
from newsletter.ports import Fetched, SandboxLimits

T = TypeVar("T")


@dataclass
class MemoryWeb:
    """The Fetcher port. `pages` gives the bytes, or the error, of an address; what was asked for is kept."""

    pages: Mapping[str, bytes | FetchFailed]
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, state: SourceState | None = None) -> Fetched:
        """The page, with its length as ETag; 304 where `state` has that already. Raises FetchFailed."""
        self.asked.append(url)
        page = self.pages.get(url)
        if isinstance(page, FetchFailed):
            raise page
        if page is None:
            raise FetchFailed(f"{url} svarade 404.")
        tag = f'"{len(page)}"'
        if state is not None and state.etag == tag:
            return Fetched(url, 304, b"", etag=tag)
        return Fetched(url, 200, page, "text/html; charset=utf-8", etag=tag)


class InProcess:
    """The Isolated port without isolation: for bytes that the tests made themselves."""

    def run(self, function: Callable[..., T], data: bytes, *args: object, limits: SandboxLimits) -> T:
        """The function's result. Raises ParseFailed when it fails."""
        try:
            return function(data, *args)
        except ParseFailed:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise ParseFailed("Innehållet gick inte att läsa.", why=why) from error

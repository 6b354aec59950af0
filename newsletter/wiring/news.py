"""Members' news: where it is found, gathering it, and choosing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.wiring.edges import Edges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from newsletter.model.sources import FoundSource
    from newsletter.pipeline.discovering import Discovery
    from newsletter.pipeline.gather import Gathered, SourceResult
    from newsletter.pipeline.pick import Choice, Picking
    from newsletter.pipeline.sources import Listed, Tried, Written


class News(Edges):
    """The verbs about members' news."""

    def sources(self) -> Listed:
        """Where members' news are found, and how it went the last time."""
        from newsletter.pipeline import sources

        news = self.store.news if self.state.exists() else None
        return sources.listed(workspace=self.workspace, news=news)

    def discover(self, url: str, *, on_ask: Callable[[str], None]) -> Discovery:
        """What an address and its news pages have; each request is told of."""
        from newsletter.pipeline import sources

        return sources.discover(
            url, fetcher=self.fetcher, isolated=self.isolated, clock=self.clock, on_ask=on_ask
        )

    def try_sources(self, member: str) -> Sequence[Tried]:
        """What the member's stored sources give now; nothing is remembered."""
        from newsletter.pipeline import sources

        return sources.tried(
            member,
            workspace=self.workspace,
            fetcher=self.fetcher,
            isolated=self.isolated,
            clock=self.clock,
        )

    def plan_source(self, member: str, *, replaces: str = "", add: bool = False) -> str:
        """The address in sources.toml that a new source takes the place of; "" where it is added."""
        from newsletter.pipeline import sources

        return sources.plan_write(member, workspace=self.workspace, replaces=replaces, add=add)

    def write_source(self, member: str, found: FoundSource, *, replaces: str) -> Written:
        """Put a found source into sources.toml."""
        from newsletter.pipeline import sources

        return sources.write(member, found, workspace=self.workspace, replaces=replaces)

    def gather(self, only: Collection[str] = (), *, on_progress: Callable[[SourceResult], None]) -> Gathered:
        """What the members published since last time; each source is told of as it is done."""
        from newsletter.pipeline import gather

        return gather.gather(
            workspace=self.workspace,
            fetcher=self.fetcher,
            isolated=self.isolated,
            news=self.store.news,
            clock=self.clock,
            settings=self.settings,
            only=only,
            on_progress=on_progress,
        )

    def pick(self, issue: str, choice: Choice | None = None) -> Picking:
        """The issue's candidates, and those of them that were taken now."""
        from newsletter.pipeline import pick

        ports = pick.Ports(
            workspace=self.workspace,
            news=self.store.news,
            fetcher=lambda: self.fetcher,
            isolated=lambda: self.isolated,
            clock=self.clock,
            settings=self.settings,
        )
        return pick.pick(issue, choice or pick.Choice(), ports)

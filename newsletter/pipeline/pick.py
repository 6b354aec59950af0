"""``pick``: the candidates for an issue, and the choice among them, kept in its news.toml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter import compose
from newsletter import gather as stage
from newsletter.errors import UsageError
from newsletter.model.news import Candidate, NewsItem, Pick, PickLink
from newsletter.model.settings import Settings
from newsletter.pipeline import issues
from newsletter.ports import Clock, News, Workspace

_PER_MEMBER = 2  # that `auto` takes; an editor may take more


@dataclass(frozen=True, slots=True)
class Numbered:
    """A candidate with the number that it is taken by."""

    number: int  # its rank, from 1
    candidate: Candidate
    picked: bool  # it stands in the issue already

    @property
    def topic(self) -> str:
        """The topic that it stands under; "" for none."""
        return self.candidate.topics[0] if self.candidate.topics else ""


@dataclass(frozen=True, slots=True)
class Picking:
    """What there is to choose from, and what was chosen now."""

    issue: str
    candidates: tuple[Numbered, ...]  # best first
    taken: tuple[int, ...]  # the numbers that were added now
    picks: tuple[Pick, ...]  # all that the issue has now
    path: str  # the file that holds them


def pick(
    *,
    workspace: Workspace,
    news: News,
    clock: Clock,
    settings: Settings,
    issue_id: str,
    take: Collection[int] = (),
    auto: int = 0,
) -> Picking:
    """The issue's candidates; those that `take` numbers are added, and the best until there are `auto` picks.

    What stands in news.toml is kept to the letter; a story that is there already is never added twice.
    Raises UsageError for a number that is not in the list.
    """
    path = f"{issues.existing(workspace, issue_id)}/news.toml"
    before = issues.picks(workspace, issue_id)
    numbered = _numbered(workspace, news, settings, clock.now(), before)
    chosen = [*_taken(numbered, take), *_best(numbered, take, auto - len(before) - len(take))]
    if not chosen:
        return Picking(issue_id, tuple(numbered), (), before, path)
    after = _added(workspace, path, before, [_pick(one) for one in chosen])
    return Picking(issue_id, tuple(numbered), tuple(one.number for one in chosen), after, path)


def _numbered(
    workspace: Workspace, news: News, settings: Settings, now: datetime, picks: Sequence[Pick]
) -> list[Numbered]:
    """The candidates by rank; those that are picked keep their place, so that no number moves."""
    there = {url for pick in picks for url in (pick.url, *(link.url for link in pick.also))}
    recent = list(_recent(news.items(), settings.gather.max_age_days, now))
    ranked = stage.ranked(recent, settings.topics, _own_texts(workspace), now)
    return [
        Numbered(number, candidate, not there.isdisjoint(_addresses(candidate)))
        for number, candidate in enumerate(ranked, start=1)
    ]


def _recent(items: Sequence[NewsItem], max_age_days: int, now: datetime) -> Iterator[NewsItem]:
    oldest = (now - timedelta(days=max_age_days)).date()
    return (item for item in items if item.published is None or item.published >= oldest)


def _own_texts(workspace: Workspace) -> list[str]:
    """The association's own issues: what it has written about before."""
    return [issues.text(workspace, f"{issues.FOLDER}/{issue}/issue.md") for issue in issues.ids(workspace)]


def _addresses(candidate: Candidate) -> set[str]:
    return {candidate.item.url, *(item.url for item in candidate.also)}


# --- choosing -----------------------------------------------------------------------------------------


def _taken(numbered: Sequence[Numbered], take: Collection[int]) -> list[Numbered]:
    """Those of the numbers, in the order given, without what is there already."""
    unknown = [number for number in take if not 1 <= number <= len(numbered)]
    if unknown:
        raise UsageError(
            f"Nummer {', '.join(map(str, unknown))} finns inte i listan.",
            why=f"Den går från 1 till {len(numbered)}."
            if numbered
            else "Den är tom: inga nyheter är hämtade.",
            do="Kör `newsletter pick` utan --take och se numren, eller `newsletter gather` först.",
        )
    chosen = (numbered[number - 1] for number in dict.fromkeys(take))
    return [one for one in chosen if not one.picked]


def _best(numbered: Sequence[Numbered], take: Collection[int], room: int) -> list[Numbered]:
    """The best that have a topic and are no service notices, a few from each member at most."""
    from_member = Counter(one.candidate.item.member for one in numbered if one.picked or one.number in take)
    best: list[Numbered] = []
    for one in numbered:
        member = one.candidate.item.member
        free = not one.picked and one.number not in take and from_member[member] < _PER_MEMBER
        if len(best) < room and free and one.topic and not one.candidate.service:
            best.append(one)
            from_member[member] += 1
    return best


def _pick(one: Numbered) -> Pick:
    """The candidate as a pick; the source's own words stay beside those that an editor may rewrite."""
    item = one.candidate.item
    told = item.member
    return Pick(
        id="",  # compose makes one of the title, free of those that are taken
        member=item.member,
        url=item.url,
        title=_harmless(item.title),
        lead=_harmless(item.lead),
        published=item.published,
        topic=one.topic,
        source_title=item.title,
        source_lead=item.lead,
        also=tuple(PickLink(other.member, other.url) for other in one.candidate.also if other.member != told),
    )


def _harmless(text: str) -> str:
    """The text without double braces, which would be read as personal marks."""
    return text.replace("{{", "{").replace("}}", "}")


def _added(workspace: Workspace, path: str, before: Sequence[Pick], new: Sequence[Pick]) -> tuple[Pick, ...]:
    """Write the new picks after the text that is there, whose every character is kept."""
    after = compose.picks(compose.picks_text([*before, *new]), path)
    was, becomes = compose.picks_text(before), compose.picks_text(after)
    there = issues.text(workspace, path).rstrip("\n") + "\n" if before else ""
    text = there + becomes.removeprefix(was) if before and becomes.startswith(was) else becomes
    workspace.write({path: text.encode()})
    return compose.picks(text, path)

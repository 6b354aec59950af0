"""``pick``: the candidates for an issue, and the choice among them, kept in its news.toml.

candidates ── take, auto ──┐
an address ── pasted in ───┴─> new picks ── named, illustrated ──> written after what is there
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter import compose
from newsletter import gather as stage
from newsletter.errors import UsageError
from newsletter.model.news import Candidate, NewsItem, Pick, PickLink
from newsletter.model.settings import Settings
from newsletter.model.toml import nearest
from newsletter.pipeline import issues
from newsletter.pipeline.illustrating import Illustrator
from newsletter.pipeline.letters import theme
from newsletter.pipeline.pasting import pasted
from newsletter.ports import Clock, Fetcher, Isolated, News, Workspace

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
class Choice:
    """What an editor asks for."""

    take: Collection[int] = ()  # numbers of candidates
    auto: int = 0  # fill up with the best until there are so many
    add: str = ""  # the address of a page to paste in
    member: str = ""  # whose page that is; "" for the member whose site it lies on
    drop: Collection[str] = ()  # ids of picks to take out
    pictures: bool = True  # fetch pictures for what is added

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for but a look."""
        return not (self.take or self.auto or self.add or self.drop)


@dataclass(frozen=True, slots=True)
class Picking:
    """What there is to choose from, and what was chosen now."""

    issue: str
    candidates: tuple[Numbered, ...]  # best first
    taken: tuple[int, ...]  # the numbers that were added now
    picks: tuple[Pick, ...]  # all that the issue has now
    path: str  # the file that holds them
    added: tuple[Pick, ...] = ()  # those that were added now
    dropped: tuple[Pick, ...] = ()  # those that were taken out now
    notes: tuple[str, ...] = ()  # what was less than whole, and did not stop it
    left_out: tuple[stage.LeftOut, ...] = ()  # members that no issue had news from, this one among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What picking needs from outside."""

    workspace: Workspace
    news: News
    fetcher: Callable[[], Fetcher]  # made when first needed: a look at the list asks nobody
    isolated: Callable[[], Isolated]
    clock: Clock
    settings: Settings


def pick(issue_id: str, choice: Choice, ports: Ports) -> Picking:
    """The issue's candidates, and what was chosen: dropped first, then pasted in, taken, filled up.

    What stands in news.toml is kept to the letter; a story that is there already is never added twice. A
    picture that cannot be had is noted and stops nothing. Raises UsageError for a number or an id that is not
    there, and FetchFailed or ParseFailed for a page that cannot be pasted in.
    """
    path = f"{issues.existing(ports.workspace, issue_id)}/news.toml"
    there = issues.picks(ports.workspace, issue_id)
    dropped = _dropped(there, choice.drop, path)
    before = tuple(pick for pick in there if pick not in dropped)
    numbered = _numbered(ports, before)
    chosen = _chosen(numbered, choice, before)
    news = [*_pasted(choice, before, path, ports), *(one.candidate for one in chosen)]
    if dropped:
        _drop(ports.workspace, path, dropped)
        before = issues.picks(ports.workspace, issue_id)
    new, notes = _illustrated(_named(before, news, path), news, choice, ports, path)
    if choice.add and len(news) == len(chosen):
        notes = (*notes, f"Sidan finns redan i {path}.")
    after = _added(ports.workspace, path, before, new) if new else before
    return Picking(
        issue_id,
        tuple(numbered),
        tuple(one.number for one in chosen),
        after,
        path,
        added=after[len(before) :],
        dropped=dropped,
        notes=notes,
        left_out=_left_out(ports.workspace, issue_id, after, numbered),
    )


def _left_out(
    workspace: Workspace, issue_id: str, picks: Sequence[Pick], numbered: Sequence[Numbered]
) -> tuple[stage.LeftOut, ...]:
    others = [issues.picks(workspace, other) for other in issues.ids(workspace) if other != issue_id]
    candidates = [one.candidate for one in numbered]
    return stage.left_out(issues.members(workspace), [*others, picks], candidates)


def _numbered(ports: Ports, picks: Sequence[Pick]) -> list[Numbered]:
    """The candidates by rank; those that are picked keep their place, so that no number moves."""
    now, settings = ports.clock.now(), ports.settings
    there = {url for pick in picks for url in (pick.url, *(link.url for link in pick.also))}
    recent = list(_recent(ports.news.items(), settings.gather.max_age_days, now))
    ranked = stage.ranked(recent, settings.topics, _own_texts(ports.workspace), now)
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


def _chosen(numbered: Sequence[Numbered], choice: Choice, before: Sequence[Pick]) -> list[Numbered]:
    room = choice.auto - len(before) - len(choice.take) - bool(choice.add)
    return [*_taken(numbered, choice.take), *_best(numbered, choice.take, room)]


def _dropped(there: Sequence[Pick], ids: Collection[str], path: str) -> tuple[Pick, ...]:
    known = [pick.id for pick in there]
    for one in ids:
        if one not in known:
            do = nearest(one, known) or "Det finns inget att ta bort."
            raise UsageError(f"”{one}” finns inte i {path}.", do=do)
    return tuple(pick for pick in there if pick.id in ids)


def _pasted(choice: Choice, before: Sequence[Pick], path: str, ports: Ports) -> list[Candidate]:
    """The page that is pasted in, with its topics; nothing where its story is there already."""
    if not choice.add:
        return []
    item = pasted(
        choice.add,
        choice.member,
        issues.members(ports.workspace),
        known=ports.news.items(),
        path=path,
        now=ports.clock.now(),
        fetcher=ports.fetcher(),
        isolated=ports.isolated(),
    )
    there = {url for pick in before for url in (pick.url, *(link.url for link in pick.also))}
    found = stage.ranked([item], ports.settings.topics, [], ports.clock.now())
    return [one for one in found if item.url not in there]


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


def _pick(candidate: Candidate) -> Pick:
    """The candidate as a pick; the source's own words stay beside those that an editor may rewrite."""
    item, told = candidate.item, candidate.item.member
    return Pick(
        id="",  # compose makes one of the title, free of those that are taken
        member=item.member,
        url=item.url,
        title=_harmless(item.title),
        lead=_harmless(item.lead),
        published=item.published,
        topic=candidate.topics[0] if candidate.topics else "",
        source_title=item.title,
        source_lead=item.lead,
        also=tuple(PickLink(other.member, other.url) for other in candidate.also if other.member != told),
    )


def _harmless(text: str) -> str:
    """The text without double braces, which would be read as personal marks."""
    return text.replace("{{", "{").replace("}}", "}")


# --- writing ------------------------------------------------------------------------------------------


def _named(before: Sequence[Pick], news: Sequence[Candidate], path: str) -> tuple[Pick, ...]:
    """The news as picks, with ids that are free beside those that are there."""
    text = compose.picks_text([*before, *(_pick(one) for one in news)])
    return compose.picks(text, path)[len(before) :]


def _illustrated(
    new: Sequence[Pick], news: Sequence[Candidate], choice: Choice, ports: Ports, path: str
) -> tuple[tuple[Pick, ...], tuple[str, ...]]:
    """The new picks with their pictures, which are written before anything names them; and notes."""
    if not (new and choice.pictures):
        return tuple(new), ()
    ground = theme(ports.workspace).light["sheet"]
    illustrator = Illustrator(ports.fetcher(), ports.isolated(), ports.clock.now(), ground)
    made = illustrator.illustrated(new, [one.item for one in news])
    folder = path.rpartition("/")[0]
    ports.workspace.write({f"{folder}/{name}": data for one in made for name, data in one.files.items()})
    return tuple(one.pick for one in made), tuple(one.note for one in made if one.note)


def _added(workspace: Workspace, path: str, before: Sequence[Pick], new: Sequence[Pick]) -> tuple[Pick, ...]:
    """Write the new picks after the text that is there, whose every character is kept."""
    was, becomes = compose.picks_text(before), compose.picks_text([*before, *new])
    exists = path in workspace.names(path.rpartition("/")[0])
    there = issues.text(workspace, path).rstrip("\n") + "\n" if exists else ""
    text = there + becomes.removeprefix(was) if there.strip() else becomes
    workspace.write({path: text.encode()})
    return compose.picks(text, path)


def _drop(workspace: Workspace, path: str, dropped: Sequence[Pick]) -> None:
    """Cut the picks out of the file; their pictures stay in their folder, and in no letter."""
    text = compose.without(issues.text(workspace, path), path, [pick.id for pick in dropped])
    workspace.write({path: text.encode()})

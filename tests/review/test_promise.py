"""The promise as a property: an approval holds to the digest exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsletter import review
from newsletter.model import digest as numbers
from newsletter.model.letter import Letter, LetterSender, Picture
from newsletter.model.review import AudienceDigest, Change, Parts, Turnover
from newsletter.model.where import Where
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryApprovedAudiences
from tests.review.builders import approval

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12)
NAMES = st.sampled_from(["bro.png", "karta.png", "logo.png"])
PEOPLE = st.sets(st.integers(0, 40).map(lambda number: f"person-{number}"), min_size=1, max_size=20)


@dataclass(frozen=True)
class World:
    """All that an approval covers but the people."""

    letters: tuple[Letter, ...]
    whole: tuple[tuple[str, str], ...]

    @property
    def parts(self) -> Parts:
        """Its parts."""
        return review.parts(self.letters, **dict(self.whole))


@st.composite
def pictures(draw: st.DrawFn, kind: str) -> tuple[Picture, ...]:
    """Up to two pictures, each at a path of its own."""
    url = "https://x.example/a.png" if kind == "hosted" else ""
    found = draw(st.lists(NAMES, unique=True, max_size=2))
    return tuple(
        Picture(f"pictures/{name}", name, "image/png", draw(st.binary(max_size=8)), 9, 9, url)
        for name in found
    )


@st.composite
def letter(draw: st.DrawFn, edition: str) -> Letter:
    """An edition of anything."""
    texts = {name: draw(WORDS) for name in ("subject", "preheader", "html", "text")}
    return builders.letter(
        edition=edition,
        language=draw(st.sampled_from(["sv", "en"])),
        sender=LetterSender(draw(WORDS), draw(WORDS), draw(WORDS)),
        headers=draw(st.dictionaries(st.sampled_from(["List-Id", "Precedence", "X-Y"]), WORDS)),
        pictures=draw(pictures("inside")),
        hosted=draw(pictures("hosted")),
        **texts,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One to three editions, going some way."""
    ids = draw(st.sets(st.sampled_from(["alla", "politiker", "transport", "mode"]), min_size=1, max_size=3))
    letters = tuple(draw(letter(edition)) for edition in sorted(ids))
    whole = {name: draw(WORDS) for name in ("rule", "mode", "wording")}
    transport = f"{draw(WORDS)}\n{draw(WORDS)}"
    return World(letters, (*whole.items(), ("transport", transport)))


def _texts(name: str, part: str) -> Callable[[Letter], tuple[Letter, str]]:
    return lambda one: (replace(one, **{name: getattr(one, name) + "!"}), part)


def _sender(name: str, part: str) -> Callable[[Letter], tuple[Letter, str]]:
    return lambda one: (
        replace(one, sender=replace(one.sender, **{name: getattr(one.sender, name) + "!"})),
        part,
    )


def _header(one: Letter) -> tuple[Letter, str]:
    return replace(one, headers={**one.headers, "X-Y": one.headers.get("X-Y", "") + "!"}), "headers/X-Y"


def _picture(kind: str, part: str) -> Callable[[Letter], tuple[Letter, str]]:
    def changed(one: Letter) -> tuple[Letter, str]:
        held: tuple[Picture, ...] = getattr(one, kind)
        if not held:
            fresh = Picture("pictures/ny.png", "ny", "image/png", b"", 9, 9)
            return replace(one, **{kind: (fresh,)}), f"{part}/pictures/ny.png"  # type: ignore[arg-type]
        first = replace(held[0], data=held[0].data + b"!")
        return replace(one, **{kind: (first, *held[1:])}), f"{part}/{first.path}"  # type: ignore[arg-type]

    return changed


OF_A_LETTER = (
    _texts("issue", "issue"),
    _texts("language", "language"),
    _texts("subject", "subject"),
    _texts("preheader", "preheader"),
    _texts("html", "html"),
    _texts("text", "text"),
    _sender("name", "from/name"),
    _sender("address", "from/address"),
    _sender("reply_to", "reply-to"),
    _header,
    _picture("pictures", "pictures"),
    _picture("hosted", "hosted"),
)
OF_THE_WHOLE = ("rule", "mode", "wording", "transport")


def _judged(before: World, now: World, turnover: Turnover | None) -> tuple[bool, tuple[Change, ...]]:
    given_ = approval(before.parts)
    found = review.verdict([given_], now.parts, {given_.readers.digest: turnover}, needed=1)
    return found.is_approved, found.decisions[0].changes


@given(worlds(), st.data())
def test_any_change_of_a_letter_voids_and_is_named(world: World, data: Any) -> None:
    """Whatever of one edition is changed, the approval is void, and just that is named."""
    number = data.draw(st.integers(0, len(world.letters) - 1))
    changed, part = data.draw(st.sampled_from(OF_A_LETTER))(world.letters[number])
    letters = (*world.letters[:number], changed, *world.letters[number + 1 :])
    approved, changes = _judged(world, replace(world, letters=letters), Turnover())
    assert not approved
    assert [(one.name, one.editions) for one in changes] == [(part, (changed.edition,))]


@given(worlds(), st.sampled_from(OF_THE_WHOLE), st.booleans())
def test_any_change_of_the_whole_voids_and_is_named(world: World, name: str, setting: bool) -> None:
    """So is whatever holds for all of it: the rule, the measuring, the transport and its settings."""
    whole = dict(world.whole)
    head, _, rest = whole[name].partition("\n")
    whole[name] = f"{head}\n{rest}!" if name == "transport" and setting else f"{head}!\n{rest}"
    approved, changes = _judged(world, replace(world, whole=tuple(whole.items())), Turnover())
    assert not approved
    assert [one.name for one in changes] == [
        "transport/settings" if name == "transport" and setting else name
    ]


@given(worlds(), st.data())
def test_editions_that_come_or_go_void_and_are_named(world: World, data: Any) -> None:
    """An edition more, or less, voids."""
    more = (*world.letters, data.draw(letter("ny")))
    approved, changes = _judged(world, replace(world, letters=more), Turnover())
    assert (approved, [one.editions for one in changes]) == (False, [("ny",)])
    approved, changes = _judged(replace(world, letters=more), world, Turnover())
    assert (approved, [one.editions for one in changes]) == (False, [("ny",)])


@given(worlds(), st.randoms())
def test_what_is_not_covered_voids_nothing(world: World, random: Any) -> None:
    """The order of editions and headers, and where a block stands in its file, void nothing."""
    letters = [
        replace(
            one,
            headers=dict(random.sample(list(one.headers.items()), len(one.headers))),
            source_map={"a": Where("issue.md", random.randrange(9))},
            block_bytes={"a": random.randrange(9)},
        )
        for one in world.letters
    ]
    random.shuffle(letters)
    approved, changes = _judged(world, replace(world, letters=tuple(letters)), Turnover())
    assert (approved, changes) == (True, ())


@given(PEOPLE, PEOPLE)
def test_people_taken_out_do_not_void_and_additions_do(then: set[str], now: set[str]) -> None:
    """For any two sets of readers: the approval holds just where nobody was added, and the count is right."""
    sets = MemoryApprovedAudiences()
    before, after = numbers.audience(then), numbers.audience(now)
    sets.keep(before.digest, then, NOON)
    turnover = _turnover(sets, before, after, now)
    assert turnover == Turnover(added=len(now - then), gone=len(then - now))
    given_ = approval(readers=then)
    found = review.verdict([given_], given_.parts, {before.digest: turnover}, needed=1)
    assert found.is_approved == now.issubset(then)


def _turnover(
    sets: MemoryApprovedAudiences, before: AudienceDigest, after: AudienceDigest, now: set[str]
) -> Turnover | None:
    return review.turnover(before, after, len(sets.among(before.digest, sorted(now))))

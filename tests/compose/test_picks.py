"""news.toml is read with the line of every mistake, and what is written reads back the same."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter import compose
from newsletter.errors import Problem, Problems
from newsletter.model.news import Pick, PickLink, PickPicture

PATH = "content/issues/2026-2/news.toml"
TEXT = """# Vad som valdes
[[item]]
id = "bro"
member = "avesta"
url = "https://avesta.example/bro"
title = "Ny bro"
date = 2026-11-03
also = [{ member = "hedemora", url = "https://hedemora.example/bro" }]

[[item]]
member = "hofors"
url = "https://hofors.example/2"
title = "Å, en titel"
lead = '''
Två
rader'''
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        compose.picks(text, PATH)
    return list(caught.value.problems)


def told(text: str) -> list[tuple[str, str]]:
    return [(str(problem.where).removeprefix(PATH + ":"), problem.what) for problem in problems(text)]


def test_picks_are_read_in_order_with_their_lines() -> None:
    """What an editor leaves out is empty; an id is made from the title."""
    bridge, other = compose.picks(TEXT, PATH)
    assert (bridge.id, bridge.published, bridge.line) == ("bro", date(2026, 11, 3), 2)
    assert bridge.also == (PickLink("hedemora", "https://hedemora.example/bro"),)
    assert (other.id, other.lead, other.published, other.line) == ("a-en-titel", "Två rader", None, 10)


def test_own_items_need_only_a_title() -> None:
    """An editor's own item may have no member, no address, nothing but its title."""
    (own,) = compose.picks('[[item]]\ntitle = "Egen nyhet"\n', PATH)
    assert own == Pick("egen-nyhet", "", "", "Egen nyhet", "", None, "", "", "", line=1)


def test_pictures_are_read_with_their_lines() -> None:
    """A picture has its path, its words and its source; an empty path is no picture."""
    text = '[[item]]\ntitle = "A"\npicture = "pictures/å.JPG"\npicture_alt = "Å"\n'
    assert compose.picks(text, PATH)[0].picture == PickPicture("pictures/å.JPG", "Å", "", 3)
    assert compose.picks(text.replace("pictures/å.JPG", ""), PATH)[0].picture is None


def test_item_to_fill_in_says_only_what_is_known() -> None:
    """The text to paste has no empty keys, and reads back."""
    text = compose.item_text(Pick("", "", "https://a.example/x", "Rubrik", "", None, "", "", ""))
    assert text == '[[item]]\nurl = "https://a.example/x"\ntitle = "Rubrik"\n'
    assert compose.picks(text, PATH)[0].title == "Rubrik"


def test_dropping_keeps_every_other_character() -> None:
    """A file without one of its picks is the file without that pick's lines."""
    assert (
        compose.without(TEXT, PATH, ["bro"]) == "# Vad som valdes\n" + TEXT[TEXT.index("[[item]]\nmember") :]
    )
    assert compose.without(TEXT, PATH, ["a-en-titel"]) == TEXT[: TEXT.index("\n[[item]]\nmember")]
    assert compose.without(TEXT, PATH, []) == TEXT


def test_no_picks_are_no_mistake() -> None:
    """An empty file holds no picks."""
    assert compose.picks("", PATH) == compose.picks(compose.picks_text(()), PATH) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('title = "Ny bro"', 'titel = "Ny bro"', "6", "”titel” är okänt här."),
        ('title = "Ny bro"', "", "2", "Nyheten saknar ”title”."),
        ('title = "Ny bro"', "title = 7", "6", "”title” är ingen text."),
        ("Ny bro", "Hej {{name}}", "6", "”title” innehåller dubbla klamrar."),
        ("Ny bro", "Ny\\u0007bro", "6", "Ett osynligt styrtecken står i ”title”."),
        ("https://avesta.example/bro", "javascript:x", "5", "”javascript:x” är ingen webbadress."),
        ("https://avesta.example/bro", "http://[x", "5", "”http://[x” är ingen webbadress."),
        ("2026-11-03", "2026-11-03T10:00:00", "7", "”2026-11-03 10:00:00” är inget datum."),
        ("2026-11-03", '"i går"', "7", "”i går” är inget datum."),
        ("2026-11-03", '"2026-11-31"', "7", "”2026-11-31” är inget datum."),
        (
            '[{ member = "hedemora", url = "https://hedemora.example/bro" }]',
            '"x"',
            "8",
            "”also” är ingen lista av medlemmar.",
        ),
        ('{ member = "hedemora", ', "{ ", "8", "Nyheten saknar ”member”."),
        ("https://hedemora.example/bro", "ftp://x", "8", "”ftp://x” är ingen webbadress."),
        ('member = "hofors"', 'id = "bro"\nmember = "hofors"', "10", "Två nyheter har samma id, ”bro”."),
        ("# Vad som valdes", "items = 1", "1", "”items” är okänt här."),
        ('Ny bro"', "Ny bro", "6", f"{PATH} går inte att läsa."),
        ('title = "Ny bro"', 'title = "  "', "6", "Nyheten saknar ”title”."),
        ('id = "bro"', 'picture = "../x.png"', "3", "”../x.png” kan inte vara nyhetens bild."),
        (
            'id = "bro"',
            'picture = "pictures/../../x.png"',
            "3",
            "”pictures/../../x.png” kan inte vara nyhetens bild.",
        ),
        ('id = "bro"', 'picture = "pictures/x.webp"', "3", "”pictures/x.webp” kan inte vara nyhetens bild."),
        (
            'id = "bro"',
            'picture = "https://a.example/x.png"',
            "3",
            "”https://a.example/x.png” kan inte vara nyhetens bild.",
        ),
        ('id = "bro"', "picture = 1", "3", "”picture” är ingen text."),
        ('id = "bro"', 'picture_source = "x"', "3", "”x” är ingen webbadress."),
        ('id = "bro"', 'picture_alt = "{{namn}}"', "3", "”picture_alt” innehåller dubbla klamrar."),
    ],
)
def test_mistakes_have_lines(old: str, new: str, line: str, what: str) -> None:
    """Each mistake is told with the line of its key, or of its [[item]]."""
    assert (line, what) in told(TEXT.replace(old, new))


def test_all_mistakes_are_told_at_once() -> None:
    """One reading tells of every wrong pick."""
    assert len(problems(TEXT.replace("https:", "x:"))) == 3


def test_items_must_be_tables() -> None:
    """A file of another shape is told so."""
    assert told("item = 3") == [("1", "”item” är ingen lista av nyheter.")]
    assert told("a = " + "[" * 50_000)[0][1].endswith("går inte att läsa.")


def flat(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(part for part in text.split(" ") if part))


ordinary = st.characters(exclude_categories=("Cc", "Cn", "Cs", "Cf", "Zl", "Zp", "Co"))
texts = st.text(ordinary | st.sampled_from("\"\\'#=[]åäö”–\u00a0"), max_size=30).map(flat)
shown = texts.filter(lambda text: "{{" not in text and "}}" not in text)
urls = st.from_regex(r"https?://[a-z]{1,8}\.example/[a-zå\"\\'0-9?=&%-]{0,12}", fullmatch=True).map(flat)
links = st.builds(PickLink, texts.filter(bool), urls)
picks = st.lists(
    st.builds(
        Pick,
        id=texts.filter(bool),
        member=texts,
        url=st.just("") | urls,
        title=shown.filter(bool),
        lead=shown,
        published=st.none() | st.dates(),
        topic=texts,
        source_title=texts,
        source_lead=texts,
        also=st.lists(links, max_size=2).map(tuple),
        picture=st.none() | st.builds(PickPicture, st.just("pictures/x.png"), shown, st.just("") | urls),
    ),
    max_size=4,
    unique_by=lambda pick: pick.id,
)


@settings(max_examples=60, deadline=None)
@given(picks, st.data())
def test_any_picks_can_be_dropped(chosen: list[Pick], data: st.DataObject) -> None:
    """Whatever is dropped, the others read back the same."""
    drop = data.draw(st.sets(st.sampled_from([pick.id for pick in chosen]))) if chosen else set()
    rest = compose.without(compose.picks_text(chosen), PATH, drop)
    left = [as_written(pick) for pick in chosen if pick.id not in drop]
    assert [as_written(pick) for pick in compose.picks(rest, PATH)] == left


@settings(max_examples=150, deadline=None)
@given(picks)
def test_what_is_written_reads_back_the_same(chosen: list[Pick]) -> None:
    """Writing and reading changes nothing but the lines, and writing again gives the same text."""
    text = compose.picks_text(chosen)
    read = compose.picks(text, PATH)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line == "[[item]]"]
    assert [pick.line for pick in read] == lines
    assert [as_written(pick) for pick in read] == [as_written(pick) for pick in chosen]
    assert compose.picks_text(read) == text


def as_written(pick: Pick) -> tuple[object, ...]:
    picture = pick.picture and (pick.picture.path, pick.picture.alt, pick.picture.source)
    return (
        picture,
        *(pick.id, pick.member, pick.url, pick.title, pick.lead, pick.published, pick.topic),
        *(pick.source_title, pick.source_lead, pick.also),
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["[[item]]\n", "title", " = ", '"', "'''", "\n", "[", "]", "{", "}", ",", "1", "a", "é"]
        )
    ).map("".join)
    | st.text(max_size=60)
)
@example("item = [[[]]]")
@example("[item]")
@example("[[item]]\nalso = [[1]]")
def test_any_text_is_picks_or_mistakes_with_places(text: str) -> None:
    """No text crashes the reading; every mistake has its file and line."""
    found: tuple[Problem, ...] = ()
    try:
        compose.picks(text, PATH)
    except Problems as error:
        found = tuple(error.problems)
    assert all(problem.where and problem.where.file == PATH and problem.where.line for problem in found)

"""What is wrong in an issue is told with its line, all at once."""

from __future__ import annotations

import pytest

from newsletter import write
from newsletter.errors import Problem, Problems

PATH = "content/issues/2026-2/issue.md"
HEAD = """---
number: 2026-2
title: Nyhetsbrev nr 2 · 2026
subject: Mötesspår
preheader: Fyra nyheter
date: 2026-11-17
sender: kansliet
audiences: [politiker]
---
"""
FIRST = HEAD.count("\n") + 1


def problems(body: str, head: str = HEAD) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        write.issue(head + body, PATH, issue_id="2026-2")
    found = list(caught.value.problems)
    assert all(problem.where and problem.where.file == PATH and problem.where.line for problem in found)
    return found


def told(body: str, head: str = HEAD) -> list[tuple[int, str]]:
    """Each problem's line (from the body's first, which is 1) and what it is."""
    return [
        (problem.where.line - FIRST + 1, problem.what) for problem in problems(body, head) if problem.where
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "do"),
    [
        (
            "subject: Mötesspår",
            "subjekt: Mötesspår",
            4,
            "”subjekt” är okänt i brevets huvud.",
            "Menade du ”subject”?",
        ),
        (
            "subject: Mötesspår",
            "ämnesrad: M",
            4,
            "”ämnesrad” är okänt i brevets huvud.",
            "Menade du ”subject”?",
        ),
        ("sender: kansliet\n", "", 1, "”sender” saknas i brevets huvud.", "Lägg till raden sender: kansliet"),
        ("sender: kansliet", "sender:", 7, "”sender” är tomt.", "Skriv till exempel sender: kansliet"),
        ("sender: kansliet", "title: x\nsender: k", 7, "”title” står två gånger, först på rad 3.", ""),
        (
            "2026-11-17",
            "17/11 2026",
            6,
            "Datumet ”17/11 2026” är inget datum.",
            "Skriv till exempel 2026-11-17.",
        ),
        ("2026-11-17", "2026-11-31", 6, "Datumet ”2026-11-31” finns inte i kalendern.", ""),
        ("number: 2026-2", "number: 2026-3", 2, "Numret är 2026-3 men mappen heter 2026-2.", ""),
        ("sender:", "language: se\nsender:", 7, "”se” kan inte stå vid language.", "är sv, en."),
        ("sender:", "kind: invite\nsender:", 7, "”invite” kan inte stå vid kind.", "Menade du ”invitation”?"),
        ("[politiker]", "[politiker, politiker]", 8, "”politiker” står två gånger vid audiences.", ""),
        ("[politiker]", "[]", 8, "”audiences” är tom.", ""),
        ("[politiker]", "politiker och chefer", 8, "”politiker och chefer” kan inte vara ett namn.", ""),
        ("Mötesspår", "Mötesspår: nu", 4, "Brevets huvud går inte att läsa.", ""),
        ("Mötesspår", "{a: b}", 4, "Raden går inte att förstå i brevets huvud.", ""),
        ("Mötesspår", "[a]", 4, "”subject” ska vara en text, inte en lista.", ""),
        ("Mötesspår", "{{efternamn}}", 4, "Raden går inte att förstå i brevets huvud.", ""),
        ("Mötesspår", "Hej {{efternamn}}", 4, "Märket {{efternamn}} finns inte.", ""),
        ("Mötesspår", '"a\\u0007b"', 4, "Ett osynligt styrtecken (U+0007) står i texten, tecken 2.", ""),
        ("---\nnumber", "number", 1, "Brevets huvud saknas.", ""),
    ],
)
def test_front_matter_mistakes(old: str, new: str, line: int, what: str, do: str) -> None:
    """Each mistake in the front matter is told with its own line, and what was meant where that is seen."""
    found = {(p.where.line, p.what): p.do for p in problems("Hej", HEAD.replace(old, new, 1)) if p.where}
    assert (line, what) in found, found
    assert do in found[line, what]


def test_front_matter_without_an_end() -> None:
    """A front matter that never ends is told at its beginning."""
    assert problems("", HEAD.removesuffix("---\n"))[0].what == "Brevets huvud tar aldrig slut."


def test_header_values_hold_no_line_breaks() -> None:
    """A value of several lines becomes one line, so that no header can be smuggled into the letter."""
    head = HEAD.replace("subject: Mötesspår", 'subject: "Hej\\nBcc: a@example.org"')
    assert write.issue(head + "Hej", PATH, issue_id="2026-2").subject == "Hej Bcc: a@example.org"


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        ("Hej\n\n##", 3, "Rubriken är tom."),
        ("a\nb <b>c</b>", 2, "HTML-koden ”<b>” kan inte stå i brevet."),
        ("Hej\n\n<div>\nx\n</div>", 3, "HTML-koden ”<div>” kan inte stå i brevet."),
        ("<!-- a\n\n## B", 1, "En kommentar tar aldrig slut."),
        ("<!--[if mso]>a<![endif]-->", 1, "HTML-koden ”<!--[if mso]>a<![endif]-->” kan inte stå i brevet."),
        ("<!-- a --> b", 1, "HTML-koden ”<!-- a --> b” kan inte stå i brevet."),
        ("a\n[b](javascript:alert(1))", 2, "Länken ”javascript:alert(1)” går inte att öppna från ett brev."),
        ("[b](www.a.se)", 1, "Länken ”www.a.se” går inte att öppna från ett brev."),
        ("[b](ftp://a.se)", 1, "Länken ”ftp://a.se” går inte att öppna från ett brev."),
        ("[b](https:///x)", 1, "Länken ”https:///x” saknar webbplats."),
        ("[b](http://[a)", 1, "Länken ”http://%5Ba” saknar webbplats."),
        ("[b]()", 1, "Länken ”” är tom."),
        ("[b](mailto:anna)", 1, "Länken ”mailto:anna” är ingen mejladress."),
        ("[b](tel:anna)", 1, "Länken ”tel:anna” är inget telefonnummer."),
        (
            "[b](<https://a.se/{{namn}}>)",
            1,
            "Länken ”https://a.se/%7B%7Bnamn%7D%7D” har ett personligt märke i adressen.",
        ),
        ("a\n[](https://a.se)", 2, "Länken till ”https://a.se” har ingen text."),
        ("![](a.png)", 1, "Bilden ”a.png” saknar beskrivning."),
        ("![a](https://a.se/a.png)", 1, "Bilden ”https://a.se/a.png” ligger på nätet."),
        ("![a](../2026-1/a.png)", 1, "Bilden ”../2026-1/a.png” ligger utanför brevets mapp."),
        ("![a](%2e%2e/a.png)", 1, "Bilden ”../a.png” ligger utanför brevets mapp."),
        ("![a](/etc/a.png)", 1, "Bilden ”/etc/a.png” ligger utanför brevets mapp."),
        ("![a](a.webp)", 1, "Bilden ”a.webp” är varken PNG eller JPEG."),
        ("a\nb ![a](a.png)", 2, "Bilden ”a.png” står inne i en text, en länk eller en rubrik."),
        (
            "b [![a](a.png)](https://a.se)",
            1,
            "Bilden ”a.png” står inne i en text, en länk eller en rubrik.",
        ),
        ("| A |\n|--|\n| x |\n| [](https://a.se) |", 4, "Länken till ”https://a.se” har ingen text."),
        ("a\nHej {{efternamn}}", 2, "Märket {{efternamn}} finns inte."),
        ("{{unsubscribe}}", 1, "Märket {{unsubscribe}} finns inte."),
        ("{{na*mn}}*", 1, "Ett ensamt {{ står i texten."),
        ("a }} b", 1, "Ett ensamt }} står i texten."),
        ("a\nb\x07c", 2, "Ett osynligt styrtecken (U+0007) står i texten, tecken 2."),
        ("a &#x202e; b", 1, "Ett osynligt styrtecken (U+202E) står i texten, tecken 3."),
        ("", 0, "Brevet är tomt."),
        ("> ::: kort", 1, "Ett block kan inte börja inne i en lista eller ett citat."),
        (">" * 11 + " a", 1, "Texten är inbäddad i fler än 10 nivåer."),
        (
            "\n".join("  " * depth + "- a" for depth in range(12)),
            11,
            "Texten är inbäddad i fler än 10 nivåer.",
        ),
        ("*" * 60 + "a" + "*" * 60, 1, "Texten är inbäddad i fler än 10 nivåer."),
    ],
)
def test_text_mistakes(body: str, line: int, what: str) -> None:
    """Each mistake in the text is told with its own line."""
    assert (line, what) in told(body)


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        ("::: krot\n## R\n:::", 1, "Blocket ”krot” finns inte."),
        ("a\n\n::: kort\n## R", 3, "Blocket ”kort” avslutas aldrig."),
        ("::: kort\n## R\n::: kort\n## R\n:::", 1, "Blocket ”kort” avslutas aldrig."),
        (":::: för a\n::: kort\n## R\n::::", 2, "Blocket ”kort” avslutas aldrig."),
        ("a\n:::", 2, "::: avslutar inget block."),
        (
            "::: för a\n::: kort\n## R\n:::\n:::",
            2,
            "Blocket står inuti ”för” från rad 10, som har för få kolon.",
        ),
        ("::::: för a\n:::: för b\nx\n::::\n:::::", 2, "Ett för-block kan inte stå i ett annat."),
        ("::: för\nx\n:::", 1, "För-blocket saknar målgrupp."),
        ("::: för alla\nx\n:::", 1, "”alla” är ingen målgrupp."),
        ("::: för ../x\nx\n:::", 1, "”../x” kan inte vara en målgrupp."),
        ("::: kort amne=x\n## R\n:::", 1, "”amne” kan inte stå i det här blocket."),
        ("::: kort ämne=\n## R\n:::", 1, "Ordet ”ämne=” går inte att förstå här."),
        ('::: kort ämne=" "\n## R\n:::', 1, "”ämne” har inget värde."),
        ("::: kort ämne=a topic=b\n## R\n:::", 1, "”topic” står två gånger."),
        ("::: kort viktigt\n## R\n:::", 1, "Ordet ”viktigt” går inte att förstå här."),
        ('::: citat av="Anna\nx\n:::', 1, 'Ordet ”av="Anna” går inte att förstå här.'),
        ("::: kort\nText\n:::", 1, "Blocket saknar rubrik."),
        ("::: kort\nText\n\n## R\n:::", 1, "Blocket saknar rubrik."),
        ("::: kort\n## R\n\n## S\n:::", 4, "Blocket har fler än en rubrik."),
        ("::: inbjudan plats=P\n## R\n[a](https://a.se)\n:::", 1, "Inbjudan saknar datum."),
        ("::: inbjudan datum=2026-12-01\n## R\n[a](https://a.se)\n:::", 1, "Inbjudan saknar plats."),
        ("::: inbjudan datum=2026-12-01 plats=P\n## R\n:::", 1, "Inbjudan saknar länk."),
        (
            "::: inbjudan datum=2026-02-29 plats=P\n## R\n[a](https://a.se)\n:::",
            1,
            "Datumet ”2026-02-29” finns inte i kalendern.",
        ),
        (
            "::: inbjudan datum=2026-12-01 senast=2026-12-02 plats=P\n## R\n[a](https://a.se)\n:::",
            1,
            "Sista dag att svara är efter mötet.",
        ),
        ("::: kalender\nInget\n:::", 1, "Blocket ska ha en lista."),
        ("::: kalender\n- 2026-12-01 A\n- Möte\n:::", 3, "Punkten i kalendern börjar inte med ett datum."),
        ("::: kalender\n- 2026-13-01 A\n:::", 2, "Datumet ”2026-13-01” finns inte i kalendern."),
        ("::: kalender\n- 3/12-2026 A\n:::", 2, "Datumet ”3/12-2026” är inget datum."),
        ("::: kalender\n- 2026-12-01\n:::", 2, "Datumet i kalendern säger inte vad som händer."),
        ("::: kalender\n- 2026-12-01 A\n\n  B\n:::", 2, "Punkten i listan ska vara ett enda stycke."),
        ("::: kalender\n-\n:::", 2, "Punkten i listan ska vara ett enda stycke."),
        ("::: knapp\nText\n:::", 1, "En knapp ska vara precis en länk."),
        ("::: knapp\n[a](https://a.se) [b](https://b.se)\n:::", 1, "En knapp ska vara precis en länk."),
        ("::: knapp\n[a](https://a.se) nu\n:::", 1, "En knapp ska vara precis en länk."),
        ("::: knapp\n## R\n[a](https://a.se)\n:::", 1, "Det här blocket kan inte ha någon rubrik."),
        ("::: citat\n:::", 1, "Citatet är tomt."),
        ("::: siffror\n- 40 % av allt\n:::", 2, "Punkten bland siffrorna börjar inte med ett tal i fetstil."),
        ("::: siffror\n- **40 %**\n:::", 2, "Siffran säger inte vad den mäter."),
        ("::: medlemsnytt\n:::\n\n::: medlemsnytt\n:::", 4, "Medlemsnytt har redan en plats, på rad 10."),
    ],
)
def test_block_mistakes(body: str, line: int, what: str) -> None:
    """Each mistake in a block is told with its own line."""
    assert (line, what) in told(body)


def test_the_nearest_spelling_is_proposed() -> None:
    """An unknown block and an unknown key get the word that was probably meant."""
    found = problems("::: krot amne=x\n:::\n\n::: kort amne=x\n## R\n:::")
    assert [problem.do for problem in found] == ["Menade du ”kort”?", "Menade du ”ämne”?"]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    """Front matter, fences and text are all read, whatever is wrong with the others."""
    body = "#\n\n::: krot\n<b>\n:::\n\n[](https://a.se)\n\n::: kort\n## B"
    lines = [
        problem.where.line for problem in problems(body, HEAD.replace("sender", "sendr")) if problem.where
    ]
    assert lines == [1, 7, FIRST, FIRST + 2, FIRST + 3, FIRST + 6, FIRST + 8]


def test_mistakes_inside_a_broken_front_matter_hide_no_others() -> None:
    """Keys that could not be read are not said to be missing; the text is read all the same."""
    found = told("#", HEAD.replace("Mötesspår", "a: b"))
    assert [what for _, what in found] == [
        "Brevets huvud går inte att läsa.",
        "Rubriken är tom.",
    ]


def test_a_fence_may_end_with_more_colons_than_it_began() -> None:
    """What can only mean one thing is taken."""
    issue = write.issue(HEAD + "::: kort\n## R\n:::::\n", PATH, issue_id="2026-2")
    assert issue.blocks[0].title == "R"


def test_a_file_that_is_no_letter_is_refused_unread() -> None:
    """A text of millions of characters is refused at once."""
    assert len(problems("a" * 1_000_001)) == 1


@pytest.mark.parametrize(
    ("body", "do"),
    [
        ("[b](www.a.se/x)", "Menade du https://www.a.se/x?"),
        ("[b](//a.se)", "Menade du https://a.se?"),
        ("[b](hhttps://a.se)", "Menade du https://a.se?"),
        ("[b](htps://a.se)", "Menade du https://a.se?"),
        ("[b](mailt:a@b.se)", "Menade du mailto:a@b.se?"),
        ("[b](a@b.se)", "Menade du mailto:a@b.se?"),
        ("[b](doi:10.1/x)", "Menade du https://doi.org/10.1/x?"),
        ("[b](/nyheter)", "Skriv hela adressen: https://www.exempel.se/sida."),
        ("[b](plan.pdf)", "Skriv hela adressen: https://www.exempel.se/sida."),
        (
            "[b](#rubrik)",
            "Ställen inne i brevet går inte att länka till; länka till en webbsida eller ta bort länken.",
        ),
        ("[b](javascript:alert(1))", "En länk börjar med https://, mailto: eller tel:."),
        ("a<br>b", "Skriv \\ sist på raden där den ska brytas; i en tabell, gör en rad till."),
        ("a <B>b</B>", "Skriv **ordet** med två stjärnor."),
        ('<a href="https://a.se">a</a>', "Skriv [länkens text](https://…)."),
        ('<img src="a.png">', "Skriv ![Vad bilden visar](pictures/fil.png), på en egen rad."),
        (
            "<!-- a --> b",
            "Skriv det som följer efter --> på en egen rad; kommentaren själv får stå kvar.",
        ),
    ],
)
def test_what_to_write_instead_is_told(body: str, do: str) -> None:
    """The nearest right spelling of an address, and the Markdown that does what the HTML was to do."""
    assert [problem.do for problem in problems(body)] == [do]


def test_an_element_is_told_of_once() -> None:
    """The end of an element, whose beginning was told of, is no second mistake; an end alone is one."""
    assert told("a <b>b</b> c") == [(1, "HTML-koden ”<b>” kan inte stå i brevet.")]
    assert told("a </b> c") == [(1, "HTML-koden ”</b>” kan inte stå i brevet.")]

"""Foreign HTML and addresses, made harmless."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.gather import address_day, canonical, cleaned
from newsletter.gather.addresses import slug_title
from newsletter.gather.cleaning import decoded, shortened

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Ett</p><p>Två</p>", "Ett Två"),
        ("Järn<b>väg</b>en", "Järnvägen"),
        ("&lt;p&gt;Flöde&lt;/p&gt;", "Flöde"),
        ("<script>alert(1)</script>Kvar", "Kvar"),
        ("<style>p{}</style><form><input></form>Kvar", "Kvar"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("Å\u00adr\u200b 2026\u202e", "År 2026"),
        ("A\u030angfart", "Ångfart"),
        ("<img src=x onerror=alert(1)>Text", "Text"),
        ("<svg><script>1</script></svg>x", "x"),
        ("x\ud800y", "xy"),
    ],
)
def test_markup_becomes_plain_text(markup: str, text: str) -> None:
    """Tags, scripts, forms, control characters and hidden marks are gone, the words stay."""
    assert cleaned(markup) == text


@given(st.text(max_size=300))
def test_no_script_survives(text: str) -> None:
    """Whatever stands around it, no script element comes through."""
    assert "<script" not in cleaned(f"{text}<script>evil()</script>").lower()


@given(st.binary(max_size=300))
def test_any_bytes_become_text(data: bytes) -> None:
    """Bytes of any charset, declared or not, give characters."""
    assert isinstance(decoded(data, "no-such-charset"), str)


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "cp1252"])
def test_undeclared_charsets_are_read(charset: str) -> None:
    """Swedish letters are read right without a word about the charset."""
    assert decoded("Säters förskola åt öster".encode(charset)) == "Säters förskola åt öster"


def test_wrong_declaration_is_seen_through() -> None:
    """What is valid UTF-8 is read so, whatever the page says of itself."""
    page = '<meta charset="iso-8859-1">Örebro'
    assert decoded(page.encode()) == page


def test_long_text_ends_after_a_sentence() -> None:
    """A lead is cut after a whole sentence where it can be, and after a word where not."""
    assert shortened("Första meningen är här. Andra är lång och lång.", 30) == "Första meningen är här."
    assert shortened("ett två tre fyra fem sex", 12) == "ett två tre …"
    assert shortened("kort", 12) == "kort"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/nyheter/2026-11-03-a.html#top", "https://www.a.se/nyheter/2026-11-03-a.html"),
        ("b?utm_source=rss&id=7&fbclid=x", "https://www.a.se/b?id=7"),
        ("http://B.se:80/x", "http://b.se/x"),
        ("//c.se/å ä", "https://c.se/%C3%A5%20%C3%A4"),
        ("/p?state=rss&c=text/xml;charset=UTF-8", "https://www.a.se/p?state=rss&c=text/xml;charset=UTF-8"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.se", ""),
        ("https://user:pw@a.se/", ""),
        ("http://[::1", ""),
        ("https://a.se:99999/", ""),
        ("", ""),
    ],
)
def test_addresses_are_made_canonical(address: str, expected: str) -> None:
    """Only http(s) addresses come through: absolute, without fragment, tracking and default port."""
    assert canonical(address, "https://www.a.se/") == expected


@given(st.text(max_size=100))
def test_any_address_is_survived(address: str) -> None:
    """Whatever stands in a link, what comes out is an http(s) address or nothing."""
    found = canonical(address, "https://www.a.se/nyheter")
    assert found == "" or found.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.se/nyheter/2026-11-03-titel.html", date(2026, 11, 3)),
        ("https://a.se/2026/11/03/titel/", date(2026, 11, 3)),
        ("https://a.se/2026/11/3/titel", date(2026, 11, 3)),
        ("https://a.se/2026/11/3-fragor-om-bron", None),
        ("https://a.se/nyheter/2026/titel", None),
        ("https://a.se/nyheter/2026-13-41-titel", None),
        ("https://a.se/nyheter/2027-01-01-titel", None),
        ("https://a.se/?date=/2026-11-03-x", None),
    ],
)
def test_day_in_the_address(address: str, expected: date | None) -> None:
    """A whole day in the path is read; a year alone is no day, nor is one that has not come."""
    assert address_day(address, NOW) == expected


def test_title_from_a_slug() -> None:
    """Where a link says nothing, the slug does, without its day."""
    assert slug_title("https://a.se/n/2026-11-03-ny-jarnvag.html") == "Ny jarnvag"

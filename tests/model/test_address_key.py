"""When two mail addresses are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.people import address_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna@Hofors.se", "anna@hofors.SE"),
        (" anna@hofors.se\n", "anna@hofors.se"),
        ("anna@säter.se", "anna@xn--ster-loa.se"),
        ("a\u030asa@nora.se", "\u00e5sa@nora.se"),
        ("anna@nora.se.", "anna@nora.se"),
        ("anna@ＮＯＲＡ.se", "anna@nora.se"),
    ],
)
def test_same_mailbox(one: str, other: str) -> None:
    """Case, blanks, composition and the two spellings of a domain make no difference."""
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@nora.se", "ab@nora.se"),
        ("a+x@nora.se", "a@nora.se"),
        ("å@nora.se", "a@nora.se"),
        ("x@straße.de", "x@strasse.de"),
    ],
)
def test_other_mailbox(one: str, other: str) -> None:
    """Dots, tags and letters with rings and dots belong to the name."""
    assert address_key(one) != address_key(other)


@given(st.text())
def test_key_of_a_key_is_itself(text: str) -> None:
    """Any text has a key, and a key is its own key: what was suppressed once is known again."""
    key = address_key(text)
    assert address_key(key) == key

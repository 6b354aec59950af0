"""What Swedish titles and posts mean, as a table: folded title → role.

Posts are put together from a position and a body (*1:e vice ordförande* · *kommunstyrelsen*). One without a
body, such as *ledamot*, says too little, and takes its body from a column of bodies or from the list's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

from newsletter.model.people import Role
from newsletter.people.words import folded

_COUNCILS = ("kommunfullmäktige", "regionfullmäktige", "fullmäktige", "kf", "rf")
_BOARDS = ("kommunstyrelsen", "regionstyrelsen", "styrelsen", "ks", "rs", "kommunstyrelse", "regionstyrelse")
_SEATS = ("ledamot", "ersättare", "suppleant", "ordinarie ledamot", "tjänstgörande ersättare")
_CHAIRS = ("ordförande", "ordf")
_ORDER = ("", "1 ", "2 ", "3 ")
_VICE = tuple(f"{order}{word}" for order in _ORDER for word in ("vice ordförande", "vice ordf", "v ordf"))
_ORDINALS = {"1": "1", "f": "1", "2": "2", "a": "2", "3": "3", "t": "3"}

_PLAIN: Mapping[Role, tuple[str, ...]] = {
    Role.COUNCIL: ("fullmäktigeledamot", "kommunfullmäktigeledamot", "kommunfullmäktig", "regionfullmäktig"),
    Role.BOARD: ("styrelseledamot", "kommunstyrelseledamot", "regionstyrelseledamot"),
    Role.CHAIR: (
        "kommunalråd",
        "regionråd",
        "kommunstyrelseordförande",
        "regionstyrelseordförande",
        "kso",
        "rso",
        "ksordförande",
    ),
    Role.VICE_CHAIR: ("viceordförande", "vice kommunstyrelseordförande"),
    Role.OPPOSITION: ("oppositionskommunalråd", "oppositionsregionråd", "oppositionsledare"),
    Role.HEAD: (
        "kommundirektör",
        "regiondirektör",
        "kommunchef",
        "kanslichef",
        "förvaltningschef",
        "förvaltningsdirektör",
        "biträdande kommundirektör",
        "stf kommundirektör",
        "utvecklingschef",
        "avdelningschef",
        "enhetschef",
        "verksamhetschef",
        "ekonomichef",
        "direktör",
    ),
    Role.COMMUNICATION: (
        "kommunikatör",
        "kommunikationschef",
        "kommunikationsdirektör",
        "kommunikationsansvarig",
        "kommunikationsstrateg",
        "informatör",
        "informationschef",
        "pressansvarig",
        "presschef",
        "webbredaktör",
    ),
    Role.PLANNING: (
        "samhällsplanerare",
        "planerare",
        "planarkitekt",
        "planchef",
        "stadsarkitekt",
        "översiktsplanerare",
        "infrastrukturplanerare",
        "trafikplanerare",
        "samhällsbyggnadschef",
        "infrastrukturstrateg",
    ),
    Role.BUSINESS: (
        "näringslivschef",
        "näringslivsutvecklare",
        "näringslivsstrateg",
        "näringslivsdirektör",
        "näringslivsansvarig",
        "näringslivssamordnare",
        "tillväxtchef",
        "företagslots",
    ),
    Role.REGIONAL_DEVELOPMENT: (
        "rua",
        "regional utveckling",
        "regional utvecklingsdirektör",
        "regional utvecklingschef",
        "regionutvecklare",
        "regionalt utvecklingsansvarig",
    ),
    Role.OFFICIALS_GROUP: ("tjänstemannagruppen", "tjänstepersonsgrupp", "tjänstemannagrupp"),
    Role.ASSOCIATION_BOARD: ("föreningsstyrelse", "föreningsstyrelsen", "ledamot i föreningens styrelse"),
    Role.NOMINATION: ("valberedning", "ledamot i valberedningen", "valberedare"),
    Role.AUDITOR: ("revisorer", "revision", "förtroendevald revisor", "revisorsersättare"),
    Role.PARTNER: ("samarbetspartner", "partnerorganisation"),
    Role.PROSPECT: ("möjlig ny medlem", "presumtiv medlem"),
    Role.MEDIA: ("journalist", "redaktör", "reporter", "chefredaktör", "nyhetschef", "press"),
}
_OPEN = frozenset(_SEATS)  # they say too little alone


def role_of(title: str, body: str = "", list_: str = "") -> str:
    """The role's id that a title means, told more by its body or its list; "" where nobody can tell."""
    words = _plain(title)
    table = table_of_roles()
    if body:
        return table.get(f"{words} {_plain(body)}", "") or ("" if words in _OPEN else table.get(words, ""))
    return table.get(words, "") or _by_list(words, folded(list_))


def says_too_little(title: str) -> bool:
    """Whether the title is a seat in a body that it does not name."""
    return _plain(title) in _OPEN


@cache
def table_of_roles() -> Mapping[str, str]:
    """Every title that is known, in its plain form → the role's id."""
    table = {_plain(title): role.value for role, titles in _PLAIN.items() for title in titles}
    table |= {_plain(phrase): role.value for phrase, role in _posts()}
    table |= {_plain(role.swedish): role.value for role in Role}
    return (
        table | {role.value: role.value for role in Role} | {_plain(role.value): role.value for role in Role}
    )


def _posts() -> Iterator[tuple[str, Role]]:
    for seat, body in product(_SEATS, _COUNCILS):
        yield from ((phrase, Role.COUNCIL) for phrase in _phrases(seat, body))
    for seat, body in product(_SEATS, _BOARDS):
        yield from ((phrase, Role.BOARD) for phrase in _phrases(seat, body))
    for positions, role in ((_CHAIRS, Role.CHAIR), (_VICE, Role.VICE_CHAIR)):
        for position, body in product(positions, ("", *_COUNCILS, *_BOARDS)):
            yield from ((phrase, role) for phrase in _phrases(position, body))


def _phrases(position: str, body: str) -> tuple[str, ...]:
    if not body:
        return (position,)
    return f"{position} {body}", f"{position} i {body}", f"{body}s {position}", f"{body} {position}"


def _plain(title: str) -> str:
    """Without marks, and every ordinal as its figure: *1:e*, *förste* and *första* are one."""
    words = re.sub(r"[.,;/()–-]+", " ", folded(title))
    words = re.sub(
        r"\b(1|2|3|först|andr|tredj)(?::?[ea])?\s+(?=v)", lambda found: _ORDINALS[found[1][0]] + " ", words
    )
    return " ".join(words.split())


def _by_list(words: str, list_: str) -> str:
    if words not in _OPEN:
        return ""
    is_council = "fullmäktig" in list_ or "fullmaktig" in list_
    is_board = "styrelse" in list_
    if is_council == is_board:
        return ""
    return Role.COUNCIL.value if is_council else Role.BOARD.value

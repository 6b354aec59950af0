"""What is not as it was approved, part by part, in words for whoever approved it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsletter.model.digest import WHOLE
from newsletter.model.review import Change, Parts

_WHOLE = {
    "mode": "Sättet att mäta är ändrat.",
    "transport": "Breven ska gå en annan väg.",
    "transport/settings": "Inställningarna för hur breven går iväg är ändrade.",
    "rule": "Regeln för vilka som får brevet är ändrad.",
    "wording": "Det som ett första brev säger om varifrån adressen kommer är ändrat.",
}
_TEXTS = {
    "issue": ("Numrets namn", "ändrat"),
    "language": ("Språket", "ändrat"),
    "subject": ("Ämnesraden", "ändrad"),
    "preheader": ("Förhandstexten", "ändrad"),
    "html": ("Innehållet", "ändrat"),
    "text": ("Textversionen", "ändrad"),
    "from/name": ("Avsändarens namn", "ändrat"),
    "from/address": ("Avsändarens adress", "ändrad"),
    "reply-to": ("Svarsadressen", "ändrad"),
}
_HEADER, _PICTURE, _HOSTED = "headers/", "pictures/", "hosted/"
_PICTURE_VERBS = ("utbytt", "tillagd", "borttagen")
_OTHER_VERBS = ("ändrat", "tillagt", "borttaget")


def changes(approved: Parts, now: Parts) -> tuple[Change, ...]:
    """All that differs, in steady order; the same change of several editions is told once."""
    differing = sorted(name for name in approved.keys() | now.keys() if approved.get(name) != now.get(name))
    before, after = editions(approved), editions(now)
    found = [Change(name, (), _WHOLE[name]) for name in WHOLE if name in differing]
    found += [Change("", (one,), f"Utgåvan {one} har tillkommit.") for one in after if one not in before]
    found += [Change("", (one,), f"Utgåvan {one} finns inte längre.") for one in before if one not in after]
    common = tuple(one for one in before if one in after)
    return (*found, *_of_editions([name for name in differing if name not in WHOLE], common, approved, now))


def editions(of: Parts) -> tuple[str, ...]:
    """The editions that the parts are of."""
    return tuple(dict.fromkeys(name.partition("/")[0] for name in sorted(of) if name not in WHOLE))


def _of_editions(
    differing: Sequence[str], common: Sequence[str], approved: Parts, now: Parts
) -> Iterator[Change]:
    """The changes within editions that are there both then and now."""
    where: dict[tuple[str, str], list[str]] = {}
    for name in differing:
        edition, _, part = name.partition("/")
        if edition in common:
            where.setdefault((part, _verb(part, name in approved, name in now)), []).append(edition)
    for (part, verb), found in sorted(where.items(), key=lambda item: _rank(item[0][0])):
        yield Change(part, tuple(found), f"{_subject(part)}{_place(found, common)} är {verb}.")


def _verb(part: str, was: bool, is_: bool) -> str:
    if part in _TEXTS:
        return _TEXTS[part][1]
    changed, added, removed = _PICTURE_VERBS if part.startswith((_PICTURE, _HOSTED)) else _OTHER_VERBS
    return changed if was and is_ else removed if was else added


def _subject(part: str) -> str:
    kind, _, rest = part.partition("/")
    if part in _TEXTS:
        return _TEXTS[part][0]
    if part.startswith(_HEADER):
        return f"Brevhuvudet {rest}"
    if part.startswith((_PICTURE, _HOSTED)):
        on_web = " på webben" if kind == "hosted" else ""
        return f"Bilden {rest.rpartition('/')[2]}{on_web}"
    return f"Det som heter {part}"


def _rank(part: str) -> tuple[int, str]:
    known = list(_TEXTS)
    return (known.index(part) if part in known else len(known)), part


def _place(found: Sequence[str], of: Sequence[str]) -> str:
    """Which editions; nothing where there is but one."""
    if len(found) == len(of):
        return " i alla utgåvor" if len(of) > 1 else ""
    if len(found) == 1:
        return f" i utgåvan {found[0]}"
    return f" i utgåvorna {', '.join(found[:-1])} och {found[-1]}"

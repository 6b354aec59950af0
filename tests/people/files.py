"""Lists as members send them, made by code: nothing in them is opaque, and nobody in them exists.

Each is a :class:`Sent`: its bytes, and either the people that it holds (name, address, member, role),
or the words that must refuse it, with the row.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

Person = tuple[str, str, str, str]
ANNA: Person = ("Anna Ek", "anna@example.org", "hofors", "chef")
ASA: Person = ("Åsa Öst", "asa@example.org", "falun", "vice-ordforande")
HEAD = ("Namn", "E-post", "Medlem", "Roll")
ROWS = (("Anna Ek", "anna@example.org", "Hofors kommun", "chef"),
        ("Åsa Öst", "asa@example.org", "Falu kommun", "1:e vice ordförande"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """One file, and what it must give."""

    id: str
    data: bytes
    people: tuple[Person, ...] = ()
    refused: str = ""  # words of what is wrong
    row: int = 0  # where
    name: str = "lista.csv"
    sheet: str = ""
    member: str = ""
    role: str = ""
    unread: int = 0
    left_out: tuple[int, ...] = ()


def text(*rows: Sequence[str], between: str = ";", end: str = "\n") -> str:
    """Rows as text."""
    return "".join(between.join(row) + end for row in rows)


def book(*rows: Sequence[Any], change: Callable[[Any], object] | None = None, **more: Sequence[Any]) -> bytes:
    """A workbook with these rows, and with more sheets by name."""
    made = Workbook()
    sheet = made.active
    sheet.title = "Lista"
    for row in rows:
        sheet.append(row)
    for title, others in more.items():
        other = made.create_sheet(title)
        for row in others:
            other.append(row)
    if change:
        change(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _merged(sheet: Any) -> None:
    for cells in ("A1:E1", "A2:B2", "D4:D5"):
        sheet.merge_cells(cells)


def _hidden(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def _cached(data: bytes) -> bytes:
    """Give the formula in B2 the value that a spreadsheet would have saved with it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            held = old.read(part)
            if part.endswith("sheet1.xml"):
                held = held.replace(b'<c r="B2"><f>', b'<c r="B2" t="str"><f>')
                held = held.replace(b"<v /></c>", b"<v>anna@example.org</v></c>", 1)
                held = held.replace(b"<v></v></c>", b"<v>anna@example.org</v></c>", 1)
            new.writestr(part, held)
    return out.getvalue()


def bomb() -> bytes:
    """A workbook of some kilobytes that unpacks to 300 MB."""
    out = io.BytesIO(book(HEAD))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/worksheets/sheet2.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * 1_000_000)
    return out.getvalue()


def lying_bomb() -> bytes:
    """A workbook whose table of contents says that a sheet of 300 MB has a thousand bytes."""
    true, out = b"<worksheet>" + b" " * 300_000_000, io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(HEAD))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, true if part.endswith("sheet1.xml") else old.read(part))
    return out.getvalue().replace(len(true).to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def _formatted(sheet: Any) -> None:
    """Colour cells far beyond the list, as a whole column or row that was painted."""
    for line in range(1, 200):
        sheet.cell(line, 60).number_format = "0.00"


def big(megabytes: int = 20) -> bytes:
    """A list of that size, of one person and long remarks that are not read."""
    row = "Anna Ek;anna@example.org;Hofors kommun;chef;" + "x" * 10_000 + "\n"
    return (text((*HEAD, "Anmärkning")) + row * (megabytes * 1_000_000 // len(row) + 1)).encode()


def _with(cell: str, at: int = 1) -> bytes:
    row = [*ROWS[0]]
    row[at] = cell
    return text(HEAD, row).encode()


def _luhn(nine: str) -> str:
    digits = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
    return nine + str(-sum(digit - 9 * (digit > 9) for digit in digits) % 10)


NUMBERS = [_luhn(f"8{year}0101{serial}") for year, serial in ((0, "238"), (1, "239"), (2, "240"))]
LIST = text(HEAD, *ROWS)
BOTH = (ANNA, ASA)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

MIXED = text(HEAD, end="\r\n") + text(ROWS[0], end="\r") + text(ROWS[1])
EMPTY = text(*((*row, "", "") for row in (HEAD, *ROWS))) + ";;;;;\n" * 9
TWO = _with('"Anna Ek <anna@example.org>, Bo Ek <bo@example.org>"').replace(b"\nAnna Ek;", b"\n;")
LINK = '"=HYPERLINK(""http://x"")"'

SENT: tuple[Sent, ...] = (
    Sent("semicolons", LIST.encode(), BOTH),
    Sent("commas", text(HEAD, *ROWS, between=",").encode(), BOTH),
    Sent("tabs", text(HEAD, *ROWS, between="\t").encode(), BOTH),
    Sent("bom", LIST.encode("utf-8-sig"), BOTH),
    Sent("utf-16", LIST.encode("utf-16"), BOTH),
    Sent("utf-16-without-mark", LIST.encode("utf-16-le"), BOTH),
    Sent("windows-1252", LIST.encode("cp1252"), BOTH),
    Sent("latin-1", LIST.encode("latin-1"), BOTH),
    Sent("mixed-line-ends", MIXED.encode(), BOTH),
    Sent("trailing-columns-and-rows", EMPTY.encode(), BOTH),
    Sent("title-rows", ("Ledamöter 2026\n\nUppdaterad i maj, av kansliet\n" + LIST).encode(), BOTH),
    Sent("first-and-last-name", text(("Efternamn", "Förnamn", "Mejl", "Kommun", "Befattning"),
         ("Ek", "Anna", "anna@example.org", "Hofors", "chef")).encode(), (ANNA,)),
    Sent("last-name-first", text(("Efternamn, förnamn", "Epost", "Organisation", "Titel"),
         ("Ek, Anna", "anna@example.org", "Hofors", "Kommunchef")).encode(), (ANNA,)),
    Sent("body-column", text((*HEAD, "Organ"), ("Åsa Öst", "asa@example.org", "Falun", "1:e vice ordf.",
         "Kommunstyrelsen")).encode(), (ASA,)),
    Sent("name-and-address", _with("Anna Ek <anna@example.org>"), (ANNA,)),
    Sent("link", _with("mailto:anna@example.org?subject=Hej"), (ANNA,)),
    Sent("unseen-characters", _with("\u00a0\u200banna@example.org\u200b\u00a0"), (ANNA,)),
    Sent("upper-case-domain", _with("anna@EXAMPLE.ORG"), (ANNA,)),
    Sent("swedish-domain", _with("anna@åäö.example"), (("Anna Ek", "anna@åäö.example", "hofors", "chef"),)),
    Sent("several-addresses", _with('"anna@example.org; anna.ek@example.org"'), (ANNA,), left_out=(2,)),
    Sent("brackets-and-a-bare-address", _with('"Anna Ek <anna@example.org>; anna@annan.example"'), (ANNA,),
         left_out=(2,)),
    Sent("brackets-after-a-bare-address", TWO.replace(b"Anna Ek <anna@example.org>", b"anna@example.org"),
         (("", *ANNA[1:]), ("Bo Ek", "bo@example.org", "hofors", "chef"))),
    Sent("address-as-name", _with("'anna@example.org' <anna@example.org>"), (ANNA,)),
    Sent("several-people", TWO,
         (ANNA, ("Bo Ek", "bo@example.org", "hofors", "chef"))),
    Sent("one-member-one-role", text(("Namn", "E-post"), ROWS[0][:2]).encode(), (ANNA,),
         member="Hofors", role="chef"),
    Sent("telephones", text((*HEAD, "Telefon"), (*ROWS[0], "070-123 45 67")).encode(), (ANNA,), unread=1),
    Sent("tags", text((*HEAD, "Märkord"), (*ROWS[0], "Bruk 2.0, årsmöte")).encode(), (ANNA,)),
    Sent("tag-of-a-bloc", text((*HEAD, "Tags"), (*ROWS[0], "press, oppositionen")).encode(),
         refused="Kolumn E: Taggen ”oppositionen” röjer", row=2),
    Sent("dates-as-numbers", text((*HEAD, "Fr.o.m."), (*ROWS[0], "46310")).encode(), (ANNA,)),
    Sent("workbook", book(HEAD, *ROWS), BOTH, name="lista.xlsx"),
    Sent("workbook-called-csv", book(HEAD, *ROWS), BOTH),
    Sent("text-called-xlsx", LIST.encode(), BOTH, name="lista.xlsx"),
    Sent("merged-headings-and-members", book(("Ledamöter",), ("Namn", None, "E-post", "Kommun", "Roll"),
         ("Förnamn", "Efternamn"), ("Anna", "Ek", "anna@example.org", "Hofors", "chef"),
         ("Bo", "Ek", "bo@example.org", None, "chef"), change=_merged),
         (ANNA, ("Bo Ek", "bo@example.org", "hofors", "chef")), name="lista.xlsx"),
    Sent("formula", _cached(book(HEAD, ("Anna Ek", '=LOWER("ANNA@EXAMPLE.ORG")', "Hofors", "chef"))),
         (ANNA,), name="lista.xlsx"),
    Sent("formula-without-a-value", book(HEAD, ("Anna Ek", "=LOWER(A9)", "Hofors", "chef")),
         refused="Kolumn B: E-post saknas", row=2, name="lista.xlsx"),
    Sent("formula-of-an-error", _with("#NAMN?", 0), refused="Kolumn A: Namnet är en formel", row=2),
    Sent("formula-as-address", _with("=A1&B1"), refused="Kolumn B: ”=A1&B1” är ingen e-postadress", row=2),
    Sent("identity-numbers-as-numbers", book((*HEAD, "Id"), (*ROWS[0], int("19" + NUMBERS[0]))),
         refused="Kolumn E får inte", row=2, name="lista.xlsx"),
    Sent("trailing-empty-cells", book((*HEAD, None, ""), *((*row, None, " ") for row in ROWS), (None,) * 30,
         change=_formatted), BOTH, name="lista.xlsx"),
    Sent("a-cell-far-right", book(HEAD, ROWS[0], change=lambda sheet: sheet.cell(2, 16384, "x")),
         refused="kolumn XFD", row=2, name="lista.xlsx"),
    Sent("a-cell-far-down", book(HEAD, ROWS[0], change=lambda sheet: sheet.cell(1_048_576, 3, "Hofors")),
         refused="Kolumn B: E-post saknas", row=1_048_576, name="lista.xlsx"),
    Sent("a-bomb-that-lies", lying_bomb(), refused="går inte att läsa", name="lista.xlsx"),
    Sent("hidden-row", book(HEAD, *ROWS, change=_hidden), (ANNA,), name="lista.xlsx", left_out=(3,)),
    Sent("one-list-among-sheets", book(HEAD, *ROWS, Info=[("Gjord i maj",)]), BOTH, name="lista.xlsx"),
    Sent("sheet-by-name", book(HEAD, ROWS[0], Ny=[HEAD, ROWS[1]]), (ASA,), name="lista.xlsx", sheet="Ny"),
    Sent("several-lists", book(HEAD, ROWS[0], Ny=[HEAD, ROWS[1]]), refused="”Lista”, ”Ny”",
         name="lista.xlsx"),
    Sent("no-such-sheet", book(HEAD), refused="Bladet ”Nyy” finns inte", name="lista.xlsx", sheet="Nyy"),
    Sent("old-excel", _OLE, refused="gamla Excel", name="lista.xls"),
    Sent("password", _OLE + "EncryptedPackage".encode("utf-16-le"), refused="lösenord", name="lista.xlsx"),
    Sent("bomb", bomb(), refused="tas inte emot", name="lista.xlsx"),
    Sent("cut-off-workbook", book(HEAD, *ROWS)[:900], refused="skadad", name="lista.xlsx"),
    Sent("web-page", b"<html><table><tr><td>Namn</td></tr></table>", refused="webbsida", name="lista.xls"),
    Sent("identity-numbers", text((*HEAD, "Id"), (*ROWS[0], f"19{NUMBERS[0]}")).encode(),
         refused="Kolumn E får inte", row=2),
    Sent("bare-identity-numbers", text((*HEAD, "Id"), *((*ROWS[0], number) for number in NUMBERS)).encode(),
         refused="Kolumn E får inte", row=1),
    Sent("identity-heading", text((*HEAD, "Personnr"), (*ROWS[0], "")).encode(), refused="Kolumn E", row=1),
    Sent("parties-unnamed", text((*HEAD, "Övrigt"), (*ROWS[0], "S"), (*ROWS[1], "M")).encode(),
         refused="Kolumn E får inte", row=1),
    Sent("live-formula", _with(LINK, 0), refused="Kolumn A: Namnet är en formel", row=2),
    Sent("lost-letters", _with("Ã…sa", 0), refused="Kolumn A: Namnet", row=2),
    Sent("unknown-role", _with("rådgivare till chefen", 3), refused="Kolumn D: Roll", row=2),
    Sent("bare-seat", _with("ledamot", 3), refused="kan vara flera", row=2),
    Sent("part-of-a-member", _with("Örebro", 2), refused="Kolumn C: Medlem ”Örebro”", row=2),
    Sent("no-headings", text(*ROWS).encode(), refused="E-post saknas", row=1),
)  # fmt: skip

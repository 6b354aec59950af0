"""Write people.csv: about 860 invented readers, spread over the members as real lists are.

    python subscribers/make_example.py

Every name is put together by chance and every address lies under the reserved domain example.org. The same
bytes come out each time and under every Python: only `random.Random.random`, whose sequence is promised, is
drawn from.
"""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

HERE = Path(__file__).parent
SEED = 20261117
HEADER = ("Namn", "E-post", "Medlem", "Roll")

# Readers per member. Real lists are uneven: the regions and towns have long ones, and a few members are so
# small that the report must count them together with a neighbour.
READERS = {
    "hofors": 19, "sandviken": 46, "region-gavleborg": 54,
    "avesta": 40, "borlange": 48, "falun": 55, "hedemora": 28, "ludvika": 44, "malung-salen": 22,
    "smedjebacken": 20, "sater": 24,
    "hallefors": 14, "lindesberg": 36, "ljusnarsberg": 7, "nora": 18, "region-orebro-lan": 80,
    "fagersta": 27, "hallstahammar": 26, "norberg": 13, "sala": 34, "skinnskatteberg": 12, "surahammar": 17,
    "filipstad": 21, "kristinehamn": 38, "storfors": 4, "region-varmland": 54,
}  # fmt: skip
OUTSIDE = {"partner": 11, "mojlig-medlem": 6, "media": 14}  # these have no member
POLITICIANS = 0.635  # share of a member's readers; the rest are officials

# Those of a member who hold a second office: on two rows, with one address.
SECOND = (
    ("foreningsstyrelse", ("ordforande", "vice-ordforande", "oppositionsrad"), 4),
    ("valberedning", ("fullmaktige",), 4),
    ("revision", ("fullmaktige",), 2),
    ("tjanstepersonsgruppen", ("planering", "naringsliv"), 5),
)
# Those who are on the list for the association's sake alone.
SOLE = (("foreningsstyrelse", 9), ("valberedning", 5), ("revision", 3), ("tjanstepersonsgruppen", 12))

# First names and surnames by where they are common; most of Bergslagen's are Swedish, the next most Finnish.
SWEDISH = (
    """
    Anna Maria Karin Eva Lena Kristina Ingrid Birgitta Elisabeth Margareta Åsa Malin Jenny Sofia Linda
    Camilla Ulrika Monica Helena Susanne Gunilla Marie Therése Hanna Emma Ida Josefin Märta Görel Solveig
    Britt Ylva Kerstin Inger Agneta Matilda Frida Lisbeth Siv Annika Petra Désirée Renée Zandra Elin
    Carina Pernilla Yvonne Marianne Sara Lars Anders Per Erik Johan Karl Mikael Peter Jan Nils Thomas Hans
    Göran Åke Lennart Bengt Mats Fredrik Magnus Jonas Stefan Daniel Mattias Andreas Björn Håkan Örjan
    Sören Östen Kjell Rolf Ulf Kent Torbjörn Tomas Christer Roger Gustav Oskar Viktor Simon Linus Emil Ola
    Staffan Leif Conny Jörgen Rickard Patrik André René Sebastian Robin Tobias Anna-Karin Anna-Lena
    Ann-Sofie Britt-Marie Eva-Lena Maj-Britt Marie-Louise Rose-Marie Inga-Lill Anne-Charlotte Per-Olof
    Karl-Erik Lars-Göran Jan-Åke Sven-Erik Nils-Erik Per-Anders Hans-Olov Bo-Göran Lars-Erik
    """,
    """
    Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson
    Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist
    Lindgren Berg Axelsson Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson
    Sandberg Henriksson Forsberg Sjöberg Wallin Engström Danielsson Håkansson Eklund Lundin Gunnarsson
    Fransson Bergman Samuelsson Holm Björk Isaksson Bergqvist Nyström Arvidsson Löfgren Söderberg Nyberg
    Blomqvist Claesson Nordström Mårtensson Lundström Björklund Eliasson Berggren Sandström Nordin Ström
    Hermansson Åberg Ekström Holmgren Hellström Dahlberg Hedlund Sundberg Sjögren Ek Blom Öberg Norberg
    Falk Åkesson Strömberg Dahl Sundström Martinsson Åström Hägg Hammar Hedman Hyttberg Smeds Finnberg
    Skog Stenmark Ålund Rönnqvist Öhman Ärlebo Bäck Lövgren Wästfelt Hökby Grönkvist Näslund
    """,
)
WIDER = (
    (
        "Aino Päivi Tuula Eeva Ritva Jari Pekka Timo Antti Kalevi",
        "Korhonen Virtanen Mäkinen Nieminen Hämäläinen Koskinen Rautio Pöyry",
    ),
    (
        "Selma Amra Jasmina Emir Adnan Goran",
        "Horvat Kovačević Hadžić Begović Petrović",
    ),
    (
        "Leila Shirin Nasrin Reza Dariush Zahra",
        "Ahmadi Rahimi Hosseini Karimi",
    ),
    (
        "Amina Fatima Noor Hassan Omar Ali Rojin Rêbin",
        "Haddad Mansour Aziz Barzani Yılmaz Demir Özkan",
    ),
    (
        "Hodan Ayaan Abdi Yusuf",
        "Farah Warsame Jama Hussein",
    ),
    (
        "Katarzyna Agnieszka Natalia Oksana Piotr Marek",
        "Kowalczyk Nowak Wróbel Kovalenko Dąbrowa",
    ),
    (
        "Luca Inés Núria Siobhán Jürgen Noémie",
        "O'Brien O'Connor D'Angelo García Peña Ferreira Müller Schröder",
    ),
)

# Letters that do not come apart into a plain one and an accent.
FOLDED = str.maketrans({"ø": "o", "æ": "a", "ß": "ss", "ı": "i", "ł": "l", "đ": "d", "'": "", " ": "-"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a person in one office."""

    name: str
    address: str
    member: str  # its id; empty outside the circle of members
    role: str


class Names:
    """Draws names and addresses that were not drawn before."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.taken: set[str] = set()

    def person(self, domain: str) -> tuple[str, str]:
        """Return a name and its address at the domain; nobody else has either."""
        while (local := ascii_folded(name := self._name())) in self.taken:
            pass
        self.taken.add(local)
        return name, f"{local}@{domain}"

    def _name(self) -> str:
        firsts, lasts = SWEDISH if self.chance.random() < 0.86 else drawn(self.chance, WIDER)
        first, last = drawn(self.chance, firsts.split()), drawn(self.chance, lasts.split())
        style = self.chance.random()
        if style < 0.04:
            return f"{first} {last} {drawn(self.chance, SWEDISH[1].split())}"
        if style < 0.07:
            return f"{first} {last}-{drawn(self.chance, SWEDISH[1].split())}"
        if style < 0.09:
            return f"{first} {drawn(self.chance, drawn(self.chance, WIDER)[1].split())}"
        return f"{first} {last}"


def drawn(chance: random.Random, choices: Sequence[T]) -> T:
    """Return one of the choices, each as likely."""
    return choices[int(chance.random() * len(choices))]


def ascii_folded(name: str) -> str:
    """Return the part of an address before @: `Per-Olof O'Brien Åström` gives `per-olof.obrien-astrom`."""
    first, last = name.lower().split(" ", 1)
    plain = f"{first}.{last.translate(FOLDED)}".translate(FOLDED)
    letters = unicodedata.normalize("NFKD", plain)
    return letters.encode("ascii", "ignore").decode("ascii")


def offices(member: str, readers: int) -> Iterator[str]:
    """Yield a role for each of a member's readers, leaderships first."""
    politicians = round(readers * POLITICIANS)
    yield from political_offices(politicians, large=readers >= 40)
    officials = ("chef", "kommunikation", "naringsliv", "planering", "chef", "planering", "naringsliv")
    for n in range(readers - politicians):
        yield "rua" if member.startswith("region-") and n % 4 == 3 else officials[n % len(officials)]


def political_offices(seats: int, *, large: bool) -> Iterator[str]:
    """Yield the roles of a member's politicians: leadership, executive board, then the council."""
    leaders = ["ordforande", "oppositionsrad", "vice-ordforande"]
    leaders += ["vice-ordforande", "oppositionsrad"] if large else []
    yield from leaders[:seats]
    left = max(0, seats - len(leaders))
    yield from ["styrelse"] * (left // 3)
    yield from ["fullmaktige"] * (left - left // 3)


def members(names: Names) -> Iterator[Row]:
    """Yield the readers of every member, each in one office."""
    for member, readers in READERS.items():
        for role in offices(member, readers):
            yield Row(*names.person(f"{member}.example.org"), member, role)


def second_offices(chance: random.Random, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield a further row for those who also serve the association, at most one a person."""
    for role, among, seats in SECOND:
        able = [row for row in rows if row.role in among]
        for _ in range(seats):
            row = able.pop(int(chance.random() * len(able)))
            yield Row(row.name, row.address, row.member, role)


def sole_offices(chance: random.Random, names: Names) -> Iterator[Row]:
    """Yield those who are on the list only for their office in the association."""
    large = [member for member, readers in READERS.items() if readers >= 20]
    for role, seats in SOLE:
        for _ in range(seats):
            member = drawn(chance, large)
            yield Row(*names.person(f"{member}.example.org"), member, role)


def outside(names: Names) -> Iterator[Row]:
    """Yield partners, possible members and media."""
    for role, readers in OUTSIDE.items():
        for _ in range(readers):
            yield Row(*names.person(f"{role}.example.org"), "", role)


def people(seed: int) -> list[Row]:
    """Return the whole list: by member, then by address, a person's own office before the association's."""
    chance = random.Random(seed)
    names = Names(chance)
    rows = list(members(names))
    rows += [*second_offices(chance, rows), *sole_offices(chance, names), *outside(names)]
    order = {member: n for n, member in enumerate([*READERS, ""])}
    return sorted(rows, key=lambda row: (order[row.member], row.address))


def as_csv(rows: Sequence[Row]) -> str:
    """Return the list as comma-separated text with LF line ends."""
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(HEADER)
    sheet.writerows((row.name, row.address, row.member, row.role) for row in rows)
    return text.getvalue()


if __name__ == "__main__":
    (HERE / "people.csv").write_bytes(as_csv(people(SEED)).encode("utf-8"))

"""What the bytes are, whatever the file is called."""

from __future__ import annotations

import io
import zipfile

from newsletter.errors import InputError
from newsletter.model.where import Where
from newsletter.people.table import SAVE_AS

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_MOST_PARTS = 2000
_MOST_BYTES = 400_000_000  # of all parts together, unpacked: a list of 20 MB with room to spare
_MOST_SWOLLEN, _SMALL = 200, 5_000_000  # times the packed size; text of a list packs to a tenth
_OPEN_AND_SAVE = (
    "Öppna den i kalkylprogrammet och spara den som Excel-arbetsbok (.xlsx). Importera den nya filen."
)
_OTHERS = (
    (b"%PDF", "ett PDF-dokument"),
    (b"{\\rtf", "ett textdokument (RTF)"),
    (b"<", "en webbsida eller XML"),
)


def is_workbook(data: bytes, path: str) -> bool:
    """Whether it is an XLSX workbook; else it may be text. Raises InputError for everything else."""
    if data.startswith(_OLE):
        raise _old(data, path)
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, kind in _OTHERS:
        if start.startswith(mark):
            raise InputError(
                f"{path} är {kind}.", where=Where(path), why="En lista är text i kolumner.", do=SAVE_AS
            )
    if not data.startswith(_ZIP):
        return False
    _look_inside(data, path)
    return True


def _old(data: bytes, path: str) -> InputError:
    if _ENCRYPTED in data:
        return InputError(
            f"{path} är skyddad med lösenord.",
            where=Where(path),
            why="Innehållet är krypterat, och programmet frågar aldrig efter andras lösenord.",
            do="Öppna den i Excel, ta bort lösenordet (Arkiv, Info, Skydda arbetsbok) och spara den på nytt.",
        )
    why = "Det är det gamla Excel-formatet (.xls), som inte läses."
    return InputError(f"{path} går inte att läsa.", where=Where(path), why=why, do=_OPEN_AND_SAVE)


def _look_inside(data: bytes, path: str) -> None:
    """Refuse, by the packed file's own contents and before anything is unpacked, what is not safe to read."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        why = "Filen är avbruten eller trasig; ofta har en överföring inte blivit klar."
        do = "Be om filen en gång till."
        raise InputError(f"{path} är skadad.", where=Where(path), why=why, do=do) from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        what = "ett OpenDocument-kalkylblad" if "content.xml" in names else "ingen Excel-arbetsbok"
        raise InputError(
            f"{path} är {what}.", where=Where(path), why="Bara .xlsx och text läses.", do=_OPEN_AND_SAVE
        )
    whole = sum(part.file_size for part in parts)
    swollen = whole > _SMALL and whole > _MOST_SWOLLEN * len(data)
    if (
        len(parts) > _MOST_PARTS
        or whole > _MOST_BYTES
        or swollen
        or any(part.flag_bits & 1 for part in parts)
    ):
        why = f"Den packar upp sig till {whole // 1_000_000} MB i {len(parts)} delar; så ser ingen lista ut."
        do = "Kopiera listan till en ny, tom arbetsbok, eller spara den som ”CSV UTF-8”."
        raise InputError(f"{path} tas inte emot.", where=Where(path), why=why, do=do)

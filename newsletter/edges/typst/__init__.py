"""Typst: sets a report as PDF/UA-1, with the program's own typeface and none of the system's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Literal

from newsletter.errors import TypesetFailed

STANDARD: Literal["ua-1"] = "ua-1"
_MAIN = "report.typ"


class Typst:
    """The `Typesetter` over Typst's compiler, in this process."""

    def pdf(self, source: str, files: Mapping[str, bytes], at: datetime) -> bytes:
        """The PDF's bytes, the same for the same input. Raises TypesetFailed."""
        with TemporaryDirectory(prefix="newsletter-typst-") as folder:
            root = Path(folder).resolve()
            _lay_out(root, {**files, _MAIN: source.encode("utf-8")})
            return _compiled(root, at)


def _lay_out(root: Path, contents: Mapping[str, bytes]) -> None:
    for name, data in contents.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise TypesetFailed(f"Filen {name} ligger utanför rapportens mapp.", why="Den skrivs inte.")
        target = root.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _compiled(root: Path, at: datetime) -> bytes:
    import typst

    moment = at.astimezone(UTC).replace(microsecond=0)  # a PDF's date knows no finer, and Typst refuses it
    with as_file(files("newsletter").joinpath("fonts")) as fonts:
        faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
        try:
            compiler = typst.Compiler(str(root / _MAIN), root=str(root), font_paths=faces)
            made = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=moment)
        except (typst.TypstError, RuntimeError, OSError) as error:
            raise TypesetFailed(
                "Rapporten kunde inte sättas som PDF.",
                why=_words(error, root),
                do="Skriv den som HTML så länge: lägg till --format html.",
            ) from error
    if not isinstance(made, bytes):
        raise TypesetFailed("Rapporten kunde inte sättas som PDF.", why="Typst gav inget tillbaka.")
    return made


def _words(error: Exception, root: Path) -> str:
    """The typesetter's own words, without the place of the scratch folder."""
    said = getattr(error, "message", "") or str(error)
    hints = getattr(error, "hints", None) or []
    return " ".join([said, *hints]).replace(str(root), "").strip()

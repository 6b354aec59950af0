"""What a database can fail with, said in the program's own errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from newsletter.errors import Busy, StateError
from newsletter.model.where import Where


@dataclass(frozen=True, slots=True)
class _Failure:
    """How one kind of failure is told."""

    error: type[StateError]
    what: str
    do: str


_BUSY = _Failure(
    Busy, "Databasen är upptagen av ett annat program.", "Vänta tills det är klart och försök igen."
)
_FULL = _Failure(
    StateError, "Disken är full, så ingenting kunde sparas.", "Frigör utrymme och kör kommandot igen."
)
_CORRUPT = _Failure(
    StateError,
    "Databasfilen är skadad eller är ingen databas.",
    "Flytta undan filen och återställ den senaste säkerhetskopian.",
)
_READ_ONLY = _Failure(
    StateError,
    "Databasen kan inte öppnas eller inte skrivas.",
    "Se efter att mappen finns och att du får skriva i den.",
)
_DISK = _Failure(
    StateError,
    "Disken svarade med ett fel när databasen lästes eller skrevs.",
    "Se efter att disken är hel och inte en nätverksdisk, och kör kommandot igen.",
)
_CONFLICT = _Failure(
    StateError,
    "Databasen tog inte emot ändringen: något skulle ha funnits två gånger.",
    "Ingenting ändrades. Rätta underlaget (samma person eller adress två gånger?) och försök igen.",
)
_OTHER = _Failure(
    StateError,
    "Databasen kunde inte göra det som behövdes.",
    "Kör newsletter doctor för att se vad som är fel.",
)

# SQLite's primary result codes; the low byte of an extended code.
_BY_CODE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_NOTADB: _CORRUPT,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_AUTH: _READ_ONLY,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CONSTRAINT: _CONFLICT,
}


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn every error of the database into a StateError or Busy that names the place.

    A value that cannot be stored at all (a naive time) is the caller's mistake and stays a ValueError.
    """
    try:
        yield
    except StatementError as error:
        if not isinstance(error, DBAPIError) and isinstance(error.orig, ValueError):
            raise error.orig from error
        raise _translated(error, error.orig, place) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _translated(error, error, place) from error


def _translated(error: Exception, original: BaseException | None, place: str) -> StateError:
    failure = _failure(error, original)
    return failure.error(failure.what, where=Where(place), why=_reason(original), do=failure.do)


def _failure(error: Exception, original: BaseException | None) -> _Failure:
    if isinstance(error, IntegrityError):
        return _CONFLICT
    code = getattr(original, "sqlite_errorcode", None)
    return _OTHER if code is None else _BY_CODE.get(code & 0xFF, _OTHER)


def _reason(original: BaseException | None) -> str:
    """The driver's own words; never the statement's values, which may be people's."""
    return "" if original is None else f"({type(original).__name__}: {original})"

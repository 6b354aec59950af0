"""Everything that can go wrong, as one tree.

    NewsletterError
    ├── UsageError            the command cannot mean anything            exit 2
    │   └── ConfirmationNeeded   the plan was shown; the issue's name was not given
    ├── InputError            a text or file that a person wrote is wrong  exit 1
    │   ├── MissingFile
    │   └── Problems          several of them, all reported at once
    ├── ChecksFailed          the letter is not fit to be sent             exit 3
    ├── NotApproved           no approval of exactly this digest           exit 4
    ├── PartlySent            some letters left, some did not              exit 5
    ├── StateError            the ledger or its folder forbids it          exit 1
    │   └── Busy              another process sends; wait for it           (retryable)
    └── OutsideError          something outside did not do its part        exit 1
        ├── FetchFailed       a site did not answer as it should           (often retryable)
        ├── ParseFailed       bytes from outside that cannot be read
        ├── LookupFailed      no name server gave an answer               (retryable)
        │   ├── NoSuchName    it answered: there is no such name          (not retryable)
        │   └── NoNetwork     no name server can be reached from here
        ├── TransportFailed   a mail transport could not work               (often retryable)
        └── TypesetFailed     the PDF could not be set

Every error says *what* went wrong, *where* (file and line), *why*, and what to *do*. Whether trying
again can help is a property of the error (:attr:`NewsletterError.retryable`), not of the caller.
The texts are Swedish: the communicator reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text: a file (relative to the workspace, with ``/``), a line and a column.

    Both count from 1; line 0 is the whole file, column 0 the whole line.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}:{self.column}" if self.line and self.column else place


class NewsletterError(Exception):
    """The root: what, where, why, do; `exit_code` is the program's exit status."""

    exit_code = 1
    retryable = False

    def __init__(self, what: str, *, where: Where | None = None, why: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.do = do

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return place + " ".join(part for part in (self.what, self.why) if part)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between two processes, keyword arguments and all."""
        return _rebuilt, (type(self), self.__dict__)


def _rebuilt(kind: type[NewsletterError], state: dict[str, object]) -> NewsletterError:
    error = kind.__new__(kind)
    Exception.__init__(error, state["what"])
    error.__dict__.update(state)
    return error


class UsageError(NewsletterError):
    """The command as given cannot mean anything."""

    exit_code = 2


class ConfirmationNeeded(UsageError):
    """The plan was shown, and nothing leaves before the issue's name is given."""


class InputError(NewsletterError):
    """A text or file that a person wrote is wrong."""


class MissingFile(InputError):
    """A file that another text names is not there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a text: what, where, why, and what to do."""

    what: str
    where: Where | None = None
    why: str = ""
    do: str = ""


class Problems(InputError):
    """All the mistakes that were found, so that they can be mended in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        first = self.problems[0]
        count = len(self.problems)
        what = first.what if count == 1 else f"{count} fel hittades."
        super().__init__(what, where=first.where, why=first.why if count == 1 else "", do=first.do)

    @staticmethod
    def raise_if(problems: Sequence[Problem]) -> None:
        """Raise when there is at least one problem."""
        if problems:
            raise Problems(problems)


class ChecksFailed(NewsletterError):
    """A finding of severity *error* stands, so the letter must not leave."""

    exit_code = 3


class NotApproved(NewsletterError):
    """The workspace asks for an approval of exactly this digest, and there is none."""

    exit_code = 4


class PartlySent(NewsletterError):
    """Some letters left and some did not; the ledger knows which."""

    exit_code = 5


class StateError(NewsletterError):
    """The ledger, or the folder it lies in, forbids what was asked."""


class Busy(StateError):
    """Another process holds the lock or the database."""

    retryable = True


class OutsideError(NewsletterError):
    """Something outside did not do its part."""


class FetchFailed(OutsideError):
    """A site did not answer as it should; `retryable` is set per case."""

    status = 0  # what the site answered, where it answered at all

    def __init__(
        self, what: str, *, where: Where | None = None, why: str = "", do: str = "", retryable: bool = False
    ) -> None:
        super().__init__(what, where=where, why=why, do=do)
        self.retryable = retryable


class ParseFailed(OutsideError):
    """Bytes from outside that cannot be read, or not within the limits."""


class LookupFailed(OutsideError):
    """No name server gave an answer that means anything."""

    retryable = True


class NoSuchName(LookupFailed):
    """DNS answered that the name does not exist (NXDOMAIN)."""

    retryable = False


class NoNetwork(LookupFailed):
    """No name server can be reached from this machine."""


class TransportFailed(OutsideError):
    """A mail transport could not work: it is certain that nothing of what it was given has left.

    `retryable` is False where only a person can mend it; `retry_after`, in seconds, is the other side's wish.
    """

    retryable = True

    def __init__(
        self,
        what: str,
        *,
        where: Where | None = None,
        why: str = "",
        do: str = "",
        retryable: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, where=where, why=why, do=do)
        self.retryable = retryable
        self.retry_after = retry_after


class TypesetFailed(OutsideError):
    """The PDF could not be set; why holds the typesetter's own words."""

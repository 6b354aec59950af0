"""Git: whether it would carry a file to others, and committing one file of a workspace that is in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from newsletter.errors import StateError
from newsletter.model.where import Where

_SECONDS = 10
_PRIVATE = "private"
_OURS = {"user.name": "newsletter", "user.email": "newsletter@localhost"}


def carries(file: Path) -> bool:
    """Whether the file lies in a repository and git does not ignore it, so that a commit could take it along.

    Where git cannot be asked, every file below a repository counts but those in a folder named *private*.
    """
    file = file.resolve()
    if not any((folder / ".git").exists() for folder in file.parents):
        return False
    try:
        return _status(file, "ls-files", "--error-unmatch") == 0 or _status(file, "check-ignore", "-q") == 1
    except (OSError, subprocess.TimeoutExpired):
        return _PRIVATE not in file.parent.parts


class Repository:
    """The History port over the repository that a workspace lies in, if it lies in one."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def commit(self, path: str, message: str) -> bool:
        """Commit this one file and nothing else; whether there is a repository that carries it.

        Nothing to commit is fine. Raises StateError where git does not take it.
        """
        if not carries(self._root / path):
            return False
        self._git("add", "--", path)
        if self._git("diff", "--cached", "--quiet", "--", path, check=False):
            self._git(*self._author(), "commit", "--quiet", "--only", "-m", message, "--", path)
        return True

    def _author(self) -> list[str]:
        """Who commits; a name or address of ours where git knows of none."""
        unknown = [key for key in _OURS if self._git("config", key, check=False)]
        return [word for key in unknown for word in ("-c", f"{key}={_OURS[key]}")]

    def _git(self, *words: str, check: bool = True) -> int:
        command = ["git", "-C", str(self._root), *words]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, text=True)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _refused(words[-1], str(error)) from error
        if check and done.returncode:
            raise _refused(words[-1], (done.stderr or done.stdout).strip())
        return done.returncode


def _refused(path: str, why: str) -> StateError:
    return StateError(
        "Git tog inte emot filen som säger att numret skickas, så inget har skickats.",
        where=Where(path),
        why=f"Andra kopior av mappen ska få veta det innan något brev går. Git svarade: {why}",
        do="Rätta felet (`git status` visar läget) och kör samma kommando igen.",
    )


def _status(file: Path, *words: str) -> int:
    command = ["git", "-C", str(file.parent), *words, "--", file.name]
    return subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False).returncode

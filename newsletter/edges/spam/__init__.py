"""SpamAssassin, where it is installed: its local rules alone, without network, learning or own settings.

All letters go through one run, as a mailbox, since starting it costs more than judging a letter.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.errors import OutsideError
from newsletter.model.finding import SpamRule, SpamVerdict

PROGRAM = "spamassassin"
_SECONDS = 120.0  # for the whole run; it takes a second or two
_OPTIONS = (
    "--local",
    "--mbox",
    "--nocreate-prefs",
    "--cf=use_bayes 0",
    "--cf=report_safe 0",
    "--cf=fold_headers 0",
    "--cf=clear_headers",
    "--cf=add_header all Verdict _SCORE_ _TESTSSCORES(,)_",
)
_FROM = b"From newsletter@localhost Thu Jan  1 00:00:00 1970\n"
_FROM_LINE = re.compile(rb"^(>*From )", re.MULTILINE)
_VERDICT = re.compile(rb"^From [^\n]*\n(?:[^\n]+\n)*?X-Spam-[\w-]*Verdict: ([^\n]*)", re.MULTILINE)
_RULE = re.compile(r"([A-Z][A-Z0-9_]*)=(-?[\d.]+)")


def installed() -> SpamAssassin | None:
    """The filter of this machine, None where it has none."""
    path = shutil.which(PROGRAM)
    return SpamAssassin(path) if path else None


class SpamAssassin:
    """The `SpamFilter` over the program at a path."""

    def __init__(self, path: str) -> None:
        self._path = path

    def verdicts(self, letters: Sequence[bytes]) -> Sequence[SpamVerdict]:
        """One for each letter, in order. Raises OutsideError where the filter does not do its part."""
        answer = self._run(b"".join(_mailed(letter) for letter in letters))
        found = [_verdict(line.decode("ascii", "replace")) for line in _VERDICT.findall(answer)]
        if len(found) != len(letters):
            raise _failed(f"Den svarade om {len(found)} av {len(letters)} brev.")
        return found

    def _run(self, mailbox: bytes) -> bytes:
        with TemporaryDirectory(prefix="newsletter-spam-") as home:
            preferences = Path(home) / "user_prefs"
            preferences.touch()
            try:
                done = subprocess.run(
                    [self._path, *_OPTIONS, f"--prefs-file={preferences}"],
                    input=mailbox,
                    capture_output=True,
                    timeout=_SECONDS,
                    env={"HOME": home, "PATH": os.defpath, "LC_ALL": "C", "TMPDIR": home},
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise _failed(str(error)) from error
        if done.returncode != 0:
            raise _failed(done.stderr.decode("utf-8", "replace").strip()[:500])
        return done.stdout


def _mailed(letter: bytes) -> bytes:
    """A letter as it stands in a mailbox."""
    text = letter.replace(b"\r\n", b"\n")
    return _FROM + _FROM_LINE.sub(rb">\1", text).rstrip(b"\n") + b"\n\n"


def _verdict(line: str) -> SpamVerdict:
    points, _, rules = line.strip().partition(" ")
    try:
        told = tuple(SpamRule(name, float(each)) for name, each in _RULE.findall(rules))
        return SpamVerdict(float(points), told)
    except ValueError as error:
        raise _failed(f"Svaret går inte att läsa: {line[:100]}") from error


def _failed(why: str) -> OutsideError:
    return OutsideError(
        "SpamAssassin kunde inte döma brevet.",
        why=why,
        do="Prova `spamassassin --lint`; granskningen i övrigt påverkas inte.",
    )

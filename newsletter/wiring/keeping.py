"""Backups, and putting one back."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.errors import StateError
from newsletter.wiring.edges import Edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.pipeline.restoring import Present, Restored
    from newsletter.ports import BackupMade, Continuity


@contextmanager
def _continuity(database: Path, key: bytes) -> Iterator[Continuity]:
    """A database beside the present one, brought up to the program's schema."""
    from newsletter.edges import store

    with store.open(database, suppression_key=key) as state:
        yield state.continuity


class Keeping(Edges):
    """The verbs about backups."""

    def back_up(self, file: Path | None = None) -> BackupMade:
        """A backup of the state, in the folder of backups or in the file that is named."""
        self.state.suppression_key()
        _ = self.store  # made, or brought up to the present schema, so that there is something to copy
        return self.backups.make(self.clock.now(), file)

    def restore(self, file: Path) -> Restored:
        """Put a backup back."""
        from newsletter.pipeline import restoring

        return restoring.restore(
            file,
            present=self._present,
            backups=self.backups,
            place=self.state,
            opened=_continuity,
            lock=self.lock(),
            clock=self.clock,
            association=self.settings.association.name,
        )

    def settle_restore(self, reason: str) -> datetime:
        """Allow sending again after a restore; when that was."""
        from newsletter.pipeline import restoring

        return restoring.settle(reason, mark=self.store.continuity, clock=self.clock)

    def _present(self) -> Present:
        """What the state that is to be replaced knows; nothing of it stays open."""
        from newsletter.edges import store
        from newsletter.pipeline.restoring import Present

        key = self.state.kept_key()
        if key is None or not self.state.exists():
            return Present()
        try:
            with store.open(self.state.database(), suppression_key=key) as state:
                return Present(key, state.continuity.since(), state.continuity.is_empty())
        except StateError as error:
            return Present(key, is_empty=False, unread=str(error))

"""A person's rights: to be left alone, to be told, to be forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.edges.workspace import Folder
from newsletter.errors import InputError
from newsletter.wiring.keeping import Keeping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsletter.model.people import Suppression
    from newsletter.model.rights import Held, LogEntry, Retention
    from newsletter.pipeline.rights import Erasure


class Rights(Keeping):
    """The verbs about one person."""

    def suppress(self, address: str, reason: Suppression, *, source: str) -> Suppression:
        """Never write to the address again; the reason that stands."""
        from newsletter.pipeline import suppressing

        return suppressing.suppress(
            address, reason, source=source, suppressions=self.store.suppressions, clock=self.clock
        )

    def lift_suppression(self, address: str, *, reason: str, confirmed_by_person: str) -> Suppression:
        """Allow letters to the address again; why there were none."""
        from newsletter.pipeline import suppressing

        return suppressing.lift(
            address,
            reason=reason,
            confirmed_by_person=confirmed_by_person,
            suppressions=self.store.suppressions,
            clock=self.clock,
        )

    def export_person(self, address: str, out: Path | None = None) -> tuple[Held, Path]:
        """All that is held about a person, and the folder that it was written to."""
        from newsletter.pipeline import rights

        found, files = rights.extract(
            address, rights=self.store.rights, clock=self.clock, settings=self.settings
        )
        who = found.recipient.id if found.recipient else "adress"
        folder = out or self.root / f"subscribers/private/utdrag/{self.today()}-{who}"
        self._refuse_in_git(folder / "utdrag.json")
        Folder(folder).write(files)
        return found, folder

    def erase_person(self, address: str, *, confirm: str, on_plan: Callable[[Held], None]) -> Erasure:
        """Show what is held and, with the address once more, forget it."""
        from newsletter.edges.outbox import LetterFolders
        from newsletter.pipeline import rights

        return rights.erase(
            address,
            confirm=confirm,
            rights=self.store.rights,
            letters=LetterFolders(self.root / "outbox"),
            lock=self.lock(),
            clock=self.clock,
            workspace=self.workspace,
            on_plan=on_plan,
            afterwards=self._after_erasure,
        )

    def _after_erasure(self) -> None:
        self.state.sweep()
        self.back_up()

    def person_log(self, address: str) -> Sequence[LogEntry]:
        """Every change to a person."""
        from newsletter.pipeline import rights

        return rights.log(address, rights=self.store.rights)

    def tidy(self, *, confirm: bool) -> Retention:
        """What has been kept as long as it may; with `confirm` it is removed."""
        from newsletter.pipeline import rights

        privacy = self.settings.privacy
        return rights.tidy(confirm=confirm, rights=self.store.rights, clock=self.clock, privacy=privacy)

    def _refuse_in_git(self, file: Path) -> None:
        from newsletter.edges import git

        file.parent.mkdir(parents=True, exist_ok=True)
        if git.carries(file):
            raise InputError(
                f"{file.parent} ligger där git tar med den.",
                why="Personuppgifter i git går aldrig att ta tillbaka.",
                do="Välj en mapp som git hoppar över, till exempel subscribers/private/utdrag.",
            )

"""A small workspace with six people, three of them politicians, to approve letters in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from newsletter import config
from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.model.people import Recipient, Role
from newsletter.model.settings import Settings
from newsletter.model.transport import Features
from newsletter.pipeline import review
from newsletter.testing.store import MemoryStore, StandingClock
from tests.send.builders import recipient
from tests.send.world import ISSUE, SETTINGS, lay_out

TEXT = f"content/issues/{ISSUE}/issue.md"
OUTBOX = Features("outbox", local=True)
_ROLES = [Role.COUNCIL, Role.HEAD, Role.CHAIR, Role.PLANNING, Role.COUNCIL, Role.PARTNER]
PEOPLE = [recipient(number, "hofors", role) for number, role in enumerate(_ROLES, start=1)]


@dataclass
class World:
    """Everything around an issue that is to be approved."""

    folder: Folder
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: StandingClock = field(default_factory=StandingClock)
    toml: str = SETTINGS
    transport: Features = OUTBOX

    def __post_init__(self) -> None:
        """Lay out the folder and put the people on the list."""
        lay_out(self.folder.root)
        self.put(*PEOPLE)

    @property
    def settings(self) -> Settings:
        """What newsletter.toml says."""
        return config.parse(self.toml)

    def put(self, *people: Recipient) -> None:
        """Add or change people."""
        self.store.people.put(people, at=self.clock.now(), command="test")

    def ports(self) -> review.Ports:
        """What approving needs."""
        return review.Ports(
            workspace=self.folder,
            people=self.store.people,
            book=self.store.book,
            suppressions=self.store.suppressions,
            approved=self.store.approved,
            clock=self.clock,
            settings=self.settings,
            shipped=shipped("letters"),
        )

    def approve(self, by: str = "Anna Berg", confirm: str = ISSUE) -> review.Approved:
        """The issue, approved."""
        return review.approve(ISSUE, by, self.transport, self.ports(), confirm=confirm)

    def status(self) -> review.Reviewed:
        """Where it stands."""
        return review.status(ISSUE, self.transport, self.ports())

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """Change a text file of the workspace."""
        before = self.folder.read(path).decode()
        after = change(before)
        assert after != before, "nothing was changed"
        self.folder.write({path: after.encode()})

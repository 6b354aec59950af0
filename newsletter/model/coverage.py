"""How well the lists reach the members' posts: counts, never people's merits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from newsletter.model.people import Group, Role


class Post(Enum):
    """What is counted at one member.

    Posts that tell a majority from an opposition are one, by purpose: below county nothing may show who
    belongs to which bloc.
    """

    COUNCIL = "fullmaktige"
    BOARD = "styrelse"
    LEADERSHIP = "ledning"
    HEAD = "chef"
    COMMUNICATION = "kommunikation"
    PLANNING = "planering"
    BUSINESS = "naringsliv"
    REGIONAL_DEVELOPMENT = "rua"
    OFFICIALS_GROUP = "tjanstepersonsgruppen"

    @property
    def swedish(self) -> str:
        """The post's name as people write it."""
        return _SWEDISH.get(self) or Role(self.value).swedish

    @property
    def group(self) -> Group:
        """Politicians or officials."""
        politicians = (Post.COUNCIL, Post.BOARD, Post.LEADERSHIP)
        return Group.POLITICIANS if self in politicians else Group.OFFICIALS


_SWEDISH = {
    Post.COUNCIL: "fullmäktige",
    Post.BOARD: "styrelsen",
    Post.LEADERSHIP: "politisk ledning",
    Post.HEAD: "chefer",
}
_LEADERSHIP = (Role.CHAIR, Role.VICE_CHAIR, Role.OPPOSITION)


def post_of(role: Role) -> Post | None:
    """The post that a role is counted as; None for roles that no member answers for."""
    if role in _LEADERSHIP:
        return Post.LEADERSHIP
    return Post(role.value) if role.value in {post.value for post in Post} else None


@dataclass(frozen=True, slots=True)
class Seats:
    """How many seats a post has at a member, as somebody has said: never guessed."""

    member: str
    post: Post
    number: int
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Reach:
    """One post at one member."""

    post: Post
    recipients: int  # with a mandate that has not ended, and who may be written to
    seats: int | None  # None: not known
    ended: int = 0
    unconfirmed: int = 0  # among the recipients
    suppressed: int = 0  # who hold the post, and are not written to

    @property
    def missing(self) -> int | None:
        """How many seats nobody on the lists holds; None where that is not known."""
        return None if self.seats is None else max(0, self.seats - self.recipients - self.suppressed)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two addresses that may be one person's."""

    why: str  # "name": the same name; "mailbox": the same but for dots or a +tag
    names: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberCoverage:
    """What the lists have of one member."""

    member: str
    reach: tuple[Reach, ...]  # every post, in steady order
    people: int  # with a mandate there that has not ended
    doubts: tuple[Doubt, ...] = ()
    role_addresses: tuple[str, ...] = ()  # kommun@, info@, registrator@: nobody's own
    bounced: tuple[str, ...] = ()
    stale: int = 0  # people of whom no list has said anything for long

    def of(self, post: Post) -> Reach:
        """One post."""
        return next(one for one in self.reach if one.post is post)

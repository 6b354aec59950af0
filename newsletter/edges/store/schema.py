"""The tables, the same on every database.

    person ──< mandate            sending ──< chunk, batch
       │                             └─────< delivery          event (of a delivery, or of a stranger)
    person_log (id only)          suppression, erasure         news_item, source_state
                                  suppression_log              cube, merge_plan, meta
                                  approved_audience
                                  (keyed hashes)

A change here needs a step in :mod:`newsletter.edges.store.migrations` and a new :data:`HEAD`; a test
holds the two equal.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TEXT as POSTGRESQL_TEXT

HEAD = "0007"  # the newest migration

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """The time as it is kept. Raises ValueError for a naive one: nobody knows when that was."""
    if at.utcoffset() is None:
        raise ValueError(f"a time without a zone cannot be stored: {at!r}")
    return (at - _EPOCH) // _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as whole microseconds of UTC: exact, sortable, small, the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Raises ValueError for a naive time: nobody knows when that was."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The time, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


# Identifiers sort by code point on SQLite; PostgreSQL must be told to.
Key = Text().with_variant(POSTGRESQL_TEXT(collation="C"), "postgresql")
Serial = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER numbers itself on SQLite

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", Key, primary_key=True),
    Column("value", Text, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("place", Serial, primary_key=True),  # the order in which they came
    Column("id", Key, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("address_key", Key, nullable=False, unique=True),  # one address, one person: nobody twice
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("tags", Text, nullable=False, server_default=""),  # each between line feeds, or nothing at all
)

# Kept in the order of the people, so that a million of them are read side by side and nothing is looked up.
mandate = Table(
    "mandate",
    metadata,
    Column("place", Serial, ForeignKey(person.c.place, ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),  # the first is the one counted by
    Column("role", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("list", Text, nullable=False),
    Column("since", Date),
    Column("until", Date),
    Column("confirmed", Date),  # when a list last said so
    sqlite_with_rowid=False,
)

# No foreign key: the log outlives the person, and holds nothing of them but the opaque id.
person_log = Table(
    "person_log",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("person", Key, nullable=False, index=True),
    Column("what", Text, nullable=False),  # new, or changed and the names of the fields
    Column("why", Text, nullable=False),  # the legal basis
    Column("command", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

suppression = Table(
    "suppression",
    metadata,
    Column("address_hmac", Key, primary_key=True),  # HMAC-SHA256 of the address's normal form
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

suppression_log = Table(
    "suppression_log",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("address_hmac", Key, nullable=False, index=True),
    Column("what", Text, nullable=False),  # suppressed or lifted, and the reason
    Column("why", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# So that a backup that is restored loses again who was erased after it was made.
erasure = Table(
    "erasure",
    metadata,
    Column("person_hmac", Key, primary_key=True),  # HMAC-SHA256 of the person's id
    Column("at", Moment, nullable=False),
)

sending = Table(
    "sending",
    metadata,
    Column("id", Key, primary_key=True),
    Column("issue", Key, nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    Column("transport", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("leaves_at", Moment),  # not before
    Column("paused", Text, nullable=False, server_default=""),  # why
    Column("corrects", Text, nullable=False, server_default=""),  # the issue whose readers it goes to
    Column("screened", Integer),  # the last number of the log of suppressions, when it was planned
    Column("titles", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("links", JSON, nullable=False),
    Column("editions", JSON, nullable=False),
    Column("candidates", Integer, nullable=False),  # counted at planning, so that a lost row shows
)

chunk = Table(
    "chunk",
    metadata,
    Column("sending", Key, ForeignKey(sending.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),  # waiting, claimed or closed
    Column("claimed_at", Moment),
    Column("closed_at", Moment),
    Column("due", Moment),  # not before; null: at once
    Index(None, "sending", "state", "number"),
)

# Letters that a provider keeps under one name until they are due, and can be told to let go of.
batch = Table(
    "batch",
    metadata,
    Column("id", Key, primary_key=True),  # the provider's
    Column("sending", Key, ForeignKey(sending.c.id), nullable=False, index=True),
    Column("place", Integer, nullable=False),  # the order in which they were opened
    Column("leaves_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Key, primary_key=True),
    Column("sending", Key, ForeignKey(sending.c.id), nullable=False),
    Column("recipient", Key, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("county", Text, nullable=False),
    Column("reader_group", Text, nullable=False),
    Column("chunk", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("settled_at", Moment),
    Column("attempt", Integer, nullable=False),  # how often a claim has handed it out
    Column("notice", Text, nullable=False, server_default=""),  # in a first letter: whence the address
    Column("batch", Text, nullable=False, server_default=""),  # that it was handed over under last
    Column("deferrals", Integer, nullable=False, server_default="0"),  # how often it was put off
    Column("claim", Text, nullable=False, server_default=""),  # the hand-out that it was in last
    UniqueConstraint("sending", "recipient"),  # nobody twice
    Index(None, "sending", "chunk"),  # without the state, which changes twice for each letter
)

# `delivery` is no foreign key: news of letters that the ledger does not know is kept too.
event = Table(
    "event",
    metadata,
    Column("id", Key, primary_key=True),
    Column("sending", Key, ForeignKey(sending.c.id)),  # null: a stranger
    Column("delivery", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("url", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Index(None, "sending", "delivery", "at", "id"),
)

# Who a letter was approved for, so that those who leave can be told from those who are added.
approved_audience = Table(
    "approved_audience",
    metadata,
    Column("audience", Key, primary_key=True),  # the digest of the set
    Column("person_hmac", Key, primary_key=True),  # HMAC-SHA256 of the person's id
    Column("at", Moment, nullable=False),  # when it was approved first
    sqlite_with_rowid=False,
)

news_item = Table(
    "news_item",
    metadata,
    Column("url", Key, primary_key=True),
    Column("member", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("published", Date),
    Column("provenance", Text, nullable=False),
    Column("uncertain", Boolean, nullable=False),
    Column("image", Text, nullable=False),
    Column("image_alt", Text, nullable=False, server_default=""),
    Column("body", Text, nullable=False, server_default=""),
    Column("seen_at", Moment, nullable=False),  # first
)

source_state = Table(
    "source_state",
    metadata,
    Column("url", Key, primary_key=True),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("fetched_at", Moment),
    Column("items", Integer, nullable=False),
    Column("failure", Text, nullable=False),
)

cube = Table(
    "cube",
    metadata,
    Column("sending", Key, primary_key=True),
    Column("issue", Key, nullable=False, unique=True),
    Column("body", Text, nullable=False),  # canonical JSON, so that its digest is steady
)

merge_plan = Table(
    "merge_plan",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1: there is one
    Column("body", Text, nullable=False),
)

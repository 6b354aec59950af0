"""The first schema: people, ledger, events, news, reports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    """Make the tables."""
    _people()
    _ledger()
    _news()
    _reports()


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("place", SERIAL, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("address_key", KEY, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_person"),
        sa.UniqueConstraint("address_key", name="uq_person_address_key"),
        sa.UniqueConstraint("id", name="uq_person_id"),
    )
    op.create_table(
        "mandate",
        sa.Column("person", KEY, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_mandate_person", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "rank", name="pk_mandate"),
    )
    op.create_table(
        "person_log",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_person_log"),
    )
    op.create_index("ix_person_log_person", "person_log", ["person"])
    op.create_table(
        "suppression",
        sa.Column("address_hmac", KEY, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address_hmac", name="pk_suppression"),
    )


def _ledger() -> None:
    op.create_table(
        "sending",
        sa.Column("id", KEY, nullable=False),
        sa.Column("issue", KEY, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("transport", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("titles", sa.JSON, nullable=False),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("links", sa.JSON, nullable=False),
        sa.Column("editions", sa.JSON, nullable=False),
        sa.Column("candidates", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sending"),
        sa.UniqueConstraint("issue", name="uq_sending_issue"),
    )
    op.create_table(
        "chunk",
        sa.Column("sending", KEY, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("claimed_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.ForeignKeyConstraint(["sending"], ["sending.id"], name="fk_chunk_sending"),
        sa.PrimaryKeyConstraint("sending", "number", name="pk_chunk"),
    )
    op.create_index("ix_chunk_sending_state_number", "chunk", ["sending", "state", "number"])
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sending", KEY, nullable=False),
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("county", sa.Text, nullable=False),
        sa.Column("reader_group", sa.Text, nullable=False),
        sa.Column("chunk", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["sending"], ["sending.id"], name="fk_delivery_sending"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("sending", "recipient", name="uq_delivery_sending_recipient"),
    )
    op.create_index("ix_delivery_sending_chunk_state", "delivery", ["sending", "chunk", "state"])


def _news() -> None:
    op.create_table(
        "event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sending", KEY),
        sa.Column("delivery", KEY, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["sending"], ["sending.id"], name="fk_event_sending"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_sending_delivery_at_id", "event", ["sending", "delivery", "at", "id"])
    op.create_table(
        "news_item",
        sa.Column("url", KEY, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("published", sa.Date),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.Column("uncertain", sa.Boolean, nullable=False),
        sa.Column("image", sa.Text, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_news_item"),
    )
    op.create_table(
        "source_state",
        sa.Column("url", KEY, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("fetched_at", MOMENT),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("failure", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_source_state"),
    )


def _reports() -> None:
    op.create_table(
        "cube",
        sa.Column("sending", KEY, nullable=False),
        sa.Column("issue", KEY, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sending", name="pk_cube"),
        sa.UniqueConstraint("issue", name="uq_cube_issue"),
    )
    op.create_table(
        "merge_plan",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merge_plan"),
    )
    op.create_table(
        "meta",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )

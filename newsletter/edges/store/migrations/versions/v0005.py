"""Sendings can be paused and put off, chunks come due, and a provider's batches are known."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
MOMENT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    """Nothing that was planned before is put off or in a batch."""
    op.add_column("sending", sa.Column("leaves_at", MOMENT))
    op.add_column("sending", sa.Column("paused", sa.Text, nullable=False, server_default=""))
    op.add_column("sending", sa.Column("corrects", sa.Text, nullable=False, server_default=""))
    op.add_column("chunk", sa.Column("due", MOMENT))
    op.add_column("delivery", sa.Column("batch", sa.Text, nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("deferrals", sa.Integer, nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("claim", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "batch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sending", KEY, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("leaves_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["sending"], ["sending.id"], name="fk_batch_sending"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_sending", "batch", ["sending"])

"""Rights: a log of suppressions, a record of erasures, and the words of a first letter."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    """Make the two tables; letters that are planned already say nothing of where the address came from."""
    op.create_table(
        "suppression_log",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("address_hmac", KEY, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_suppression_log"),
    )
    op.create_index("ix_suppression_log_address_hmac", "suppression_log", ["address_hmac"])
    op.create_table(
        "erasure",
        sa.Column("person_hmac", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_hmac", name="pk_erasure"),
    )
    op.add_column("delivery", sa.Column("notice", sa.Text, nullable=False, server_default=""))

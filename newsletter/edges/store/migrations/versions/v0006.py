"""Whom a letter was approved for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
MOMENT = sa.BigInteger()  # microseconds since 1970, UTC


def upgrade() -> None:
    """Nothing was approved before."""
    op.create_table(
        "approved_audience",
        sa.Column("audience", KEY, nullable=False),
        sa.Column("person_hmac", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("audience", "person_hmac", name="pk_approved_audience"),
        sqlite_with_rowid=False,
    )

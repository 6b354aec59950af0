"""Mandates begin and end, people have tags, and mandates lie in the order of the people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Copy the mandates over; when they were given, and whether they stand, nobody has said yet."""
    op.add_column("person", sa.Column("tags", sa.Text, nullable=False, server_default=""))
    op.execute(
        "CREATE TABLE mandate_before AS SELECT person.place, rank, role, member, list"
        " FROM mandate JOIN person ON person.id = mandate.person"
    )
    op.drop_table("mandate")
    _make()
    op.execute(
        "INSERT INTO mandate (place, rank, role, member, list)"
        " SELECT place, rank, role, member, list FROM mandate_before ORDER BY place, rank"
    )
    op.drop_table("mandate_before")


def _make() -> None:
    op.create_table(
        "mandate",
        sa.Column("place", SERIAL, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("confirmed", sa.Date),
        sa.ForeignKeyConstraint(["place"], ["person.place"], name="fk_mandate_place", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place", "rank", name="pk_mandate"),
        sqlite_with_rowid=False,
    )

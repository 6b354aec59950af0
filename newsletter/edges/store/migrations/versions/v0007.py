"""How much of the log of suppressions a plan knew; and an index that claims and closes need not write."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of an older plan it is not known, so that all suppressions are asked about each of its letters."""
    op.add_column("sending", sa.Column("screened", sa.Integer()))
    op.create_index("ix_delivery_sending_chunk", "delivery", ["sending", "chunk"])
    op.drop_index("ix_delivery_sending_chunk_state", "delivery")

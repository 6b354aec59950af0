"""An item's body text, and the words for its picture."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give what is remembered neither: the next time that its page is read, it has both."""
    for name in ("image_alt", "body"):
        op.add_column("news_item", sa.Column(name, sa.Text, nullable=False, server_default=""))

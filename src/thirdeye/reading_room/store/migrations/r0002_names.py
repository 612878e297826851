"""What the classes of a study are called before people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("study") as batch:
        batch.add_column(sa.Column("names", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("study") as batch:
        batch.drop_column("names")

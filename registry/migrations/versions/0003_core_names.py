"""Platforms are known by their names without place words and generic tail too."""

import sqlalchemy as sa
from alembic import op

from registry.drafts import core_key, name_key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLATFORM = sa.table(
    "platform",
    sa.column("id", sa.String),
    sa.column("name", sa.String),
    sa.column("owner_id", sa.Integer),
    sa.column("owner_name", sa.String),
    sa.column("aliases", sa.JSON),
    sa.column("former_names", sa.JSON),
)
KEY = sa.table(
    "platform_key", sa.column("kind", sa.String), sa.column("value", sa.String), sa.column("platform_id", sa.String)
)


def upgrade() -> None:
    connection = op.get_bind()
    fresh: set[tuple[str, str]] = set()
    for row in connection.execute(sa.select(PLATFORM).where(PLATFORM.c.owner_id.is_not(None))).all():
        for name in (row.name, *(row.aliases or ()), *(row.former_names or ())):
            core = core_key(name, row.owner_name, row.owner_id)
            if core and core != name_key(name, row.owner_id):
                fresh.add((core, row.id))
    standing = sa.select(KEY.c.value, KEY.c.platform_id).where(KEY.c.kind == "core")
    fresh -= {(row.value, row.platform_id) for row in connection.execute(standing).all()}
    if fresh:
        connection.execute(
            sa.insert(KEY), [{"kind": "core", "value": value, "platform_id": one} for value, one in sorted(fresh)]
        )

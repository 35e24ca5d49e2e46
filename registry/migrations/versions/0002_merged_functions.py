"""Platforms of the functions that were merged into a neighbour keep a function."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MERGED = {
    "recall_vote": "ordinance_initiative",
    "chatbot": "civil_complaint",
    "publications": "city_news",
    "sns_promotion": "city_news",
    "cctv": "smart_city",
    "car_use_reduction": "carbon_points",
    "rural_taxi": "drt_bus",
    "local_points": "local_currency",
    "middle_aged_support": "senior_jobs",
    "weekend_farm": "farming_info",
}
PLATFORM = sa.table(
    "platform", sa.column("id", sa.String), sa.column("version", sa.Integer), sa.column("functions", sa.JSON)
)
STATEMENT = sa.table(
    "statement", sa.column("id", sa.Integer), sa.column("field", sa.String), sa.column("value", sa.JSON)
)
OUTBOX = sa.table(
    "outbox",
    sa.column("platform_id", sa.String),
    sa.column("version", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(PLATFORM.c.id, PLATFORM.c.version, PLATFORM.c.functions)).all():
        renamed = _renamed(row.functions)
        if renamed != row.functions:
            connection.execute(sa.update(PLATFORM).where(PLATFORM.c.id == row.id).values(functions=renamed))
            # The index holds the old ids until it is told.
            connection.execute(sa.insert(OUTBOX).values(platform_id=row.id, version=row.version, at=datetime.now(UTC)))
    said = sa.select(STATEMENT.c.id, STATEMENT.c.value).where(STATEMENT.c.field == "functions")
    for statement in connection.execute(said).all():
        renamed = _renamed(statement.value)
        if renamed != statement.value:
            connection.execute(sa.update(STATEMENT).where(STATEMENT.c.id == statement.id).values(value=renamed))


def _renamed(functions: object) -> object:
    """The functions of a platform under their present ids, each once; whatever else a statement holds stays."""
    if not isinstance(functions, list):
        return functions
    renamed: dict[object, object] = {}
    for one in functions:
        code = one.get("id") if isinstance(one, dict) else one
        present = MERGED.get(code, code) if isinstance(code, str) else code
        renamed.setdefault(str(present), {**one, "id": present} if isinstance(one, dict) else present)
    return list(renamed.values())

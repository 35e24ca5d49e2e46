"""What alembic runs: compares and upgrades over the connection that `migrate` or `make` hands in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import registry.models  # noqa: F401  (fills the metadata)
from registry.models.base import CodeOf, UtcDateTime


def render_plain(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain SQL types, so that an old migration never depends on today's code."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, CodeOf) and isinstance(item.impl_instance, String):
        return f"sa.String(length={item.impl_instance.length})"
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render_plain,
    compare_type=True,
)
context.run_migrations()

"""The tables as SQL Core sees them, for reading and writing many rows at once."""

from sqlmodel import SQLModel

import registry.models  # noqa: F401  (fills the metadata)

GOVERNMENT = SQLModel.metadata.tables["government"]
PLATFORM = SQLModel.metadata.tables["platform"]
STATEMENT = SQLModel.metadata.tables["statement"]
KEY = SQLModel.metadata.tables["platform_key"]
FIGURE = SQLModel.metadata.tables["usage_figure"]
RECORD = SQLModel.metadata.tables["record"]
ISSUE = SQLModel.metadata.tables["issue"]

"""The migrations lead to exactly the schema that the models describe, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from registry.database import open_database
from registry.migrations import migrate, pending
from registry.models import Government, OutboxEntry, Platform, PlatformKey
from registry.vocab import Level


def test_upgrade_to_head_is_the_models(any_database: Engine):
    with any_database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert not pending(any_database)


def test_an_empty_database_is_pending(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert pending(engine)
    migrate(engine)
    assert not pending(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_an_interrupted_migration_leaves_nothing(tmp_path, monkeypatch: pytest.MonkeyPatch):
    from alembic import command

    engine = open_database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    upgrade = command.upgrade

    def stop_half_way(*arguments, **options):
        upgrade(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "upgrade", stop_half_way)
    with pytest.raises(KeyboardInterrupt):
        migrate(engine)
    monkeypatch.undo()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    migrate(engine)
    assert not pending(engine)


def test_platforms_of_merged_functions_keep_a_function(any_database: Engine):
    with Session(any_database) as session:
        functions = [{"id": code, "confidence": 1.0, "evidence": []} for code in ("chatbot", "civil_complaint", "cctv")]
        session.add(Platform(id="P00000001", name="서울톡", owner_level=Level.metropolitan, functions=functions))
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session.commit()
    migrate(any_database)
    with Session(any_database) as session:
        kept = session.get_one(Platform, "P00000001")
        assert [one["id"] for one in kept.functions] == ["civil_complaint", "smart_city"]
        assert [row.platform_id for row in session.scalars(select(OutboxEntry))] == ["P00000001"]
    assert not pending(any_database)


def test_platforms_of_an_older_database_are_known_by_their_core_names(any_database: Engine):
    with Session(any_database) as session:
        county = Government(
            code="4785000000", name="칠곡군", full_name="경상북도 칠곡군", level=Level.basic, kind="county"
        )
        session.add(county)
        session.flush()
        for number, name in enumerate(("칠곡군 아이맘 앱", "아이쉼터"), start=1):
            owner = {"owner_id": county.id, "owner_name": county.full_name, "owner_level": Level.basic}
            session.add(Platform(id=f"P0000000{number}", name=name, functions=[], **owner))
        session.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        session.commit()
        wanted = [("core", f"아이맘|{county.id}", "P00000001")]
    for _again in range(2):
        migrate(any_database)
        with Session(any_database) as session:
            keys = [(row.kind, row.value, row.platform_id) for row in session.scalars(select(PlatformKey))]
            assert keys == wanted
            session.execute(text("UPDATE alembic_version SET version_num = '0002'"))
            session.commit()

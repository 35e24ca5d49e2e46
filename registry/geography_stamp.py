"""Whether governments, borders or living zones have changed since somebody read them into memory."""

from hashlib import blake2b

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from registry.models import Adjacency, Government, Succession, Zone, ZoneMember, ZoneSet

READ: tuple[type[SQLModel], ...] = (Government, Succession, Adjacency, ZoneSet, Zone, ZoneMember)


def geography_stamp(session: Session) -> str:
    """A text that differs once any row that `Places` is made of differs; some thousand rows, read in milliseconds.

    A stamp of the rows themselves needs no writer to remember to count: an operator's file, a derived set, a newer
    bundle and a hand in the database are all noticed.
    """
    digest = blake2b(digest_size=16)
    for model in READ:
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        for row in session.connection().execute(select(table).order_by(*table.primary_key)):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()

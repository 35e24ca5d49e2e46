"""When a government gives way to another, its platforms go to the heir: by a statement of their own, never silently."""

from sqlalchemy import select
from sqlmodel import Session

from registry.audit import actor_text
from registry.drafts import owner_value
from registry.governments import Places
from registry.models.base import now
from registry.records import Actor
from registry.standing import load, lock, settle_references, write
from registry.statements import Said
from registry.tables import GOVERNMENT, PLATFORM


def follow_succession(session: Session, places: Places, actor: Actor) -> int:
    """Hand the platforms of ended governments to their heirs; the number handed over.

    Who said who owns it, and with which rank, stays; only whom that means today is said anew, with the former
    statement in the history. A government that was split has no single heir: its platforms wait for a person.
    """
    session.flush()
    lock(session)
    ended = select(PLATFORM.c.id).join(GOVERNMENT, GOVERNMENT.c.id == PLATFORM.c.owner_id)
    ids = [row[0] for row in session.connection().execute(ended.where(GOVERNMENT.c.valid_to.is_not(None)))]
    at = now()
    touched = []
    for standing in load(session, ids).values():
        for said in [one for one in standing.said if one.field == "owner" and one.value.get("id")]:
            former = places.by_id(said.value["id"])
            heir = places.present(former)
            if heir is None or heir.id == former.id:
                continue
            standing.end(said)
            value = owner_value(heir.id, heir.full_name, heir.level)
            new = Said("owner", value, said.rank, said.source_id, at, said.as_of, None, said.record_id, said.actor)
            standing.say(new, f"{former.full_name} → {heir.full_name} ({actor_text(actor)})")
        if standing.changed:
            standing.derive(at)
            touched.append(standing)
    settle_references(session, touched)
    write(session, touched, at)
    return len(touched)

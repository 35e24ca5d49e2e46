"""Made-up platforms as sides of comparisons, some of them copies of others under another spelling or address.

A government that runs a second platform of one function gives it a name of its own, and so do these: without that,
a hundred thousand made-up platforms carry a few thousand names, and which of two equal names is the copy is a guess.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from registry.database import open_database
from registry.geography import load_geography
from registry.governments import Places
from registry.models.base import now
from registry.vocab import Level, Liveness, PlatformState, PlatformType, Status
from search.overlap.subject import Subject
from search.overlap.subjects import function_words, owner_words
from tests.benchmarks.made_platforms import made_platforms

COPIES = 0.18
# Syllables that brands of second platforms are made of; three of them give 15,000 brands per government and function.
_SYLLABLES = "가나다라마바사아자차카타파하고노도로모보소오조초코"


def places() -> Places:
    """The governments of the catalogue, read through a database in memory."""
    engine = open_database("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    load_geography(engine)
    with Session(engine) as session:
        return Places.load(session)


def subjects(count: int, where: Places, seed: int = 7) -> Iterator[tuple[Subject, int]]:
    """So many subjects, each with the number of the one it truly is a copy of, or -1: another spelling or address."""
    ids = {one.code: one.id or 0 for one in where.all()}
    words = {one.id or 0: owner_words(where, one) for one in where.all()}
    chance = random.Random(seed)
    taken: set[tuple[int, str, str]] = set()
    standing: set[tuple[int, str]] = set()
    number = 0
    for one in made_platforms(count, seed, ids):
        functions = dict.fromkeys(one.functions, 1.0)
        subject = Subject(
            id=one.id,
            name=_own_name(one.name, (one.owner_id or 0, one.functions[0]), standing, taken, chance),
            owner_id=one.owner_id,
            owner_name=one.owner,
            owner_words=words[one.owner_id or 0],
            level=one.owner_level,
            description=one.description,
            type=one.type,
            form=one.form,
            functions=functions,
            function_words=function_words(functions),
            beneficiaries=frozenset(one.beneficiaries),
            url=one.url,
            host=one.url.split("/")[2],
            status=one.status,
        )
        yield subject, -1
        number += 1
        if number < count and chance.random() < COPIES / (1 - COPIES):
            yield (
                replace(subject, id=f"copy-{number}", name=_noisy(subject.name, chance), **_address(subject, chance)),
                number - 1,
            )
            number += 1
        if number >= count:
            return


def _own_name(
    name: str,
    place: tuple[int, str],
    standing: set[tuple[int, str]],
    taken: set[tuple[int, str, str]],
    chance: random.Random,
) -> str:
    """The first platform of a government and function keeps its plain name, every further one has a brand of its own."""
    if place not in standing:
        standing.add(place)
        return name
    while True:
        brand = "".join(chance.choice(_SYLLABLES) for _ in range(3))
        if (*place, brand) not in taken:
            taken.add((*place, brand))
            return f"{brand} {name}"


_EMPTY = ("channels", "aliases", "former_names", "area", "secondary_types", "partners", "conflicts")


def as_row(subject: Subject) -> dict[str, Any]:
    """A subject as a row of the registry's platforms; every row has the same fields."""
    return {
        "id": subject.id,
        "name": subject.name,
        "owner_id": subject.owner_id,
        "owner_name": subject.owner_name,
        "owner_level": Level(subject.level),
        "description": subject.description,
        "type": PlatformType(subject.type),
        "form": subject.form,
        "functions": [{"id": key, "confidence": sure, "evidence": []} for key, sure in subject.functions.items()],
        "beneficiaries": sorted(subject.beneficiaries),
        "url": subject.url,
        "status": Status(subject.status),
        "liveness": Liveness.unchecked,
        "state": PlatformState.active,
        # Longer ago than a look goes back: a registry does not change as a whole before every single change.
        "updated_at": now() - timedelta(hours=1),
        **{name: [] for name in _EMPTY},
    }


def _noisy(name: str, chance: random.Random) -> str:
    kind = chance.randrange(4)
    if kind == 0:
        return name.replace(" ", "")
    if kind == 1:
        return name + chance.choice([" 앱", " 서비스", " 시스템", "(모바일)"])
    if kind == 2 and len(name) > 5:
        at = chance.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1 :]
    return name


def _address(source: Subject, chance: random.Random) -> dict[str, str]:
    if chance.random() < 0.4:
        return {"url": "", "host": ""}
    return {"url": source.url + "main", "host": source.host}

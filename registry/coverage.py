"""Coverage: how many of the platforms that governments reported are registered, and which forms are missing."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select as core_select
from sqlmodel import Session, select

from registry.governments import Places
from registry.models import SurveyAnswer
from registry.survey import YEAR
from registry.tables import PLATFORM
from registry.vocab import PlatformState, Status
from registry.vocabulary import load_vocabulary

COUNTED = (Status.running, Status.unknown, Status.suspended)


def coverage_of(session: Session, area: str = "", places: Places | None = None) -> list[dict[str, Any]]:
    """One row per present government (of `area`: itself and those below it), by code.

    `registered` counts standing platforms that are neither planned nor closed, those of predecessors included;
    `reported` is what the government (or its predecessor) answered to item S8-2 in 2022, None when it did not
    answer, and `reported_at_least` tells that the report gives only a lower bound. `missing_forms` are the survey's
    forms (type/id) that it runs no registered platform of. InvalidValue for an unknown area.
    """
    here = places or Places.load(session)
    wanted = None
    if area:
        top = here.resolve(area)
        wanted = {top.id, *here.children(top.id or 0)}
    forms = [one.key for one in load_vocabulary().forms.values() if one.id != "other"]
    registered: dict[int, int] = defaultdict(int)
    by_type: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    present: dict[int, set[str]] = defaultdict(set)
    query = core_select(PLATFORM.c.owner_id, PLATFORM.c.type, PLATFORM.c.form, PLATFORM.c.status).where(
        PLATFORM.c.state == PlatformState.active, PLATFORM.c.owner_id.is_not(None)
    )
    heirs: dict[int, int | None] = {}
    for owner_id, type_, form, status in session.connection().execute(query):
        if owner_id not in heirs:
            heir = here.present(here.by_id(owner_id))
            heirs[owner_id] = heir.id if heir else None
        heir_id = heirs[owner_id]
        if heir_id is None or status not in COUNTED:
            continue
        registered[heir_id] += 1
        if type_ is not None:
            by_type[heir_id][type_.value] += 1
            present[heir_id].add(f"{type_.value}/{form}")
    reported = _reported(session, here)
    rows = []
    for one in here.all():
        number = one.id or 0
        if wanted is not None and number not in wanted:
            continue
        answer = reported.get(number, {})
        total = answer.get("")
        rows.append(
            {
                "code": one.code,
                "government": one.full_name,
                "level": one.level.value,
                "registered": registered[number],
                "registered_by_type": dict(by_type[number]),
                "reported": total[0] if total else None,
                "reported_at_least": bool(total and total[1]),
                "reported_by_type": {type_: value[0] for type_, value in answer.items() if type_},
                "missing_forms": [form for form in forms if form not in present[number]],
                "electors": one.electors,
            }
        )
    return rows


def _reported(session: Session, places: Places) -> dict[int, dict[str, tuple[int, bool]]]:
    """Present government -> type ('' for all) -> how many it reported, and whether at least that many.

    A government that was merged with others answered for itself alone, so its number is not its heir's.
    """
    answers: dict[int, dict[str, tuple[int, bool]]] = defaultdict(dict)
    # Later years may be imported beside it; a column headed 2022 shows 2022.
    for row in session.exec(select(SurveyAnswer).where(SurveyAnswer.item == "S8-2", SurveyAnswer.year == YEAR)):
        government = places.by_id(row.government_id)
        heir = places.present(government)
        if heir is None or row.value is None:
            continue
        if heir.id != government.id and len(places.predecessors(heir)) > 1:
            continue
        answers[heir.id or 0][row.type] = (int(row.value), row.option == "at_least")
    return answers

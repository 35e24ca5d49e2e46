"""What people write: edits of single fields, checked, ranked above what machines say, and never half done."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from registry.audit import actor_text, audit
from registry.channels import read_channel
from registry.columns import several
from registry.dates import read_date
from registry.drafts import check, owner_value
from registry.errors import Conflict, InvalidValue, NotFound
from registry.field_values import clean, read_area, read_name
from registry.governments import Places
from registry.models import Source
from registry.models.base import now
from registry.questions import conflict_rows, settle_conflicts, write_issues
from registry.records import Actor
from registry.standing import Standing, load, lock, settle_references, write
from registry.statements import FIELDS, Said
from registry.urls import tidy
from registry.vocab import Level, OperatingMode, PlatformState, PlatformType, Rank, Status, parse_code
from registry.vocabulary import load_vocabulary


def edit(
    session: Session,
    platform_id: str,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    source: Source,
    rank: Rank = Rank.owner,
    expected_version: int | None = None,
    note: str = "",
    places: Places | None = None,
) -> int:
    """Say values for a platform as a person, and return its new version.

    `changes` are our fields; '' or [] or None takes one's own earlier word back (None for a name, which is never
    empty), so that what machines say shows again. Conflict when the platform is no longer at `expected_version` or is merged; NotFound; InvalidValue names
    the first value that cannot be taken, and then nothing is written.
    """
    session.flush()
    lock(session)
    standing = load(session, [platform_id]).get(platform_id)
    if standing is None:
        raise NotFound("platform", platform_id)
    _check_version(standing, expected_version)
    at, name = now(), actor_text(actor)
    read = {field: read_value(session, standing, field, value, places) for field, value in changes.items()}
    for field, value in read.items():
        _say(standing, field, value, rank, source.id, name, note)
    if standing.said and not any(one.field == "name" for one in standing.said):
        raise InvalidValue(
            "name", "", "이름은 비울 수 없습니다.", "The name cannot be empty.", "이름을 쓰세요.", "Give a name."
        )
    if not standing.changed:
        return int(standing.row["version"])
    standing.derive(at, source.id, name)
    settle_references(session, [standing])
    write(session, [standing], at)
    rows = conflict_rows(standing.row["conflicts"], standing.said)
    for row in rows:
        row |= {"source_id": source.id, "platform_id": platform_id, "remote_id": ""}
    write_issues(session, rows, None, at)
    settle_conflicts(session, {platform_id: standing.row["conflicts"]}, name)
    audit(session, actor, "edit", platform_id, {"fields": sorted(read), "version": standing.row["version"]}, note)
    return int(standing.row["version"])


def _check_version(standing: Standing, expected: int | None) -> None:
    version = standing.row["version"]
    if standing.row["state"] is PlatformState.merged:
        raise Conflict(
            f"다른 플랫폼({standing.row['merged_into']})에 합쳐졌습니다.",
            f"It was merged into {standing.row['merged_into']}.",
            "합쳐진 플랫폼을 고치세요.",
            "Edit that platform.",
        )
    if expected is not None and expected != version:
        raise Conflict(
            f"그사이 다른 사람이 고쳤습니다(지금 {version}판, 보신 것은 {expected}판).",
            f"Somebody changed it meanwhile (now version {version}, you saw {expected}).",
            "새로 불러와 바뀐 값을 확인한 뒤 다시 저장하세요.",
            "Load it again, look at what changed, and save again.",
        )


def _say(standing: Standing, field: str, value: Any, rank: Rank, source_id: str, actor: str, note: str) -> None:
    """Put one person's word in the place of the word her side gave before; the sides are told apart by rank."""
    earlier = [one for one in standing.said if one.field == field and one.rank is rank and one.record_id is None]
    if any(one.value == value for one in earlier):
        return
    for one in earlier:
        standing.end(one)
    if value not in ("", [], {}, None):
        standing.say(Said(field, value, rank, source_id, now(), actor=actor), note)


def read_value(session: Session, standing: Standing, field: str, value: Any, places: Places | None = None) -> Any:
    """One value as a statement keeps it, checked; InvalidValue names field, value, cause and remedy."""
    rule = FIELDS.get(field)
    if rule is None or field == "renamed_from":
        known = ", ".join(name for name in FIELDS if name != "renamed_from")
        raise InvalidValue(
            field,
            value,
            "없는 항목입니다.",
            "There is no such field.",
            f"다음 중 하나를 쓰세요: {known}",
            f"Use one of: {known}",
        )
    if value is None or (value in ("", [], {}) and field != "name"):
        return [] if rule.kind != "single" else ""
    if field == "owner":
        read: Any = _owner(session, value, places)
    elif field == "area":
        here = places or Places.load(session)
        read = list(dict.fromkeys(read_area(one, here) for one in several(value)))
    else:
        read = READERS.get(field, _text)(field, value)
    check(field, read)
    return read


def _owner(session: Session, value: Any, places: Places | None) -> dict[str, Any]:
    if isinstance(value, Mapping):
        if value.get("level") in (Level.national, Level.private):
            return owner_value(None, clean(str(value.get("name", ""))), parse_code(Level, "owner", str(value["level"])))
        value = value.get("id") or value.get("code") or value.get("name") or ""
    here = places or Places.load(session)
    try:
        government = here.by_id(value) if isinstance(value, int) else here.resolve(str(value))
    except NotFound as problem:
        raise InvalidValue(
            "owner", value, problem.cause_ko, problem.cause_en, problem.remedy_ko, problem.remedy_en
        ) from None
    return owner_value(government.id, government.full_name, government.level)


def _text(_field: str, value: Any) -> str:
    return clean(str(value))


def _list(_field: str, value: Any) -> list[str]:
    return list(dict.fromkeys(clean(one) for one in several(value)))


def _code_of(kind: Any) -> Any:
    return lambda field, value: parse_code(kind, field, str(value)).value


def _day(field: str, value: Any) -> str:
    return read_date(value, field, future=field != "status_since")


def _form(_field: str, value: Any) -> str:
    forms = load_vocabulary().forms.values()
    text = str(value).strip()
    found = [one for one in forms if text in (one.id, one.key, one.code, one.ko)]
    if not found:
        known = ", ".join(one.key for one in forms)
        raise InvalidValue(
            "form",
            value,
            "없는 형태입니다.",
            "There is no such form.",
            f"다음 중 하나: {known}",
            f"Use one of: {known}",
        )
    return found[0].id


def _functions(_field: str, value: Any) -> list[dict[str, Any]]:
    ids = (
        [str(one["id"]) if isinstance(one, Mapping) else str(one) for one in value if one]
        if not isinstance(value, str)
        else several(value)
    )
    known = load_vocabulary()
    by_word = {one.ko: one.id for one in known.functions.values()}
    return [
        {"id": known.function(by_word.get(one, one)).id, "confidence": 1.0, "evidence": []}
        for one in dict.fromkeys(ids)
    ]


def _beneficiaries(_field: str, value: Any) -> list[str]:
    known = load_vocabulary()
    by_word = {one.ko: one.id for one in known.beneficiaries.values()}
    return list(dict.fromkeys(known.beneficiary(by_word.get(one, one)).id for one in several(value)))


def _channels(_field: str, value: Any) -> list[dict[str, str]]:
    texts = [
        f"{one['kind']}={one['value']}" if isinstance(one, Mapping) else str(one)
        for one in (
            [value] if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else several(value)
        )
    ]
    return [{"kind": one.kind.value, "value": one.value} for one in dict.fromkeys(map(read_channel, texts))]


READERS: dict[str, Any] = {
    "name": lambda _field, value: read_name(value),
    "url": lambda _field, value: tidy(str(value)),
    "type": _code_of(PlatformType),
    "secondary_types": lambda field, value: [parse_code(PlatformType, field, one).value for one in several(value)],
    "form": _form,
    "functions": _functions,
    "beneficiaries": _beneficiaries,
    "channels": _channels,
    "aliases": _list,
    "former_names": _list,
    "partners": _list,
    "operating_mode": _code_of(OperatingMode),
    "status": _code_of(Status),
    "status_since": _day,
    "launched": _day,
    "closed": _day,
}

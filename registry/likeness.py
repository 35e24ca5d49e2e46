"""Which registered platforms a new one may be for a person to say: the same owner, and a name that tells no two apart.

아이맘 and 칠곡군 아이맘, 통합예약 and 강남구 통합예약 앱 differ in a place word or a generic tail only. That is too little to
take them for one and too much to pass over. Nothing is asked where something speaks against it: another host, another
app in the same store, another department, one closed and the other not; nor where one list names both, because then
the source itself tells them apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from registry.drafts import address_keys, core_key, name_key
from registry.models import Record
from registry.place_names import compact
from registry.records import PlatformDraft, Question
from registry.tables import KEY, PLATFORM, RECORD
from registry.vocab import PlatformState, RecordState, Status

SLICE = 400


@dataclass
class _Known:
    """What is known of a platform that speaks against its being another."""

    name: str
    owner_id: int | None
    department: str
    status: Status | None
    keys: set[tuple[str, str]] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)


class Likenesses:
    """The platforms that the new ones of one batch may be; `learn` tells of those made on the way."""

    def __init__(self, session: Session, source_id: str, batch: Sequence[tuple[PlatformDraft, Record | None]]) -> None:
        fresh = [draft for draft, record in batch if record is None or not record.platform_id]
        wanted = {key for draft in fresh for key in _keys(draft)}
        self._holders: dict[tuple[str, str], set[str]] = {}
        self._known: dict[str, _Known] = {}
        connection = session.connection()
        columns = select(KEY.c.kind, KEY.c.value, KEY.c.platform_id)
        for kind in ("core", "name"):
            for part in _slices(sorted(value for one, value in wanted if one == kind)):
                for row in connection.execute(columns.where(KEY.c.kind == kind, KEY.c.value.in_(part))):
                    self._holders.setdefault((row[0], row[1]), set()).add(row[2])
        for part in _slices(sorted({one for found in self._holders.values() for one in found})):
            platforms = select(
                PLATFORM.c.id, PLATFORM.c.name, PLATFORM.c.owner_id, PLATFORM.c.department, PLATFORM.c.status
            ).where(PLATFORM.c.id.in_(part), PLATFORM.c.state == PlatformState.active)
            for platform_id, *rest in connection.execute(platforms):
                self._known[platform_id] = _Known(*rest)
            evidence = columns.where(KEY.c.kind.in_(("host", "app")), KEY.c.platform_id.in_(part))
            for kind, value, platform_id in connection.execute(evidence):
                if platform_id in self._known:
                    self._known[platform_id].keys.add((kind, value))
            listed = select(RECORD.c.platform_id, RECORD.c.last_run).where(
                RECORD.c.source_id == source_id,
                RECORD.c.platform_id.in_(part),
                RECORD.c.state.in_([RecordState.listed, RecordState.unfetchable]),
            )
            for platform_id, run in connection.execute(listed):
                if platform_id in self._known and run is not None:
                    self._known[platform_id].runs.add(run)

    def learn(self, platform_id: str, row: Mapping[str, Any], keys: Iterable[tuple[str, str]], run: int | None) -> None:
        """Take in how a platform stands now, and that run `run` of the source lists it."""
        known = _Known(row["name"], row["owner_id"], row["department"], row["status"], set(keys))
        before = self._known.get(platform_id)
        known.runs = (before.runs if before else set()) | ({run} if run is not None else set())
        self._known[platform_id] = known
        for kind, value in known.keys:
            if kind in ("core", "name"):
                self._holders.setdefault((kind, value), set()).add(platform_id)

    def of(self, draft: PlatformDraft, record: Record | None) -> tuple[str, ...]:
        """The platforms that a new one may be, each as 'name (id)'."""
        if draft.owner_id is None:
            return ()
        found = {one for key in _keys(draft) for one in self._holders.get(key, ()) if one in self._known}
        run = record.last_run if record is not None else None
        return tuple(
            f"{self._known[one].name} ({one})"
            for one in sorted(found)
            if self._known[one].owner_id == draft.owner_id
            and (run is None or run not in self._known[one].runs)
            and not _contradicts(self._known[one], draft)
        )


def likeness_question(name: str, choices: Sequence[str]) -> Question:
    """'Is this the same as …?'; `choices` as `Likenesses.of` gives them."""
    return Question(
        "identity",
        f"'{name}': 이미 등록된 {', '.join(choices)}와(과) 같은 플랫폼입니까? 기관이 같고 이름은 지역 이름이나 '앱' 같은 말만 다릅니다.",
        f"Is '{name}' the same as {', '.join(choices)}? The owner is the same; the names differ in a place word or a "
        "generic tail only.",
        "같은 플랫폼이면 합치고, 다르면 '다름'으로 답하세요.",
        "Merge them if they are one platform, or declare them different.",
        tuple(choices),
    )


def _keys(draft: PlatformDraft) -> set[tuple[str, str]]:
    """Under what a platform of the same core name stands: that core, or a name that is nothing more."""
    core = core_key(draft.name, draft.owner_name, draft.owner_id)
    return {("core", core), ("name", core), ("core", name_key(draft.name, draft.owner_id))} if core else set()


def _contradicts(known: _Known, draft: PlatformDraft) -> bool:
    said = address_keys([draft.url, *(one.value for one in draft.channels)])
    hosts, theirs = _of(address_keys([draft.url]), "host"), _of(known.keys, "host")
    if hosts and theirs and not hosts & theirs:
        return True
    apps, others = _of(said, "app"), _of(known.keys, "app")
    for store in {one.split(":")[0] for one in apps} & {one.split(":")[0] for one in others}:
        mine = {one for one in apps if one.startswith(f"{store}:")}
        if not mine & others:
            return True
    if draft.department and known.department and compact(draft.department) != compact(known.department):
        return True
    states = {draft.status, known.status} - {None, Status.unknown}
    return len(states) > 1 and Status.closed in states


def _of(keys: Iterable[tuple[str, str]], kind: str) -> set[str]:
    return {value for one, value in keys if one == kind}


def _slices(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + SLICE] for start in range(0, len(values), SLICE))

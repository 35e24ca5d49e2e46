"""Which registered platform a draft is, by evidence that leaves no doubt; anything less is a new platform.

Evidence, strongest first: the record registered before; our own id; the store package with the same owner; a name
or alias with the same owner; an address that belongs to one platform of the same owner alone. An address says
nothing where several platforms share it, where its host serves several owners (one vendor, many governments), or
where it is the home page of the government itself. Two entries of one source are two platforms whatever their
addresses: the source itself tells them apart. And where an app or an address belongs to a platform that does quite
another job (one app carries delivery, taxis and local currency), it is a doubt for a person, not evidence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from registry.drafts import name_key
from registry.models import Record
from registry.records import PlatformDraft
from registry.tables import GOVERNMENT, KEY, PLATFORM, RECORD
from registry.urls import app_package, canonical, host
from registry.vocab import PlatformState, RecordState

SLICE = 400


@dataclass
class Found:
    """The platform a draft is ('' for a new one), by what it was recognised, and evidence that spoke against it."""

    platform_id: str = ""
    matched_by: str = ""
    doubts: list[str] = field(default_factory=list)


@dataclass
class Evidence:
    """The keys of one draft."""

    apps: list[str]
    names: list[str]
    urls: list[str]


class Recogniser:
    """Recognises the drafts of one batch; `learn` tells it of platforms made or renamed on the way."""

    def __init__(self, session: Session, source_id: str, batch: Sequence[tuple[PlatformDraft, Record | None]]) -> None:
        self._source_id = source_id
        self._evidence = {id(draft): evidence_of(draft) for draft, _ in batch}
        evidence = list(self._evidence.values())
        wanted = {("app", key) for one in evidence for key in one.apps}
        wanted |= {("name", key) for one in evidence for key in one.names}
        wanted |= {("url", key) for one in evidence for key in one.urls}
        hosts = {_host_of(key) for one in evidence for key in one.urls}
        wanted |= {("host", key) for key in hosts}
        self._keys: dict[tuple[str, str], set[str]] = {}
        self._owners: dict[str, int | None] = {}
        self._functions: dict[str, frozenset[str]] = {}
        self._moved: dict[str, str] = {}
        self._listed: dict[str, set[int]] = {}
        platforms = {record.platform_id for _, record in batch if record is not None and record.platform_id}
        platforms |= {draft.id_hint for draft, _ in batch if draft.id_hint}
        self._read_keys(session, wanted)
        platforms |= {one for found in self._keys.values() for one in found}
        self._read_platforms(session, platforms)
        self._read_records(session, platforms)
        self._session = session
        self._homes: set[str] | None = None

    def find(self, draft: PlatformDraft, record: Record | None) -> Found:
        """The platform this draft is, or an empty Found."""
        if record is not None and record.platform_id:
            return Found(self._follow(record.platform_id), "record")
        if draft.id_hint:
            known = self._follow(draft.id_hint)
            if known in self._owners and self._owners[known] == draft.owner_id:
                return Found(known, "id")
        evidence = self._evidence.get(id(draft)) or evidence_of(draft)
        by_name = self._one("name", evidence.names, draft.owner_id)
        by_app = self._one("app", evidence.apps, draft.owner_id)
        by_url = self._one(
            "url", [key for key in evidence.urls if ("url", key) in self._keys and self._speaks(key)], draft.owner_id
        )
        by_app = by_app if self._free(by_app, record) else ""
        by_url = by_url if self._free(by_url, record) else ""
        ranked = [(by_name, "name"), (by_app, "app"), (by_url, "url")]
        answers = [(platform, kind) for platform, kind in ranked if platform]
        evident = [(platform, kind) for platform, kind in answers if kind == "name" or self._alike(platform, draft)]
        chosen, how = evident[0] if evident else ("", "")
        return Found(chosen, how, [f"{kind}:{platform}" for platform, kind in answers if platform != chosen])

    def learn(
        self,
        platform_id: str,
        owner_id: int | None,
        functions: Iterable[str],
        keys: Iterable[tuple[str, str]],
        record_id: int | None,
    ) -> None:
        """Take in what a platform is now known by."""
        self._owners[platform_id] = owner_id
        self._functions[platform_id] = frozenset(functions)
        for key in keys:
            self._keys.setdefault(key, set()).add(platform_id)
        if record_id is not None:
            self._listed.setdefault(platform_id, set()).add(record_id)

    def _one(self, kind: str, keys: Iterable[str], owner_id: int | None) -> str:
        """The single platform of this owner that all of these keys, taken together, belong to; '' otherwise."""
        if owner_id is None:
            return ""
        found: set[str] = set()
        for key in keys:
            holders = {self._follow(one) for one in self._keys.get((kind, key), ())}
            if kind == "url" and len(holders) > 1:
                continue
            found |= {one for one in holders if self._owners.get(one) == owner_id}
        return found.pop() if len(found) == 1 else ""

    def _speaks(self, url: str) -> bool:
        """Whether an address can tell a platform at all."""
        if self._homes is None:
            rows = self._session.connection().execute(select(GOVERNMENT.c.homepage).where(GOVERNMENT.c.homepage != ""))
            self._homes = {canonical(row[0]) for row in rows}
        if url in self._homes:
            return False
        holders = self._keys.get(("host", _host_of(url)), set())
        return len({self._owners.get(one) for one in holders}) <= 1

    def _alike(self, platform_id: str, draft: PlatformDraft) -> bool:
        """Whether the two may be one platform: not when both have functions and none in common."""
        known, said = self._functions.get(platform_id), {one.id for one in draft.functions}
        return not known or not said or bool(known & said)

    def _free(self, platform_id: str, record: Record | None) -> bool:
        """Whether no other entry that this source still lists is that platform already."""
        others = self._listed.get(platform_id, set())
        return not (others - {record.id if record is not None else None})

    def _follow(self, platform_id: str) -> str:
        while platform_id in self._moved:
            platform_id = self._moved[platform_id]
        return platform_id

    def _read_keys(self, session: Session, wanted: set[tuple[str, str]]) -> None:
        by_kind: dict[str, list[str]] = {}
        for kind, value in wanted:
            by_kind.setdefault(kind, []).append(value)
        columns = select(KEY.c.kind, KEY.c.value, KEY.c.platform_id)
        for kind, values in by_kind.items():
            for part in slices(values):
                query = columns.where(KEY.c.kind == kind, KEY.c.value.in_(part))
                for row in session.connection().execute(query):
                    self._keys.setdefault((row[0], row[1]), set()).add(row[2])

    def _read_platforms(self, session: Session, ids: set[str]) -> None:
        left = set(ids)
        while left:
            following: set[str] = set()
            for part in slices(sorted(left)):
                query = select(
                    PLATFORM.c.id, PLATFORM.c.owner_id, PLATFORM.c.merged_into, PLATFORM.c.state, PLATFORM.c.functions
                ).where(PLATFORM.c.id.in_(part))
                for row in session.connection().execute(query):
                    if row.state is PlatformState.merged and row.merged_into:
                        self._moved[row.id] = row.merged_into
                        following.add(row.merged_into)
                    else:
                        self._owners[row.id] = row.owner_id
                        self._functions[row.id] = frozenset(one["id"] for one in row.functions)
            left = following - set(self._owners)

    def _read_records(self, session: Session, ids: set[str]) -> None:
        for part in slices(sorted(ids)):
            query = select(RECORD.c.platform_id, RECORD.c.id).where(
                RECORD.c.source_id == self._source_id,
                RECORD.c.platform_id.in_(part),
                RECORD.c.state.in_([RecordState.listed, RecordState.unfetchable]),
            )
            for row in session.connection().execute(query):
                self._listed.setdefault(self._follow(row[0]), set()).add(row[1])


def evidence_of(draft: PlatformDraft) -> Evidence:
    """The keys by which a draft may be recognised."""
    apps, urls = [], []
    for address in (draft.url, *(one.value for one in draft.channels)):
        if not address.startswith(("http://", "https://")):
            continue
        package = app_package(address)
        if package:
            apps.append(package)
        elif address == draft.url:
            urls.append(canonical(address))
    name = name_key(draft.name, draft.owner_id)
    return Evidence(apps, [name] if name else [], urls)


def slices(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Pieces short enough for one IN (…)."""
    return (values[start : start + SLICE] for start in range(0, len(values), SLICE))


def _host_of(canonical_url: str) -> str:
    return host(canonical_url)

"""Keep the stored results up with the registry: each platform's nearest few, and groups.

Pairs are stored as each platform's nearest few and everything else is computed on demand; groups are stored whole.
Following and a full run (`rebuild`) go through the same two functions, `nearest_of_all` and `group_function`, the one
for some rows and the other for all, and so store the same.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine, bindparam, delete, insert, select, update
from sqlmodel import Session, col

from registry.database import session_of, writing_session
from registry.models import ComparedPair, Meta
from search.overlap.clusters import Cluster
from search.overlap.group_rows import store_groups
from search.overlap.grouping import group_function, groups_of_all
from search.overlap.index import Index
from search.overlap.judged import Judged, Verdicts, held_apart, latest_verdicts
from search.overlap.live import STORED_KEY, LiveIndex, Pending, live_index
from search.overlap.nearest import nearest_of_all
from search.overlap.pair_rows import PairRow, pair_rows, stored_rows, written

_THIS_PAIR = col(ComparedPair.left_id) == bindparam("left"), col(ComparedPair.right_id) == bindparam("right")
_DELETE_PAIR = delete(ComparedPair).where(*_THIS_PAIR)
_SAYING = ("label", "area_relation", "same_platform", "overlap", "facts", "versions", "at")
_REWRITE_PAIR = update(ComparedPair).where(*_THIS_PAIR).values({name: bindparam(name) for name in _SAYING})

Progress = Callable[[str, int, int], None]
Grouped = dict[str, list[Cluster[str]]]


def follow(database: Engine, progress: Progress | None = None) -> dict[str, int]:
    """Compare and regroup what changed since it was last stored; everything, where nothing or something else is stored."""
    live = live_index(database)
    with live.lock:
        return _bring_up(live, live.refresh(), progress)


def rebuild(database: Engine, progress: Progress | None = None) -> dict[str, int]:
    """Compare and group everything anew, keeping the groups' ids."""
    live = live_index(database)
    with live.lock:
        live.forget()
        index = live.refresh()
        live.pending.everything = True
        return _bring_up(live, index, progress)


def regroup(database: Engine, platform_ids: Iterable[str]) -> None:
    """Compare some platforms and group their functions anew: after a verdict about them."""
    live = live_index(database)
    with live.lock:
        index = live.refresh()
        for one in platform_ids:
            live.pending.platforms.add(one)
            live.pending.functions |= index.memberships(one)
        _bring_up(live, index, None)


def _bring_up(live: LiveIndex, index: Index, progress: Progress | None) -> dict[str, int]:
    pending = live.pending
    if not pending:
        return {"platforms": len(index), "changed": 0, "functions": 0, "groups": 0}
    with session_of(live.database) as session:
        verdicts = latest_verdicts(session)
    if pending.everything:
        index.count()
        _store_all_pairs(live.database, index, verdicts, progress)
        grouped = _group_all(index, verdicts)
    else:
        _store_some_pairs(live.database, index, pending, verdicts)
        grouped = {one: _group(index, one, verdicts) for one in sorted(pending.functions)}
    with writing_session(live.database) as session:
        for done, (function, clusters) in enumerate(grouped.items()):
            store_groups(session, index, function, clusters)
            if progress is not None:
                progress("groups", done + 1, len(grouped))
        marker = session.get(Meta, STORED_KEY) or Meta(key=STORED_KEY)
        marker.value = live.fingerprint(index)
        session.add(marker)
    live.pending = Pending()
    return {
        "platforms": len(index),
        "changed": len(index) if pending.everything else len(pending.changed),
        "functions": len(grouped),
        "groups": sum(len(clusters) for clusters in grouped.values()),
    }


def _store_all_pairs(database: Engine, index: Index, verdicts: Verdicts, progress: Progress | None) -> None:
    """Slice by slice, each in a transaction of its own, so that others can write in between."""
    ids, columns = index.every()
    done = 0
    for found in nearest_of_all(index.scorer, columns, Judged.of(verdicts, ids)):
        lefts = [ids[row] for row in found.rows.tolist()]
        with writing_session(database) as session:
            _delete_pairs(session, lefts)
            _insert_pairs(session, written(pair_rows(index, ids, found)))
        done += len(lefts)
        if progress is not None:
            progress("pairs", done, len(ids))
    with writing_session(database) as session:
        left = session.connection().execute(select(col(ComparedPair.left_id)).distinct()).scalars()
        _delete_pairs(session, [one for one in left if one not in index.subjects])


def _store_some_pairs(database: Engine, index: Index, pending: Pending, verdicts: Verdicts) -> None:
    """The rows of some platforms; what is stored as it is now found is left alone, and what is not is rewritten in place."""
    ids, columns, rows = index.around(pending.platforms)
    wanted: dict[tuple[str, str], PairRow] = {}
    if len(rows):
        for found in nearest_of_all(index.scorer, columns, Judged.of(verdicts, ids), rows):
            wanted |= {row.key: row for row in pair_rows(index, ids, found)}
    gone: list[tuple[str, str]] = []
    other: list[PairRow] = []
    with writing_session(database) as session:
        connection = session.connection()
        for stored in stored_rows(connection, sorted(pending.platforms)):
            row = wanted.pop(stored.key, None)
            if row is None:
                gone.append(stored.key)
            elif row != stored:
                other.append(row)
        if gone:
            connection.execute(_DELETE_PAIR, [{"left": left, "right": right} for left, right in gone])
        if other:
            rewritten = [{"left": row.pop("left_id"), "right": row.pop("right_id"), **row} for row in written(other)]
            connection.execute(_REWRITE_PAIR, rewritten)
        _insert_pairs(session, written(wanted.values()))


def _delete_pairs(session: Session, lefts: Sequence[str]) -> None:
    for start in range(0, len(lefts), 500):
        session.connection().execute(
            delete(ComparedPair).where(col(ComparedPair.left_id).in_(lefts[start : start + 500]))
        )


def _insert_pairs(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 5000):
        session.connection().execute(insert(ComparedPair), rows[start : start + 5000])


def _group_all(index: Index, verdicts: Verdicts) -> Grouped:
    """Groups of every function, of those too that nobody stands in any more."""
    ids, columns = index.every()
    names = columns.terms.functions
    found: Grouped = {one: [] for one in sorted(index.words.functions)}
    for place, clusters in groups_of_all(index.scorer, columns, _apart(verdicts, ids)):
        found[names[place]] = _named(clusters, ids)
    return found


def _group(index: Index, function: str, verdicts: Verdicts) -> list[Cluster[str]]:
    ids = sorted(index.by_function.get(function, ()))
    place = index.scorer.terms.places.get(function)
    if place is None or not ids:
        return []
    rows = np.arange(len(ids))
    return _named(group_function(index.scorer, index.table.take(ids), place, rows, _apart(verdicts, ids)), ids)


def _apart(verdicts: Verdicts, ids: Sequence[str]) -> list[frozenset[int]]:
    pairs = held_apart(verdicts)
    rows = {one: row for row, one in enumerate(ids)} if pairs else {}
    return [frozenset(rows[one] for one in pair) for pair in pairs if all(one in rows for one in pair)]


def _named(clusters: Iterable[Cluster[int]], ids: Sequence[str]) -> list[Cluster[str]]:
    return [Cluster(tuple(ids[row] for row in one.members), ids[one.medoid]) for one in clusters]

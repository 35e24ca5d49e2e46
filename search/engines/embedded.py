"""The embedded engine: tantivy in a folder, one process writing, any number reading.

The folder holds one sub-folder per built index and a file `current` that names the standing one; swapping is one
rename of that file. A folder whose format is not ours is left alone and built anew, never migrated.
"""

import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tantivy

from registry.errors import EngineUnavailable
from search.engine import (
    NOTHING,
    AtLeast,
    Best,
    Boosted,
    Candidate,
    Candidates,
    Clause,
    Codes,
    Constant,
    EngineHealth,
    Everything,
    IndexEntry,
    Phrase,
    Plan,
    Term,
)
from search.fields import CODE_FIELDS, FORMAT, NUMBER_FIELDS, PHRASE_FIELDS, TEXT_FIELDS

HEAP = 64_000_000
LOCK_SECONDS = 60.0
WHOLE_INDEX = 10_000_000
# Equals beyond the wanted stretch that are looked at, so that ties go by id; past the most, by place in the index.
TIES = 100
MOST_TIES = 1600


@dataclass
class _Opened:
    """An index that is open: its folder's name, the stamp of the file that named it, and of the last commit read."""

    name: str
    meta: Path
    standing: tuple[int, int]
    index: Any
    commit: tuple[int, int] | None = None


class EmbeddedEngine:
    """tantivy behind the seam; see search/engine.py for what each method promises."""

    name = "embedded"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._write_lock = threading.RLock()
        self._open_lock = threading.Lock()
        self._opened: _Opened | None = None
        self._threads = ThreadPoolExecutor(2, "facets")

    # Reading ---------------------------------------------------------------------------------------------------

    def search(self, plan: Plan) -> Candidates:
        searcher = self._searcher()
        if searcher is None:
            return Candidates(0, (), dict.fromkeys(plan.facets, ()))
        query = self._plan_query(plan, plan.filters)
        # tantivy lets go of the interpreter's lock: facets are counted while the hits are read.
        counting = [self._threads.submit(self._count, searcher, *one) for one in self._facet_queries(plan)]
        size = plan.offset + plan.limit
        fetch = size + TIES
        while True:
            found = searcher.search(
                query,
                limit=fetch,
                count=plan.count,
                **({"order_by_field": plan.sort} if plan.sort else {}),
                **({"weight_by_field": plan.weight_by} if plan.weight_by else {}),
            )
            # Where the last score wanted goes on beyond what was fetched, some of the equals are still unseen.
            cut = len(found.hits) == fetch and size > 0 and found.hits[-1][0] == found.hits[size - 1][0]
            if not cut or fetch >= MOST_TIES:
                break
            fetch *= 4
        rows = _in_order(searcher, found.hits, size)[plan.offset :]
        candidates = tuple(Candidate(id_, score, _stored(searcher, address)[1]) for score, id_, address in rows)
        total = int(found.count) if plan.count else 0
        counted = {name: values for task in counting for name, values in task.result().items()}
        return Candidates(total, candidates, {name: counted[name] for name in plan.facets})

    def evidence(self, clauses: Sequence[Clause]) -> list[int]:
        searcher = self._searcher()
        if searcher is None:
            return [0] * len(clauses)
        counts = []
        for clause in clauses:
            if isinstance(clause, Term):
                counts.append(int(searcher.doc_freq(clause.field, clause.text)))
            else:
                counts.append(int(searcher.search(self._query(clause), limit=1, count=True).count))
        return counts

    def vocabulary(self, field: str) -> Mapping[str, int]:
        searcher = self._searcher()
        found = dict(searcher.terms_with_prefix(field, "", limit=WHOLE_INDEX)) if searcher is not None else {}
        found.pop(NOTHING, None)
        return found

    def get(self, ids: Sequence[str]) -> list[Candidate]:
        searcher = self._searcher()
        if searcher is None or not ids:
            return []
        query = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        found = {}
        for _, address in searcher.search(query, limit=len(ids), count=False).hits:
            id_, stored = _stored(searcher, address)
            found[id_] = Candidate(id_, 0.0, stored)
        return [found[id_] for id_ in ids if id_ in found]

    def versions(self) -> Iterator[tuple[str, int]]:
        searcher = self._searcher()
        if searcher is None:
            return
        hits = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        addresses = [address for _, address in hits]
        versions = searcher.fast_field_values("version", addresses)
        for address, number in zip(addresses, versions, strict=True):
            yield str(searcher.doc(address).get_first("id")), int(number or 0)

    def generation(self) -> str:
        self._searcher()
        return f"{self._opened.name}/{self._opened.commit}" if self._opened else ""

    def format(self) -> str:
        try:
            return (self._folder / self._current() / "FORMAT").read_text(encoding="utf-8") if self._current() else ""
        except OSError:
            return ""

    def count(self) -> int:
        searcher = self._searcher()
        return int(searcher.num_docs) if searcher is not None else 0

    def health(self) -> EngineHealth:
        try:
            count = self.count()
        except (EngineUnavailable, OSError, ValueError) as error:
            return EngineHealth(False, f"색인을 열 수 없습니다: {error}", f"The index cannot be opened: {error}")
        if not self._current() or self.format() != FORMAT:
            return EngineHealth(
                False, "색인을 새로 만들어야 합니다.", "The index has to be built: metaplatform reindex"
            )
        facts = {"folder": str(self._folder), "format": self.format()}
        return EngineHealth(True, f"내장 색인에 {count}건", f"{count} platforms in the embedded index", facts)

    def close(self) -> None:
        self._threads.shutdown(wait=False)
        with self._open_lock:
            self._opened = None

    # Writing ---------------------------------------------------------------------------------------------------

    def write(self, upserts: Sequence[IndexEntry], deletions: Sequence[tuple[str, int]]) -> None:
        if not upserts and not deletions:
            return
        with self._writing():
            index = self._index()
            if index is None:
                self._build([])
                index = self._index()
            known = self._known_versions([entry.id for entry in upserts] + [id_ for id_, _ in deletions])
            writer = index.writer(HEAP, 1)
            try:
                for id_, number in deletions:
                    if known.get(id_, -1) <= number:
                        writer.delete_documents_by_term("id", id_)
                for entry in upserts:
                    if known.get(entry.id, -1) <= entry.version:
                        writer.delete_documents_by_term("id", entry.id)
                        writer.add_document(self._document(entry))
                writer.commit()
                writer.wait_merging_threads()
            except ValueError as error:
                raise _unavailable(error) from error
            index.reload()

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        with self._writing():
            return self._build(entries)

    def _build(self, entries: Iterable[IndexEntry]) -> int:
        name = f"{time.strftime('%Y%m%d%H%M%S')}-{uuid.uuid4().hex[:6]}"
        folder = self._folder / name
        folder.mkdir(parents=True)
        try:
            index = tantivy.Index(self._schema, str(folder))
            writer = index.writer(2 * HEAP, 2)
            count = 0
            for entry in entries:
                writer.add_document(self._document(entry))
                count += 1
            writer.commit()
            writer.wait_merging_threads()
            (folder / "FORMAT").write_text(FORMAT, encoding="utf-8")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        beside = self._folder / "current.new"
        beside.write_text(name, encoding="utf-8")
        _sync(beside)
        beside.replace(self._folder / "current")
        for old in self._folder.iterdir():
            # Readers of the old index keep their open files; its names may go.
            if old.is_dir() and old.name != name:
                shutil.rmtree(old, ignore_errors=True)
        return count

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, among threads and among processes; a dead process's lock falls with it."""
        import fcntl

        with self._write_lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "lock").open("a") as file:
                until = time.monotonic() + LOCK_SECONDS
                while True:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    except OSError as error:
                        if time.monotonic() > until:
                            raise _unavailable(error) from error
                        time.sleep(0.05)
                yield

    def _known_versions(self, ids: Sequence[str]) -> dict[str, int]:
        searcher = self._searcher()
        if searcher is None or not ids:
            return {}
        query = tantivy.Query.term_set_query(self._schema, "id", list(dict.fromkeys(ids)))
        hits = searcher.search(query, limit=max(1, len(ids)), count=False).hits
        addresses = [address for _, address in hits]
        numbers = searcher.fast_field_values("version", addresses)
        return {
            str(searcher.doc(address).get_first("id")): int(number or 0)
            for address, number in zip(addresses, numbers, strict=True)
        }

    def _document(self, entry: IndexEntry) -> Any:
        document = tantivy.Document()
        for name, text in entry.text.items():
            document.add_text(name, text or NOTHING)
        for name, values in entry.codes.items():
            for value in values:
                document.add_text(name, value)
        for name, number in entry.numbers.items():
            document.add_float(name, float(number))
        document.add_unsigned("version", entry.version)
        document.add_bytes("stored", json.dumps(entry.stored, ensure_ascii=False, separators=(",", ":")).encode())
        return document

    # Opening ---------------------------------------------------------------------------------------------------

    def _current(self) -> str:
        try:
            return (self._folder / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def _index(self) -> Any:
        """The standing index, opened once and again after a swap; None when there is none of our format."""
        try:
            named = (self._folder / "current").stat()
        except FileNotFoundError:
            return None
        standing = (named.st_mtime_ns, named.st_ino)
        opened = self._opened
        if opened is not None and opened.standing == standing:
            return opened.index
        with self._open_lock:
            if self._opened is None or self._opened.standing != standing:
                name = self._current()
                if not name or self.format() != FORMAT:
                    return None
                try:
                    index = tantivy.Index.open(str(self._folder / name))
                except ValueError as error:
                    raise _unavailable(error) from error
                index.config_reader("manual")
                self._opened = _Opened(name, self._folder / name / "meta.json", standing, index)
            return self._opened.index

    def _searcher(self) -> Any:
        """A searcher over the last commit of any process."""
        index = self._index()
        opened = self._opened
        if index is None or opened is None:
            return None
        try:
            seen = opened.meta.stat()
        except FileNotFoundError:
            # Swapped away and removed a moment ago; what is open still answers.
            return index.searcher()
        commit = (seen.st_mtime_ns, seen.st_ino)
        if commit != opened.commit:
            index.reload()
            opened.commit = commit
        return index.searcher()

    # Translating -----------------------------------------------------------------------------------------------

    def _plan_query(self, plan: Plan, filters: Mapping[str, tuple[str, ...]]) -> Any:
        must = tantivy.Occur.Must
        parts = [(must, self._query(plan.must))]
        for name, values in filters.items():
            wanted = tantivy.Query.term_set_query(self._schema, name, list(values))
            parts.append((must, tantivy.Query.const_score_query(wanted, 0.0)))
        parts += [(tantivy.Occur.Should, self._query(clause)) for clause in plan.prior]
        return tantivy.Query.boolean_query(parts) if len(parts) > 1 else parts[0][1]

    def _query(self, clause: Clause) -> Any:
        query = tantivy.Query
        match clause:
            case Term(name, text):
                return query.term_query(self._schema, name, text, "freq")
            case Phrase(name, (text,)):
                return query.term_query(self._schema, name, text, "freq")
            case Phrase(name, tokens):
                return query.phrase_query(self._schema, name, list(tokens))
            case Codes(name, values):
                return query.const_score_query(query.term_set_query(self._schema, name, list(values)), 1.0)
            case Boosted(inner, boost):
                return query.boost_query(self._query(inner), boost)
            case Constant(inner, score):
                return query.const_score_query(self._query(inner), score)
            case Best(clauses, tie):
                return query.disjunction_max_query([self._query(one) for one in clauses], tie)
            case AtLeast(clauses, minimum):
                if minimum >= len(clauses):
                    return query.boolean_query([(tantivy.Occur.Must, self._query(one)) for one in clauses])
                return query.boolean_query([(tantivy.Occur.Should, self._query(one)) for one in clauses], minimum)
            case Everything():
                return query.const_score_query(query.all_query(), 1.0)
        raise AssertionError(f"no such clause: {clause!r}")

    def _facet_queries(self, plan: Plan) -> Iterator[tuple[Any, list[str], int]]:
        """What to count over: everything found with all filters but the facet's own; the prior finds nothing."""
        free = [name for name in plan.facets if name not in plan.filters]
        bare = replace(plan, prior=())
        if free:
            yield self._plan_query(bare, plan.filters), free, plan.facet_size
        for name in plan.facets:
            if name in plan.filters:
                others = {other: values for other, values in plan.filters.items() if other != name}
                yield self._plan_query(bare, others), [name], plan.facet_size

    def _count(
        self, searcher: Any, query: Any, names: Sequence[str], size: int
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        wanted = {name: {"terms": {"field": name, "size": size}} for name in names}
        answer = searcher.aggregate(query, wanted)
        return {
            name: tuple(
                sorted(
                    ((str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]),
                    key=lambda pair: (-pair[1], pair[0]),
                )
            )
            for name in names
        }


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        option = "position" if name in PHRASE_FIELDS else "freq"
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=option)
    for name in CODE_FIELDS:
        builder.add_text_field(name, stored=name == "id", fast=True, tokenizer_name="raw", index_option="basic")
    for name in NUMBER_FIELDS:
        builder.add_float_field(name, fast=True)
    builder.add_unsigned_field("version", fast=True)
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def _in_order(searcher: Any, hits: Sequence[tuple[Any, Any]], size: int) -> list[tuple[float, str, Any]]:
    """(score, id, address) of the first `size` hits. Equal scores come in an order that merges change; ids don't."""
    if not size or not hits:
        return []
    last = float(hits[min(size, len(hits)) - 1][0])
    kept = [(float(score), address) for score, address in hits if float(score) >= last]
    rows = [(score, str(searcher.doc(address).get_first("id")), address) for score, address in kept]
    rows.sort(key=lambda row: (-row[0], row[1]))
    return rows[:size]


def _stored(searcher: Any, address: Any) -> tuple[str, dict[str, Any]]:
    document = searcher.doc(address)
    return str(document.get_first("id")), json.loads(document.get_first("stored"))


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _unavailable(error: Exception) -> EngineUnavailable:
    return EngineUnavailable(
        f"내장 검색 색인을 쓸 수 없습니다: {error}",
        f"The embedded search index cannot be used: {error}",
        "다른 프로세스가 쓰고 있는지 보고, 안 되면 metaplatform reindex 를 실행하세요.",
        "See whether another process holds it; if not, run metaplatform reindex.",
    )

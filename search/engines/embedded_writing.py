"""Writing an embedded index: changes to the standing one, and a fresh one beside it."""

from collections.abc import Iterable, Sequence
from typing import Any

import tantivy

from search.engine import IndexEntry
from search.engines.embedded_folder import IndexFolder, unavailable
from search.engines.embedded_schema import document_of, id_of

HEAP = 64_000_000
# A build may hold so much before it has to begin another segment; it takes what its documents need, some 2 kB each. Every
# segment is searched and counted by itself: seven of them cost a third more than one.
BUILD_HEAP = 2_000_000_000


class Writer:
    """Writes to one folder; the folder's lock lets one at a time in."""

    def __init__(self, folder: IndexFolder, schema: Any) -> None:
        self._folder = folder
        self._schema = schema

    def write(self, upserts: Sequence[IndexEntry], deletions: Sequence[tuple[str, int]]) -> None:
        """Store and remove; what is older than the stored version changes nothing."""
        if not upserts and not deletions:
            return
        with self._folder.writing():
            index = self._folder.index()
            if index is None:
                self._build([])
                index = self._folder.index()
            known = self._known_versions([entry.id for entry in upserts] + [id_ for id_, _ in deletions])
            writer = index.writer(HEAP, 1)
            try:
                for id_, number in deletions:
                    if known.get(id_, -1) <= number:
                        writer.delete_documents_by_term("id", id_)
                for entry in upserts:
                    if known.get(entry.id, -1) <= entry.version:
                        writer.delete_documents_by_term("id", entry.id)
                        writer.add_document(document_of(entry))
                writer.commit()
                writer.wait_merging_threads()
            except ValueError as error:
                raise unavailable(error) from error
            index.reload()

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """Build a fresh index beside the standing one and swap; gives the count."""
        with self._folder.writing():
            return self._build(entries)

    def _build(self, entries: Iterable[IndexEntry]) -> int:
        with self._folder.building() as folder:
            index = tantivy.Index(self._schema, str(folder))
            writer = index.writer(BUILD_HEAP, 1)
            count = 0
            for entry in entries:
                writer.add_document(document_of(entry))
                count += 1
            writer.commit()
            writer.wait_merging_threads()
        return count

    def _known_versions(self, ids: Sequence[str]) -> dict[str, int]:
        searcher = self._folder.searcher()
        if searcher is None or not ids:
            return {}
        query = tantivy.Query.term_set_query(self._schema, "id", list(dict.fromkeys(ids)))
        hits = searcher.search(query, limit=max(1, len(ids)), count=False).hits
        addresses = [address for _, address in hits]
        numbers = searcher.fast_field_values("version", addresses)
        return {
            id_of(searcher.doc(address)): int(number or 0) for address, number in zip(addresses, numbers, strict=True)
        }

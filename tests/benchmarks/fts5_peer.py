"""The same documents and questions with SQLite FTS5: what a search page costs without a search engine."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from search.engine import IndexEntry
from search.needs import vocabulary
from search.query import FACETS, SearchQuery

FIELDS = ("name", "alias", "bi", "body", "place")
# Any of the words, filtered by status; scored and kept once, so that facets need not match a second time.
FOUND = (
    "CREATE TEMP TABLE found AS SELECT rowid AS doc, bm25(text, 4, 3, 2, 1, 2) AS score FROM text WHERE text MATCH ?"
    " AND EXISTS (SELECT 1 FROM code WHERE doc = text.rowid AND field = 'status' AND value = ?)"
)
COUNTS = "SELECT field, value, count(*) FROM found CROSS JOIN code USING (doc) GROUP BY field, value"


class Fts5:
    """A table of pre-tokenised words, the codes in an indexed side table, and the stored facts."""

    def __init__(self, path: Path) -> None:
        self._table = sqlite3.connect(path)
        # As much memory as our own process takes, so that nothing waits for a disk.
        self._table.execute("PRAGMA cache_size=-500000")
        self._table.execute("PRAGMA temp_store=MEMORY")

    def build(self, found: Iterable[IndexEntry]) -> None:
        """Fill empty tables."""
        table = self._table
        table.execute("PRAGMA journal_mode=OFF")
        table.execute(f"CREATE VIRTUAL TABLE text USING fts5({', '.join(FIELDS)}, tokenize='unicode61')")
        table.execute("CREATE TABLE code (doc INTEGER, field TEXT, value TEXT)")
        table.execute("CREATE TABLE stored (doc INTEGER PRIMARY KEY, facts TEXT)")
        for number, entry in enumerate(found, 1):
            marks = ", ".join("?" * len(FIELDS))
            words = [entry.text[name].replace("#", "x") for name in FIELDS]
            table.execute(f"INSERT INTO text(rowid, {', '.join(FIELDS)}) VALUES (?, {marks})", (number, *words))
            codes = ((number, name, value) for name in FACETS for value in entry.codes[name])
            table.executemany("INSERT INTO code VALUES (?, ?, ?)", codes)
            table.execute("INSERT INTO stored VALUES (?, ?)", (number, json.dumps(entry.stored, ensure_ascii=False)))
        table.execute("CREATE INDEX by_doc ON code(doc, field, value)")
        table.execute("INSERT INTO text(text) VALUES ('optimize')")
        table.execute("ANALYZE")
        table.commit()

    def search(self, query: SearchQuery) -> int:
        """What a search page needs: the best sixty with their facts, and the counts of all facets."""
        words = vocabulary().content(vocabulary().lexicon.read(query.text))
        match = " OR ".join(f'"{word.text}"' for word in words) or '"없음"'
        table = self._table
        table.execute("DROP TABLE IF EXISTS temp.found")
        table.execute(FOUND, (match, query.filters["status"][0]))
        best = table.execute(
            "SELECT facts FROM (SELECT doc FROM found ORDER BY score LIMIT 60) JOIN stored USING (doc)"
        )
        hits = [json.loads(facts) for (facts,) in best]
        return len(hits) + len(table.execute(COUNTS).fetchall())

    def close(self) -> None:
        """Close the file."""
        self._table.close()

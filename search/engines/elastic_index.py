"""How our fields lie in an Elasticsearch index: explicit mappings, nothing guessed, and what a document looks like."""

from collections.abc import Mapping
from typing import Any

from search.engine import NOTHING, IndexEntry
from search.engines.elastic_bulk import Operation
from search.fields import CODE_FIELDS, FORMAT, NUMBER_FIELDS, PHRASE_FIELDS, TEXT_FIELDS, VOCABULARY_FIELDS

Json = dict[str, Any]

# Paging goes as far as search/query.py lets it; the server's default would stop a page earlier.
RESULT_WINDOW = 20_000
# A deletion is remembered this long, so that a late write of an older version cannot bring its document back.
REMEMBER_DELETIONS = "12h"


def index_settings(shards: int, replicas: int) -> Json:
    """Settings of a standing index; BM25's two numbers are said, not left to a default."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": "1s",
        "max_result_window": RESULT_WINDOW,
        "gc_deletes": REMEMBER_DELETIONS,
        "similarity": {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}},
    }


def index_mappings(built: str) -> Json:
    """The mapping: text arrives as tokens and is only split on spaces, and an unknown field is an error."""
    phrases = {"type": "text", "analyzer": "whitespace"}
    words = {**phrases, "index_options": "freqs"}
    code = {"type": "keyword"}
    number = {"type": "double"}
    return {
        "dynamic": "strict",
        "_meta": {"format": FORMAT, "built": built},
        # What was indexed is not kept a second time: only what a hit brings back is.
        "_source": {"includes": ["stored"]},
        "properties": {
            "id": code,
            "text": {"properties": {name: phrases if name in PHRASE_FIELDS else words for name in TEXT_FIELDS}},
            "codes": {"properties": dict.fromkeys(CODE_FIELDS, code)},
            "numbers": {"properties": dict.fromkeys(NUMBER_FIELDS, number)},
            # The distinct tokens of fields whose vocabulary is asked for; text itself cannot be listed.
            "vocabulary": {"properties": dict.fromkeys(VOCABULARY_FIELDS, code)},
            "stored": {"type": "object", "enabled": False},
        },
    }


def upsert(entry: IndexEntry) -> Operation:
    """Store an entry, unless what is stored is newer."""
    return Operation(entry.id, entry.version, document(entry))


def document(entry: IndexEntry) -> Json:
    """An entry as it is sent."""
    return {
        "id": entry.id,
        "text": {name: entry.text.get(name) or NOTHING for name in TEXT_FIELDS},
        "codes": {name: list(values) for name, values in entry.codes.items()},
        "numbers": dict(entry.numbers),
        "vocabulary": {name: sorted(set(entry.text.get(name, "").split(" ")) - {""}) for name in VOCABULARY_FIELDS},
        "stored": entry.stored,
    }


def format_of(mappings: Mapping[str, Any]) -> str:
    """The format that an index says it was built with."""
    return str(mappings.get("_meta", {}).get("format", ""))

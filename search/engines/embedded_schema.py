"""How our fields lie in a tantivy index, an entry as a tantivy document, and the facts read back from one."""

import json
from typing import Any

import tantivy
from pydantic_core import from_json

from search.engine import NOTHING, IndexEntry
from search.fields import CODE_FIELDS, NUMBER_FIELDS, PHRASE_FIELDS, TEXT_FIELDS


def make_schema() -> Any:
    """The schema: text arrives as tokens and is only split on spaces; every code is a term and a fast column."""
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


def document_of(entry: IndexEntry) -> Any:
    """An entry as it is written."""
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


def id_of(document: Any) -> str:
    """The id of a document that was read."""
    return str(document.get_first("id"))


def facts_of(document: Any) -> dict[str, Any]:
    """The facts stored with a document that was read; sixty of them are read for every answer."""
    facts: dict[str, Any] = from_json(document.get_first("stored"))
    return facts

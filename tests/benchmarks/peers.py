"""What others would do with the same records: SQLite FTS5, the analyzer nori with its defaults, CKAN's package_search.

Each is set up as its own documentation begins: all words of the query, any may match, the name weighs most, ten hits
and three facets. Whoever has chosen a place has its name searched too, since none of them knows what lies near.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import urllib3
from elasticsearch import Elasticsearch, helpers

from registry.governments import Places
from search.document import PlatformDocument
from search.query import Hit, SearchPage, SearchQuery
from tests.components.ckan.server import Ckan

FILL = Path(__file__).parents[1] / "components/ckan/fill.py"
WEIGHTS = {"name": 8.0, "alias": 4.0, "owner": 2.0, "description": 1.0}
FACETS = ("type", "form", "owner_code")
WORD = re.compile(r"\w+")


class Peer(Protocol):
    """Finds the ids of ten platforms; `place` is the name of a chosen place or '', `filters` facets to values."""

    def search(self, text: str, place: str, filters: Mapping[str, str]) -> list[str]:
        """The best ten and three facets' counts."""


def row(platform: PlatformDocument) -> dict[str, str]:
    """The words and codes that every peer gets."""
    return {
        "id": platform.id,
        "name": platform.name,
        "alias": " ".join([*platform.aliases, *platform.former_names]),
        "owner": platform.owner,
        "description": platform.description,
        "type": platform.type,
        "form": platform.form,
        "owner_code": platform.owner_code,
    }


class Fts5:
    """SQLite's own full-text search, its default tokenizer, BM25 with weights, facets by GROUP BY."""

    def __init__(self, file: Path) -> None:
        self.file, self.local = file, threading.local()

    def build(self, platforms: Iterable[PlatformDocument]) -> None:
        """Fill a new file."""
        with sqlite3.connect(self.file) as database:
            database.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY, id, type, form, owner_code)")
            database.execute("CREATE VIRTUAL TABLE words USING fts5(name, alias, owner, description, content='')")
            for number, one in enumerate(map(row, platforms)):
                codes = (number, one["id"], one["type"], one["form"], one["owner_code"])
                database.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", codes)
                texts = (number, *(one[name] for name in WEIGHTS))
                database.execute("INSERT INTO words(rowid, name, alias, owner, description) VALUES (?,?,?,?,?)", texts)
            for name in FACETS:
                database.execute(f"CREATE INDEX ix_{name} ON rows({name})")
            database.execute("INSERT INTO words(words) VALUES ('optimize')")

    def search(self, text: str, place: str, filters: Mapping[str, str]) -> list[str]:
        words = [f'"{word}"' for word in WORD.findall(f"{text} {place}")]
        if not words:
            return []
        database = self._connection()
        match, weights = " OR ".join(words), ", ".join(map(str, WEIGHTS.values()))
        where = "".join(f" AND rows.{name} = ?" for name in filters)
        source = f"FROM words JOIN rows ON rows.n = words.rowid WHERE words MATCH ?{where}"
        values = (match, *filters.values())
        ranked = f"SELECT rows.id {source} ORDER BY bm25(words, {weights}) LIMIT 10"
        found = [line[0] for line in database.execute(ranked, values)]
        for name in FACETS:
            database.execute(f"SELECT {name}, count(*) {source} GROUP BY {name}", values).fetchall()
        return found

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self.local, "database"):
            self.local.database = sqlite3.connect(self.file)
        connection: sqlite3.Connection = self.local.database
        return connection


class Nori:
    """Elasticsearch's Korean analyzer with its defaults on the same server that ours uses."""

    def __init__(self, url: str, index: str = "peer-nori") -> None:
        self.client, self.index = Elasticsearch(url, request_timeout=60, connections_per_node=32), index

    def build(self, platforms: Iterable[PlatformDocument]) -> None:
        """Fill a new index."""
        text = {"type": "text", "analyzer": "nori"}
        codes = {name: {"type": "keyword"} for name in ("id", *FACETS)}
        properties = {**dict.fromkeys(WEIGHTS, text), **codes}
        settings = {"number_of_replicas": 0, "refresh_interval": "-1"}
        self.client.options(ignore_status=404).indices.delete(index=self.index)
        self.client.indices.create(index=self.index, mappings={"properties": properties}, settings=settings)
        lines = ({"_index": self.index, "_id": one["id"], "_source": one} for one in map(row, platforms))
        for _ in helpers.parallel_bulk(self.client, lines, thread_count=2):
            pass
        self.client.indices.refresh(index=self.index)

    def search(self, text: str, place: str, filters: Mapping[str, str]) -> list[str]:
        fields = [f"{name}^{weight}" for name, weight in WEIGHTS.items()]
        parts: dict[str, Any] = {"must": [{"multi_match": {"query": text, "fields": fields}}]}
        if place:
            parts["should"] = [{"match": {"owner": {"query": place, "boost": 2.0}}}]
        answer = self.client.search(
            index=self.index,
            query={"bool": parts},
            post_filter={"bool": {"filter": [{"term": {name: value}} for name, value in filters.items()]}},
            aggregations={name: {"terms": {"field": name, "size": 50}} for name in FACETS},
            size=10,
            source=False,
        )
        return [hit["_id"] for hit in answer["hits"]["hits"]]


class CkanSearch:
    """CKAN's package_search: its own schema, its default query parser and field weights."""

    # A dataset has a type of its own, so ours goes by another name.
    NAMES: ClassVar[dict[str, str]] = {"type": "platform_type"}

    def __init__(self, url: str) -> None:
        self.url = f"{url}/api/3/action/package_search"
        self.pool = urllib3.PoolManager(maxsize=32)

    @staticmethod
    def build(ckan: Ckan, platforms: Iterable[PlatformDocument]) -> None:
        """Put the records into CKAN's index, as CKAN itself would."""
        file = ckan.folder / "records.jsonl"
        with file.open("w") as lines:
            for one in map(row, platforms):
                named = {"name": one["id"].lower(), "title": one["name"], "owner_org": f"g{one['owner_code'] or 0}"}
                known = (key for key in ("alias", "owner", *FACETS) if one[key])
                extras = [{"key": CkanSearch.NAMES.get(key, key), "value": one[key]} for key in known]
                about = {"notes": one["description"], "extras": extras, "owner_title": one["owner"] or "-"}
                lines.write(json.dumps({**named, **about}, ensure_ascii=False) + "\n")
        ckan.run_script(FILL, str(file), "--index-only")

    def asked(self, text: str, place: str, filters: Mapping[str, str]) -> dict[str, str]:
        """The parameters of package_search."""
        query = " ".join(WORD.findall(f"{text} {place}"))
        narrowed = " ".join(f'+{self.NAMES.get(name, name)}:"{value}"' for name, value in filters.items())
        counted = json.dumps([self.NAMES.get(name, name) for name in FACETS])
        return {
            "q": query or "*:*",
            "rows": "10",
            "fq": narrowed,
            "mm": "1",
            "facet.field": counted,
            "facet.limit": "50",
        }

    def search(self, text: str, place: str, filters: Mapping[str, str]) -> list[str]:
        answer = self.pool.request("POST", self.url, json=self.asked(text, place, filters))
        found = json.loads(answer.data)
        if not found.get("success"):
            raise RuntimeError(str(found)[:300])
        return [one["name"] for one in found["result"]["results"]]


class PeerFinder:
    """A peer in the place of our finder, so that the same judged queries can be asked of it."""

    def __init__(self, peer: Peer, places: Places, platforms: Sequence[PlatformDocument]) -> None:
        self.peer, self.places = peer, places
        self.known = {platform.id.lower(): platform for platform in platforms}

    def search(self, query: SearchQuery) -> SearchPage:
        """The peer's hits with the names that judging needs."""
        place = self.places.by_id(query.area_id).name if query.area_id is not None else ""
        hits = tuple(map(_hit, (self.known[key.lower()] for key in self.peer.search(query.text, place, {}))))
        return SearchPage(query, len(hits), hits)


def _hit(one: PlatformDocument) -> Hit:
    return Hit(
        id=one.id,
        name=one.name,
        owner=one.owner,
        owner_id=one.owner_id,
        url=one.url,
        type=one.type,
        form=one.form,
        functions=one.functions,
        status=one.status,
        score=0.0,
        aliases=one.aliases,
        former_names=one.former_names,
    )

"""Searching, completing and finding the same service elsewhere: what entrances call."""

import time
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from registry.bodies import present_bodies
from registry.errors import NotFound
from registry.governments import Places
from search.answers import Answers
from search.area import Scope
from search.engine import Candidates, Codes, Plan, SearchEngine
from search.highlight import initial_spans, spans
from search.needs import Vocabulary, vocabulary
from search.planning import ANY, LOOSE, STRICT, WINDOW, Relaxed, plan_for
from search.prepared import Prepared, Preparing
from search.query import (
    FACETS,
    FacetValue,
    Hit,
    Interpretation,
    PlaceChoice,
    SearchPage,
    SearchQuery,
    Successor,
    Suggestion,
)
from search.ranking import Ranked, rank
from search.understood import Understood

ZONE_SET = "flow_2023_r3"


class Finder:
    """Answers questions over one engine; governments are kept in memory and read again once they have changed."""

    def __init__(
        self, database: Engine, engine: SearchEngine, words: Vocabulary | None = None, zone_set: str = ZONE_SET
    ) -> None:
        self._engine = engine
        self._vocabulary = words or vocabulary()
        self._preparing = Preparing(database, engine, self._vocabulary, zone_set)
        self._answers = Answers()

    @property
    def places(self) -> Places:
        """The governments this finder knows."""
        return self._preparing.now().places

    def state(self) -> Hashable:
        """All that answers rest on at the moment: the index, the words of it that queries are read with, the governments."""
        return self._state(self._preparing.now(), self._engine.generation())

    def state_at_hand(self) -> Hashable | None:
        """The same where it is known without waiting for the engine or the registry; else None."""
        known, generation = self._preparing.at_hand(), self._engine.generation_at_hand()
        return None if known is None or generation is None else self._state(known, generation)

    @staticmethod
    def _state(known: Prepared, generation: str) -> Hashable:
        return generation, known.reader.generation, known.stamp

    def search(self, query: SearchQuery) -> SearchPage:
        """One page of answers."""
        started = time.perf_counter()
        known = self._preparing.now()
        page = self._answers.page(
            query, lambda: self._state(known, self._engine.generation()), lambda: self._answer(query, known)
        )
        return replace(page, took_ms=(time.perf_counter() - started) * 1000)

    def _answer(self, query: SearchQuery, known: Prepared) -> SearchPage:
        places, reader = known.places, known.reader
        understood = reader.literal(query.text) if query.literal else reader.read(query.text, query.area_id)
        scope = self._scope(query, understood, known)
        filters = self._filters(query, places)
        found, relaxed = self._find(query, understood, scope, filters)
        if not found.total and not query.literal:
            # Nothing bears out the words as everybody uses them: they may be slips of others.
            again = reader.read(query.text, query.area_id, common=True)
            if again != understood:
                understood, scope = again, self._scope(query, again, known)
                found, relaxed = self._find(query, understood, scope, filters)
        ranked = self._ranked(query, found, understood, scope)
        hits = tuple(_hit(one, understood, query.explain) for one in ranked)
        nothing = not hits and query.offset == 0 and query.limit > 0
        return SearchPage(
            query=query,
            total=found.total,
            hits=hits,
            facets=_facets(found, filters, known),
            interpretation=tuple(_notes(query, understood, hits, relaxed)),
            did_you_mean="" if hits and hits[0].name == understood.did_you_mean else understood.did_you_mean,
            place_choices=_choices(understood),
            area_id=_area(query, understood),
            functions=tuple(one.id for one in understood.functions),
            help_functions=self._nearest_functions(query.text) if nothing else (),
            wider_area_id=_wider(query, places) if nothing else None,
        )

    def suggest(self, text: str, area_id: int | None = None, limit: int = 8) -> list[Suggestion]:
        """Completions of what is being typed."""
        known = self._preparing.now()
        scope = known.scopes.of([area_id]) if area_id is not None else Scope()
        return known.completer.complete(text, scope, limit)

    def similar(self, platform_id: str, limit: int = 10) -> list[Hit]:
        """The same service elsewhere: platforms that share this one's functions, the nearest and running first."""
        known = self._engine.get([platform_id])
        if not known:
            raise NotFound("platform", platform_id)
        stored = known[0].stored
        functions = list(stored["functions"])
        if not functions:
            return []
        prepared = self._preparing.now()
        own = [stored["owner_id"]] if stored["owner_id"] is not None else []
        scope = prepared.scopes.of(one for one in own if _present(prepared.places, one))
        plan = Plan(Codes("function", tuple(functions)), prior=scope.prior(1.0), limit=3 * WINDOW, count=False)
        found = [one for one in self._engine.search(plan).found if one.id != platform_id]
        wanted = set(functions)

        def near(one: Ranked) -> tuple[float, float]:
            theirs = set(one.candidate.stored["functions"])
            return (len(wanted & theirs) / len(wanted | theirs), one.score)

        ranked = rank(found, Understood(""), scope)
        return [_hit(one, Understood(""), False) for one in sorted(ranked, key=near, reverse=True)[:limit]]

    # Parts -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _scope(query: SearchQuery, understood: Understood, known: Prepared) -> Scope:
        if understood.choices:
            return known.scopes.of((row.id for row in understood.choices if row.id is not None), named=True)
        if query.area_id is not None:
            known.places.by_id(query.area_id)
            return known.scopes.of([query.area_id])
        return Scope()

    def _filters(self, query: SearchQuery, places: Places) -> dict[str, tuple[str, ...]]:
        filters = {name: values for name, values in query.filters.items() if values}
        for name in ("owner", "area"):
            if name in filters:
                filters[name] = tuple(code for value in filters[name] for code in _codes(value, places))
        if "function" in filters:
            # An address from before functions were merged still leads to what it led to.
            renamed = self._vocabulary.renamed
            filters["function"] = tuple(dict.fromkeys(renamed.get(one, one) for one in filters["function"]))
        if "form" in filters:
            # 'other' may be a form of any type; a form without its type means all of them.
            types = ("information", "proposal", "brokerage")
            filters["form"] = tuple(
                full
                for value in filters["form"]
                for full in ([value] if "/" in value else [f"{one}/{value}" for one in types])
            )
        if query.zone_id:
            members = set(places.zone_members(query.zone_id))
            above = {one for member in members for one in places.ancestors(member)}
            filters["serves"] = (*(str(one) for one in sorted(members | above)), "nation")
        return filters

    def _find(
        self, query: SearchQuery, understood: Understood, scope: Scope, filters: dict[str, tuple[str, ...]]
    ) -> tuple[Candidates, Relaxed]:
        for relaxed in (STRICT, LOOSE, ANY):
            plan = plan_for(query, understood, scope, filters, relaxed)
            found = self._engine.search(plan)
            if found.total or query.literal or len(understood.concepts) < 2:
                break
        if not found.total and understood.choices and not query.literal:
            # Better what the place named runs than nothing.
            found = self._engine.search(plan_for(query, replace(understood, only_place=True), scope, filters))
            relaxed = ANY
        return found, relaxed

    def _ranked(self, query: SearchQuery, found: Candidates, understood: Understood, scope: Scope) -> list[Ranked]:
        if query.sort != "relevance":
            places = {one.id: number for number, one in enumerate(found.found)}
            return sorted(rank(found.found, understood, scope), key=lambda one: places[one.candidate.id])
        first = query.offset // WINDOW * WINDOW
        ranked: list[Ranked] = []
        for start in range(0, len(found.found), WINDOW):
            ranked += rank(found.found[start : start + WINDOW], understood, scope)
        return ranked[query.offset - first :][: query.limit]

    def _nearest_functions(self, text: str) -> tuple[str, ...]:
        words = self._vocabulary.content(self._vocabulary.lexicon.read(text))
        return tuple(one.id for one in self._vocabulary.functions_for(words)[:3])


def _facets(
    found: Candidates, filters: dict[str, tuple[str, ...]], known: Prepared
) -> dict[str, tuple[FacetValue, ...]]:
    facets = {}
    for name in FACETS:
        chosen = filters.get(name, ())
        values = []
        for value, count in found.facets.get(name, ()):
            korean, english = known.label(name, value)
            values.append(FacetValue(value, korean, count, english, value in chosen))
        facets[name] = tuple(values)
    return facets


def _hit(ranked: Ranked, understood: Understood, explain: bool) -> Hit:
    stored: dict[str, Any] = ranked.candidate.stored
    words = [*ranked.matched]
    if understood.initials:
        marks = {"name": initial_spans(stored["name"], understood.initials)}
    else:
        words += [other for one in understood.concepts for other in (one.text, *one.synonyms) if len(other) >= 2]
        marks = {"name": spans(stored["name"], words), "description": spans(stored["description"], words)}
    successor = stored["successor"]
    return Hit(
        id=ranked.candidate.id,
        name=stored["name"],
        owner=stored["owner"],
        owner_id=stored["owner_id"],
        url=stored["url"],
        type=stored["type"],
        form=stored["form"],
        functions=tuple(stored["functions"]),
        status=stored["status"],
        score=round(ranked.score, 4),
        liveness=stored["liveness"],
        relation=ranked.relation,
        successor=Successor(*successor) if successor else None,
        description=stored["description"],
        highlights={name: found for name, found in marks.items() if found},
        matched=ranked.matched,
        why=tuple(ranked.reasons() if explain else ranked.nearness()),
        former_names=tuple(stored["former"]),
        aliases=tuple(stored["aliases"]),
        closed=stored["closed"],
    )


def _notes(
    query: SearchQuery, understood: Understood, hits: Sequence[Hit], relaxed: Relaxed
) -> Iterable[Interpretation]:
    if query.literal:
        return
    yield from understood.interpretation
    if understood.initials and hits:
        yield Interpretation("initials", understood.text, hits[0].name)
    for mention in understood.mentions:
        meant = [row.full_name for row in understood.choices if row in mention.choices]
        if len(meant) == 1:
            yield Interpretation("place", mention.text, meant[0])
        elif meant:
            yield Interpretation("place", mention.text, " · ".join(meant))
    if understood.here and query.area_id is not None:
        yield Interpretation("here", "우리 동네", "own")
    if understood.exact and hits and hits[0].successor and hits[0].status == "closed":
        yield Interpretation("successor", hits[0].name, hits[0].successor.name)
    if relaxed is not STRICT and hits:
        kept = {word for hit in hits for word in hit.matched}
        left = [one.text for one in understood.concepts if one.text not in kept]
        yield Interpretation(
            "relaxed",
            understood.text,
            " ".join(one.text for one in understood.concepts if one.text in kept) or " ".join(left),
        )


def _area(query: SearchQuery, understood: Understood) -> int | None:
    """The one government that the answer is for: the one named in the query, else the one chosen."""
    if understood.choices:
        return understood.choices[0].id if len(understood.choices) == 1 else None
    return query.area_id


def _choices(understood: Understood) -> tuple[PlaceChoice, ...]:
    if len(understood.choices) < 2:
        return ()
    return tuple(PlaceChoice(row.id or 0, row.code, row.full_name) for row in understood.choices)


def _wider(query: SearchQuery, places: Places) -> int | None:
    above = places.ancestors(query.area_id) if query.area_id is not None else []
    return above[0] if above else None


def _codes(value: str, places: Places) -> list[str]:
    """A filter's government by code or name; national bodies have no code and go by their name, present or former."""
    return [row.code for row in places.choices(value)] or list(dict.fromkeys((*present_bodies(value), value)))


def _present(places: Places, government_id: int) -> bool:
    try:
        places.by_id(government_id)
    except NotFound:
        return False
    return True

"""Our clauses as tantivy queries: with their scores for choosing candidates, without them for counting."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tantivy

from search.engine import (
    AtLeast,
    Best,
    Boosted,
    Clause,
    Codes,
    Constant,
    Everything,
    Phrase,
    Plan,
    Term,
)

MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


class Queries:
    """Makes tantivy queries for one schema."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def scored(self, plan: Plan) -> Any:
        """What a plan finds, with the scores that its candidates are chosen by."""
        parts = [(MUST, self.clause(plan.must)), *self._filters(plan.filters)]
        parts += [(SHOULD, self.clause(clause)) for clause in plan.prior]
        return _boolean(parts)

    def found(self, clause: Clause, filters: Mapping[str, tuple[str, ...]]) -> Any:
        """The same documents without scores, for counting: alternatives lie side by side, whatever they are worth."""
        return _boolean([(MUST, _any_of(self._ways(clause))), *self._filters(filters)])

    def codes(self, name: str, values: Sequence[str]) -> Any:
        """Documents with any of the codes. One code is read from its list; a set is gathered first, which costs more."""
        if len(values) == 1:
            return tantivy.Query.term_query(self._schema, name, values[0], "basic")
        return tantivy.Query.term_set_query(self._schema, name, list(values))

    def clause(self, clause: Clause) -> Any:
        """One clause with its score."""
        query = tantivy.Query
        match clause:
            case Term(name, text):
                return query.term_query(self._schema, name, text, "freq")
            case Phrase(name, (text,)):
                return query.term_query(self._schema, name, text, "freq")
            case Phrase(name, tokens):
                return query.phrase_query(self._schema, name, list(tokens))
            case Codes(name, values):
                return query.const_score_query(self.codes(name, values), 1.0)
            case Boosted(inner, boost):
                return query.boost_query(self.clause(inner), boost)
            case Constant(Codes(name, values), score):
                return query.const_score_query(self.codes(name, values), score)
            case Constant(Term(name, text), score):
                return query.const_score_query(query.term_query(self._schema, name, text, "basic"), score)
            case Constant(inner, score):
                return query.const_score_query(self.clause(inner), score)
            case Best(clauses, tie):
                return query.disjunction_max_query([self.clause(one) for one in clauses], tie)
            case AtLeast(clauses, minimum):
                if minimum >= len(clauses):
                    return query.boolean_query([(MUST, self.clause(one)) for one in clauses])
                return query.boolean_query([(SHOULD, self.clause(one)) for one in clauses], minimum)
            case Everything():
                return query.const_score_query(query.all_query(), 1.0)
        raise AssertionError(f"no such clause: {clause!r}")

    def _filters(self, filters: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[Any, Any]]:
        for name, values in filters.items():
            yield MUST, tantivy.Query.const_score_query(self.codes(name, values), 0.0)

    def _ways(self, clause: Clause) -> list[Any]:
        """Queries any of which finds what the clause finds; None among them stands for every document."""
        match clause:
            case Term(name, text) | Phrase(name, (text,)):
                return [tantivy.Query.term_query(self._schema, name, text, "basic")]
            case Codes(name, values):
                return [self.codes(name, values)]
            case Boosted(inner) | Constant(inner):
                return self._ways(inner)
            case Best(clauses) | AtLeast(clauses, 1):
                return [way for one in clauses for way in self._ways(one)]
            case AtLeast(clauses, minimum):
                return self._several([self._ways(one) for one in clauses], min(minimum, len(clauses)))
            case Everything():
                return [None]
        return [self.clause(clause)]

    @staticmethod
    def _several(ways: Sequence[list[Any]], minimum: int) -> list[Any]:
        telling = [some for some in ways if None not in some]
        # What every document bears out is one of those asked for, whichever document it is.
        left = minimum - (len(ways) - len(telling))
        if left <= 0:
            return [None]
        if left == 1:
            return [way for some in telling for way in some]
        if left >= len(telling):
            return [tantivy.Query.boolean_query([(MUST, _any_of(some)) for some in telling])]
        return [tantivy.Query.boolean_query([(SHOULD, _any_of(some)) for some in telling], left)]


def _boolean(parts: Sequence[tuple[Any, Any]]) -> Any:
    return tantivy.Query.boolean_query(list(parts)) if len(parts) > 1 else parts[0][1]


def _any_of(ways: Sequence[Any]) -> Any:
    if None in ways:
        return tantivy.Query.all_query()
    if not ways:
        return tantivy.Query.empty_query()
    return ways[0] if len(ways) == 1 else tantivy.Query.boolean_query([(SHOULD, way) for way in ways])

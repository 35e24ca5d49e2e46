"""One word of a query and the ways in which a platform may bear it out."""

from dataclasses import dataclass

from search.engine import Best, Boosted, Clause, Codes, Constant, Phrase, Term
from search.grams import bigrams


@dataclass(frozen=True)
class Concept:
    """One word that a hit should have: in its own form, a synonym, or as a function that the word asks for."""

    text: str
    weight: float
    synonyms: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    inverted: bool = False
    weak: bool = False
    known: bool = True
    verb: bool = False
    # What the word is a kind of: 동물원 for 코끼리.
    kinds: tuple[str, ...] = ()

    @property
    def grams(self) -> tuple[str, ...]:
        """The bigrams whose phrase is this word as an infix."""
        return tuple(bigrams(self.text, (self.text,) if self.inverted else ()))


def concept_clause(concept: Concept) -> Clause:
    """Any way in which a platform may bear out one word; the best one counts."""
    ways: list[Clause] = [Boosted(Term("name", concept.text), 4.0), Boosted(Term("alias", concept.text), 3.0)]
    if len(concept.text) >= 2:
        ways.append(Boosted(Phrase("bi", concept.grams), 2.5))
    ways += [Boosted(Term("place", concept.text), 2.0), Term("body", concept.text)]
    for synonym in concept.synonyms:
        ways.append(Boosted(Term("name", synonym), 2.4))
        ways.append(Boosted(Term("alias", synonym), 1.8))
    if concept.functions:
        ways.append(Constant(Codes("function", concept.functions), 3.0))
    return Best(tuple(ways), 0.1)

"""How common functions, hosts and brands are among some platforms: what is rare says more."""

from collections.abc import Mapping

import numpy as np

from registry.vocabulary import Vocabulary
from search.overlap.area import Geography
from search.overlap.columns import Columns, Terms, Usage
from search.overlap.grouping import memberships
from search.overlap.model import Models
from search.overlap.scoring import Scorer


def plain_scorer(words: Vocabulary, models: Models, geography: Geography) -> Scorer:
    """A scorer that has counted nothing yet: enough to make columns."""
    return Scorer(models, terms_of(words, {}), geography)


def counted(scorer: Scorer, words: Vocabulary, columns: Columns) -> Scorer:
    """The same scorer with everything counted over some columns."""
    places = columns.function[memberships(columns)]
    counts = np.bincount(places, minlength=len(scorer.terms.functions))
    functions = dict(zip(scorer.terms.functions, counts.tolist(), strict=True))
    usage = Usage.of(columns.host, columns.brand)
    return Scorer(scorer.models, terms_of(words, functions), scorer.geography, usage)


def terms_of(words: Vocabulary, counts: Mapping[str, int]) -> Terms:
    """The vocabulary as numbers; a function that few platforms have weighs more (inverse frequency, 1 at least)."""
    functions = tuple(words.functions)
    total = max(sum(counts.values()), 1)
    weights = [1.0 + np.log((total + 1.0) / (counts.get(key, 0) + 1.0)) / 4.0 for key in functions]
    beneficiaries = tuple(words.beneficiaries)
    place = {key: number for number, key in enumerate(functions)}
    related = np.zeros((len(functions) + 1, len(functions) + 1), dtype=bool)
    for key in functions:
        for other in words.related(key):
            related[place[key], place[other]] = True
    return Terms(
        functions=functions,
        fields=tuple(words.functions[key].field for key in functions),
        weights=np.array(weights),
        beneficiaries=beneficiaries,
        residents=beneficiaries.index("residents"),
        related=related,
    )

"""A query as it was understood: what reading gives to planning and ranking."""

from dataclasses import dataclass

from registry.governments import PlaceMention
from registry.models import Government
from search.concept import Concept
from search.needs import FoundFunction
from search.query import Interpretation


@dataclass(frozen=True)
class Understood:
    """A query as understood. `wholes` are folded texts that may be a whole name; `begun` says that one begins a name.

    `left_out` is a word that is not wanted, `initials` the row of initials asked for, `spelt` the same as it was typed:
    some syllables may be whole.
    """

    text: str
    wholes: tuple[str, ...] = ()
    concepts: tuple[Concept, ...] = ()
    functions: tuple[FoundFunction, ...] = ()
    initials: str = ""
    exact: bool = False
    interpretation: tuple[Interpretation, ...] = ()
    did_you_mean: str = ""
    mentions: tuple[PlaceMention, ...] = ()
    choices: tuple[Government, ...] = ()
    here: bool = False
    only_place: bool = False
    begun: bool = False
    spelt: str = ""
    left_out: str = ""

    @property
    def need(self) -> bool:
        """Whether a need was said: words that ask for functions, and no name."""
        return bool(self.functions) and not (self.exact or self.begun or self.only_place)

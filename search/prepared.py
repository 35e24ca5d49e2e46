"""What a finder keeps between questions: a picture of the governments and what was made from it, renewed on change."""

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from registry.database import session_of
from registry.geography_stamp import geography_stamp
from registry.governments import Places
from search.area import Scopes
from search.engine import SearchEngine
from search.labels import label
from search.needs import Vocabulary
from search.reading import Reader
from search.suggest import Completer

# So often the registry is asked whether governments or zones have changed.
LOOK_SECONDS = 10.0


@dataclass(frozen=True)
class Prepared:
    """A picture of the governments, and what was made from it."""

    places: Places
    stamp: str
    reader: Reader
    completer: Completer
    scopes: Scopes
    labels: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def label(self, facet: str, value: str) -> tuple[str, str]:
        """The Korean and the English label of a facet's value; two hundred of them are shown with every answer."""
        known = self.labels.get((facet, value))
        if known is None:
            known = self.labels[facet, value] = label(facet, value, self.places)
        return known


class Preparing:
    """Prepares at the first question, and again once a zone or a government has changed in the registry."""

    def __init__(self, database: Engine, engine: SearchEngine, vocabulary: Vocabulary, zone_set: str) -> None:
        self._database = database
        self._engine = engine
        self._vocabulary = vocabulary
        self._zone_set = zone_set
        self._lock = threading.Lock()
        self._known: Prepared | None = None
        self._looked = 0.0

    def now(self) -> Prepared:
        """What questions are answered with now; at most `LOOK_SECONDS` behind the registry."""
        known = self._known
        if known is None:
            with self._lock:
                return self._known or self._prepare()
        if time.monotonic() - self._looked > LOOK_SECONDS and self._lock.acquire(blocking=False):
            # One question looks; those beside it go on with what is known.
            try:
                self._looked = time.monotonic()
                with session_of(self._database) as session:
                    changed = geography_stamp(session) != known.stamp
                return self._prepare() if changed else known
            except OperationalError:
                # The registry cannot be asked just now: what was read before still answers.
                return known
            finally:
                self._lock.release()
        return known

    def at_hand(self) -> Prepared | None:
        """The same while nothing has to be prepared and nobody has to look; else None."""
        return self._known if time.monotonic() - self._looked <= LOOK_SECONDS else None

    def _prepare(self) -> Prepared:
        with session_of(self._database) as session:
            # Stamped before it is read: what changes in between is noticed by the next look.
            stamp = geography_stamp(session)
            places = Places.load(session)
        scopes = Scopes(places, self._zone_set)
        reader = Reader(self._engine, places, self._vocabulary)
        completer = Completer(self._engine, places, self._vocabulary, scopes)
        known = Prepared(places, stamp, reader, completer, scopes)
        self._looked = time.monotonic()
        if places.all():
            # Before the bundle is loaded there are no places worth keeping.
            self._known = known
        return known

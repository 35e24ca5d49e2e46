"""The bundled catalogue, indexed once for all tests of this folder that only read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from registry.database import open_database
from search.engines.embedded import EmbeddedEngine
from search.finder import Finder
from search.indexer import Indexer
from search.query import Hit, SearchPage, SearchQuery


@dataclass
class Catalogue:
    """A finder over the bundled catalogue, with short ways to ask it."""

    finder: Finder
    engine: EmbeddedEngine

    def area(self, name: str) -> int | None:
        """The id of a government."""
        return self.finder.places.resolve(name).id if name else None

    def page(self, text: str, area: str = "", **more) -> SearchPage:
        """The answer to a query."""
        return self.finder.search(SearchQuery(text, area_id=self.area(area), **more))

    def hits(self, text: str, area: str = "", **more) -> tuple[Hit, ...]:
        """The hits of a query."""
        return self.page(text, area, **more).hits

    def names(self, text: str, area: str = "", **more) -> list[str]:
        """The names of the hits of a query."""
        return [hit.name for hit in self.hits(text, area, **more)]


@pytest.fixture(scope="session")
def catalogue(bundled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The bundled catalogue behind the embedded engine."""
    database = open_database(f"sqlite:///{bundled_template}")
    engine = EmbeddedEngine(tmp_path_factory.mktemp("index"))
    indexer = Indexer(database, engine)
    indexer.rebuild()
    yield Catalogue(Finder(database, engine), engine)
    indexer.close()
    engine.close()
    database.dispose()

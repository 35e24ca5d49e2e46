"""Which registered platform a side of a labelled pair is, or what it is understood to be."""

from dataclasses import replace

from registry.bodies import present_body
from search.overlap.index import Index
from search.overlap.names import fold, without_places
from search.overlap.subject import Subject
from search.overlap.subjects import described


class Sides:
    """Finds sides by name, former name or alias and by the owner's present or former name."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_name: dict[tuple[str, int | str], set[str]] = {}
        for subject in index.subjects.values():
            owner: int | str = (
                subject.owner_id if subject.owner_id is not None else fold(present_body(subject.owner_name))
            )
            for name in subject.names:
                for key in {fold(name), without_places(name, subject.places)}:
                    # Whoever runs it is often named in the owner's place: 경기도주식회사 for 배달특급.
                    for who in {owner, fold(subject.operator) or owner}:
                        self._by_name.setdefault((key, who), set()).add(subject.id)

    def find(self, name: str, owner: str, url: str, side: str) -> Subject:
        """The registered platform meant, with the area its owner's name had; else what the fields tell."""
        places = self._index.places
        told = described(places, name, owner, url, key=f"{side}:{name}|{owner}|{url}")
        meant: int | str = told.owner_id if told.owner_id is not None else fold(present_body(owner))
        for key in (fold(name), without_places(name, told.places)):
            found = self._by_name.get((key, meant), set()) or self._by_name.get((key, fold(owner)), set())
            if len(found) == 1:
                known = self._index.subjects[next(iter(found))]
                return replace(
                    known,
                    area=told.area or known.area,
                    url=known.url or told.url,
                    host=known.host or told.host,
                    packages=known.packages | told.packages,
                )
        return told

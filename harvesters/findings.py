"""What a link of a home page was judged to be: whose it is, what it is, how sure we are, and why."""

from dataclasses import dataclass
from enum import StrEnum

from harvesters.link_words import SectionRule
from harvesters.links import Link
from registry.models import Government


class Relation(StrEnum):
    """Whose a link's target is, seen from the page's government."""

    own = "own"
    other = "other"
    nation = "nation"
    private = "private"
    unsure = "unsure"


class Kind(StrEnum):
    """What a link's target is."""

    platform = "platform"
    section = "section"
    app = "app"
    channel = "channel"
    homepage = "homepage"
    page = "page"


@dataclass(frozen=True)
class Finding:
    """A judged link. `owner` is the local government that answers for it, None where it is none's or not known."""

    link: Link
    relation: Relation
    kind: Kind
    owner: Government | None = None
    rule: SectionRule | None = None
    engine: str = ""
    confidence: float = 0.5
    evidence: tuple[str, ...] = ()

    @property
    def is_platform(self) -> bool:
        """Whether this is an entry for the registry."""
        return self.kind in (Kind.platform, Kind.section, Kind.app)

"""Every harvester there is; a new one is its class in this tuple."""

from harvesters.base import Harvester
from harvesters.ckan import CkanHarvester
from harvesters.sheet import SheetHarvester
from registry.errors import UnknownCode

HARVESTERS: tuple[type[Harvester], ...] = (CkanHarvester, SheetHarvester)


def harvesters() -> dict[str, type[Harvester]]:
    """Each harvester by its name."""
    return {harvester.name: harvester for harvester in HARVESTERS}


def harvester_named(name: str) -> type[Harvester]:
    """The harvester of a name, or UnknownCode that lists the known ones."""
    known = harvesters()
    if name not in known:
        names = ", ".join(sorted(known))
        raise UnknownCode(
            "harvester",
            name,
            "알 수 없는 수집기입니다.",
            "This harvester is not known.",
            f"다음 중 하나를 쓰세요: {names}",
            f"Use one of: {names}",
        )
    return known[name]

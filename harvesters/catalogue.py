"""Every harvester there is; a new one is its class in this tuple."""

from harvesters.base import Harvester
from harvesters.ckan import CkanHarvester
from harvesters.data_json import DataJsonHarvester
from harvesters.dcat import DcatHarvester
from harvesters.open_api import OpenApiHarvester
from harvesters.probing import ProbeHarvester
from harvesters.seoul_plaza import SeoulPlazaHarvester
from harvesters.sheet import SheetHarvester
from harvesters.website import WebsiteHarvester
from registry.errors import UnknownCode

HARVESTERS: tuple[type[Harvester], ...] = (
    WebsiteHarvester,
    SeoulPlazaHarvester,
    CkanHarvester,
    OpenApiHarvester,
    SheetHarvester,
    DcatHarvester,
    DataJsonHarvester,
    ProbeHarvester,
)


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

"""The catalogue as linked data: DCAT-AP 3 around CPSV-AP public services, page by page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.conditional import conditional
from api.deps import PartsDep, SessionDep, base_url
from api.language import KOREAN
from api.rendering import name_of
from registry.governments import Places
from registry.models import Platform
from registry.vocab import Liveness, PlatformState

router = APIRouter()

CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
NATION = URIRef("http://publications.europa.eu/resource/authority/country/KOR")
PAGE = 100
MEDIA = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
WRITERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "pretty-xml"}
DUMPS = (("csv", "text/csv"), ("jsonl", "application/jsonl"))

PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Profile = Annotated[
    str, Query(pattern="^(service|dataset)$", description="How platforms are told: service or dataset.")
]


@router.get("/catalog")
def negotiated(
    request: Request, session: SessionDep, parts: PartsDep, page: PageNumber = 1, profile: Profile = "service"
) -> Response:
    """The serialisation that Accept names; Turtle without one."""
    accepted = request.headers.get("accept", "")
    ending = next((one for one, media in MEDIA.items() if media in accepted), "ttl")
    response = _catalogue(request, session, parts.places, ending, page, profile)
    response.headers["Vary"] = "Accept"
    return response


@router.get("/catalog.ttl")
def turtle(
    request: Request, session: SessionDep, parts: PartsDep, page: PageNumber = 1, profile: Profile = "service"
) -> Response:
    """Turtle."""
    return _catalogue(request, session, parts.places, "ttl", page, profile)


@router.get("/catalog.jsonld")
def json_ld(
    request: Request, session: SessionDep, parts: PartsDep, page: PageNumber = 1, profile: Profile = "service"
) -> Response:
    """JSON-LD."""
    return _catalogue(request, session, parts.places, "jsonld", page, profile)


@router.get("/catalog.rdf")
def rdf_xml(
    request: Request, session: SessionDep, parts: PartsDep, page: PageNumber = 1, profile: Profile = "service"
) -> Response:
    """RDF/XML."""
    return _catalogue(request, session, parts.places, "rdf", page, profile)


def _catalogue(request: Request, session: Session, places: Places, ending: str, page: int, profile: str) -> Response:
    standing = col(Platform.state) == PlatformState.active
    total = session.exec(select(func.count()).select_from(Platform).where(standing)).one()
    rows = session.exec(
        select(Platform).where(standing).order_by(col(Platform.id)).offset((page - 1) * PAGE).limit(PAGE)
    )
    graph = build_graph(list(rows), places, base_url(request), page, total, profile, ending)
    body = graph.serialize(format=WRITERS[ending], encoding="utf-8")
    return conditional(request, body, media_type=MEDIA[ending])


def build_graph(
    rows: list[Platform],
    places: Places,
    base: str,
    page: int,
    total: int,
    profile: str = "service",
    ending: str = "ttl",
) -> Graph:
    """One page of the catalogue."""
    graph = Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("cpsv", CPSV), ("cv", CV), ("hydra", HYDRA)):
        graph.bind(prefix, space)
    catalogue = URIRef(f"{base}/catalog")
    publisher = URIRef(f"{base}/about")
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    graph.add((catalogue, DCTERMS.title, Literal("지방자치단체 공공 플랫폼 등록부", lang="ko")))
    graph.add((catalogue, DCTERMS.title, Literal("Registry of Korea's local public platforms", lang="en")))
    graph.add((catalogue, DCTERMS.description, Literal("지방자치단체가 운영하는 공공 플랫폼의 목록입니다.", lang="ko")))
    graph.add((catalogue, DCTERMS.publisher, publisher))
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal("metaplatform")))
    _paging(graph, catalogue, base, page, total, profile, ending)
    _own_dump(graph, catalogue, publisher, base)
    for row in rows:
        _record(graph, catalogue, row, base)
        if profile == "dataset":
            _dataset(graph, catalogue, row, places, base)
        else:
            _service(graph, row, places, base)
    return graph


def _paging(graph: Graph, catalogue: URIRef, base: str, page: int, total: int, profile: str, ending: str) -> None:
    def address(number: int) -> URIRef:
        extra = f"&profile={profile}" if profile != "service" else ""
        return URIRef(f"{base}/catalog.{ending}?page={number}{extra}")

    last = max(1, -(-total // PAGE))
    view = address(page)
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((view, HYDRA.first, address(1)))
    graph.add((view, HYDRA.last, address(last)))
    graph.add((view, HYDRA.totalItems, Literal(total, datatype=XSD.integer)))
    graph.add((catalogue, HYDRA.view, view))
    if page < last:
        graph.add((view, HYDRA.next, address(page + 1)))
    if page > 1:
        graph.add((view, HYDRA.previous, address(page - 1)))


def _own_dump(graph: Graph, catalogue: URIRef, publisher: URIRef, base: str) -> None:
    dump = URIRef(f"{base}/exports")
    graph.add((catalogue, DCAT.dataset, dump))
    graph.add((dump, RDF.type, DCAT.Dataset))
    graph.add((dump, DCTERMS.title, Literal("공공 플랫폼 전체 목록", lang="ko")))
    graph.add((dump, DCTERMS.description, Literal("등록된 플랫폼 모두와 그 값입니다.", lang="ko")))
    graph.add((dump, DCTERMS.publisher, publisher))
    for ending, media in DUMPS:
        file = URIRef(f"{base}/exports/platforms.{ending}")
        graph.add((dump, DCAT.distribution, file))
        graph.add((file, RDF.type, DCAT.Distribution))
        graph.add((file, DCAT.accessURL, file))
        graph.add((file, DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{media}")))


def _record(graph: Graph, catalogue: URIRef, row: Platform, base: str) -> None:
    record = URIRef(f"{base}/api/v1/platforms/{row.id}")
    graph.add((catalogue, DCAT.record, record))
    graph.add((record, RDF.type, DCAT.CatalogRecord))
    graph.add((record, FOAF.primaryTopic, URIRef(f"{base}/platforms/{row.id}")))
    graph.add((record, DCTERMS.modified, Literal(row.updated_at.isoformat(), datatype=XSD.dateTime)))


def _service(graph: Graph, row: Platform, places: Places, base: str) -> None:
    service = URIRef(f"{base}/platforms/{row.id}")
    graph.add((service, RDF.type, CPSV.PublicService))
    graph.add((service, DCTERMS.identifier, Literal(row.id)))
    graph.add((service, DCTERMS.title, Literal(row.name, lang="ko")))
    graph.add((service, DCTERMS.description, Literal(_description(row, places), lang="ko")))
    graph.add((service, CV.hasCompetentAuthority, _owner(graph, row, places, base)))
    for one in row.functions:
        graph.add((service, DCAT.keyword, Literal(name_of(KOREAN, "function", one["id"]), lang="ko")))
    for position, (kind, value) in enumerate(_channels(row)):
        channel = URIRef(f"{service}#channel-{position}")
        graph.add((service, CV.hasChannel, channel))
        graph.add((channel, RDF.type, CV.Channel))
        graph.add((channel, DCTERMS.identifier, Literal(value)))
        graph.add((channel, DCTERMS.type, Literal(kind)))


def _dataset(graph: Graph, catalogue: URIRef, row: Platform, places: Places, base: str) -> None:
    """For harvesters that only take datasets: the channels are its distributions."""
    entry = URIRef(f"{base}/platforms/{row.id}")
    graph.add((catalogue, DCAT.dataset, entry))
    graph.add((entry, RDF.type, DCAT.Dataset))
    graph.add((entry, DCTERMS.identifier, Literal(row.id)))
    graph.add((entry, DCTERMS.title, Literal(row.name, lang="ko")))
    graph.add((entry, DCTERMS.description, Literal(_description(row, places), lang="ko")))
    graph.add((entry, DCTERMS.publisher, _agent(graph, row, places, base)))
    for position, (kind, value) in enumerate(_channels(row)):
        if not value.startswith(("http://", "https://")):
            continue
        file = URIRef(f"{entry}#distribution-{position}")
        graph.add((entry, DCAT.distribution, file))
        graph.add((file, RDF.type, DCAT.Distribution))
        graph.add((file, DCAT.accessURL, URIRef(_iri(value))))
        graph.add((file, DCTERMS.title, Literal(name_of(KOREAN, "channel", kind), lang="ko")))


def _owner(graph: Graph, row: Platform, places: Places, base: str) -> URIRef | BNode:
    government = places.by_id(row.owner_id) if row.owner_id else None
    node: URIRef | BNode = URIRef(f"{base}/governments/{government.code}") if government else BNode(f"owner-{row.id}")
    graph.add((node, RDF.type, CV.PublicOrganisation))
    name = government.full_name if government else row.owner_name or "미상"
    graph.add((node, SKOS.prefLabel, Literal(name, lang="ko")))
    graph.add((node, DCTERMS.spatial, NATION))
    return node


def _agent(graph: Graph, row: Platform, places: Places, base: str) -> URIRef | BNode:
    government = places.by_id(row.owner_id) if row.owner_id else None
    node: URIRef | BNode = URIRef(f"{base}/governments/{government.code}") if government else BNode(f"owner-{row.id}")
    graph.add((node, RDF.type, FOAF.Agent))
    graph.add((node, FOAF.name, Literal(government.full_name if government else row.owner_name or "미상")))
    return node


def _channels(row: Platform) -> list[tuple[str, str]]:
    found = [(one["kind"], one["value"]) for one in row.channels]
    if row.url and all(value != row.url for _, value in found):
        found.insert(0, ("web", row.url))
    return [one for one in found if not (one[0] == "web" and row.liveness is Liveness.taken_over)]


def _description(row: Platform, places: Places) -> str:
    owner = places.by_id(row.owner_id).full_name if row.owner_id else row.owner_name
    return row.description or f"{owner} {row.name}".strip()


def _iri(address: str) -> str:
    """The address without what an IRI in RDF may not hold."""
    return "".join(one if one not in '<>"{}|^`\\ ' else f"%{ord(one):02X}" for one in address)

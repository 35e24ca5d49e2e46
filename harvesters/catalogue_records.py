"""Makes records in our own terms out of RDF: CPSV-AP services, DCAT data services and catalogues, datasets on request."""

import re
from collections.abc import Iterator
from typing import Any

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

DCAT = Namespace("http://www.w3.org/ns/dcat#")
CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SCHEMAS = (Namespace("http://schema.org/"), Namespace("https://schema.org/"))
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ADMS = Namespace("http://www.w3.org/ns/adms#")

_CLASSES: dict[str, tuple[Node, ...]] = {
    "service": (CPSV.PublicService, CV.PublicService, *(one.GovernmentService for one in SCHEMAS)),
    "data_service": (DCAT.DataService,),
    "catalog": (DCAT.Catalog, DCAT.Catalogue),
    "dataset": (DCAT.Dataset,),
    "app": tuple(
        one[name] for one in SCHEMAS for name in ("WebApplication", "MobileApplication", "SoftwareApplication")
    ),
}
KINDS = tuple(_CLASSES)
_LAST_SPOKEN = "ko"


def entries_of(graph: Graph, kinds: tuple[str, ...], base: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(identifier, address, fields) of each resource of the wanted kinds, in a stable order."""
    seen: set[Node] = set()
    for kind in kinds:
        subjects = {subject for one in _CLASSES[kind] for subject in graph.subjects(RDF.type, one)}
        for subject in sorted(subjects - seen, key=str):
            seen.add(subject)
            yield _entry(graph, subject, kind, base)


def next_page(graph: Graph) -> str:
    """The address of the following page of a Hydra collection; '' at its end."""
    views = [*graph.subjects(RDF.type, HYDRA.PartialCollectionView), *graph.subjects(RDF.type, HYDRA.PagedCollection)]
    for predicate in (HYDRA.next, HYDRA.nextPage):
        subjects: list[Node | None] = [*views] or [None]
        for view in subjects:
            for following in graph.objects(view, predicate):
                if str(following):
                    return str(following)
    return ""


def stated_total(graph: Graph) -> int | None:
    """The number of entries that a Hydra collection states."""
    for total in graph.objects(None, HYDRA.totalItems):
        if str(total).isdigit():
            return int(str(total))
    return None


def _entry(graph: Graph, subject: Node, kind: str, base: str) -> tuple[str, str, dict[str, Any]]:
    identifier = _text(graph, subject, DCTERMS.identifier, ADMS.identifier) or (
        "" if isinstance(subject, BNode) else str(subject)
    )
    channels = list(_channels(graph, subject))
    address = _address(graph, subject, kind, channels)
    publisher = _first(graph, subject, CV.hasCompetentAuthority, DCTERMS.publisher, DCTERMS.creator,
                       *(one.provider for one in SCHEMAS), *(one.serviceOperator for one in SCHEMAS))  # fmt: skip
    name = _text(graph, subject, DCTERMS.title, *(one.name for one in SCHEMAS), RDFS.label, SKOS.prefLabel, FOAF.name)
    fields: dict[str, Any] = {
        "name": name,
        "name_en": _text(graph, subject, DCTERMS.title, language="en") if name else "",
        "description": _text(graph, subject, DCTERMS.description, *(one.description for one in SCHEMAS)),
        "url": address,
        "channels": channels,
        "owner_name": _agent(graph, publisher),
        "launched": _text(graph, subject, DCTERMS.issued)[:10],
        "aliases": _texts(graph, subject, DCTERMS.alternative, *(one.alternateName for one in SCHEMAS)),
        "status": _status(graph, subject),
        "keywords": _texts(graph, subject, DCAT.keyword, CV.keyword, *(one.keywords for one in SCHEMAS)),
        "kind": kind,
        "modified": _text(graph, subject, DCTERMS.modified)[:32],
    }
    if fields["name_en"] == fields["name"]:
        fields["name_en"] = ""
    if kind == "catalog":
        fields["form"], fields["type"] = "raw_open_data", "information"
    return identifier, address or base, {key: value for key, value in fields.items() if value not in ("", [], None)}


def _address(graph: Graph, subject: Node, kind: str, channels: list[str]) -> str:
    """Where people go: a landing page, a home page, a web channel, an access URL; a data service's end point last."""
    for predicate in (DCAT.landingPage, FOAF.homepage, FOAF.page, *(one.url for one in SCHEMAS), CV.thematicPage):
        for value in graph.objects(subject, predicate):
            if _is_web(value):
                return str(value)
    for channel in channels:
        if channel.startswith("web="):
            return channel.removeprefix("web=")
    for distribution in graph.objects(subject, DCAT.distribution):
        for value in graph.objects(distribution, DCAT.accessURL):
            if _is_web(value):
                return str(value)
    for value in graph.objects(subject, DCAT.endpointURL):
        if _is_web(value):
            return str(value)
    return str(subject) if kind == "catalog" and _is_web(subject) else ""


def _channels(graph: Graph, subject: Node) -> Iterator[str]:
    """cv:hasChannel and schema:availableChannel as kind=value."""
    found: dict[str, None] = {}
    holders = [*graph.objects(subject, CV.hasChannel)]
    for schema in SCHEMAS:
        holders += graph.objects(subject, schema.availableChannel)
    for holder in holders:
        addresses = [
            *graph.objects(holder, FOAF.page),
            *graph.objects(holder, CV.url),
            *graph.objects(holder, DCAT.accessURL),
        ]
        for schema in SCHEMAS:
            addresses += graph.objects(holder, schema.serviceUrl)
            addresses += graph.objects(holder, schema.url)
            phones = [*graph.objects(holder, schema.servicePhone), *graph.objects(holder, schema.telephone)]
            for phone in phones:
                number = _text(graph, phone, schema.telephone) if not isinstance(phone, Literal) else str(phone)
                if number:
                    found[f"phone={number}"] = None
        for address in addresses:
            if _is_web(address):
                found[f"{_kind_of(str(address))}={address}"] = None
        for phone in [*graph.objects(holder, VCARD.hasTelephone), *graph.objects(holder, CV.telephone)]:
            found[f"phone={str(phone).removeprefix('tel:')}"] = None
    yield from found


def _kind_of(address: str) -> str:
    if re.search(r"//(?:apps|itunes)\.apple\.com/", address):
        return "ios"
    return "android" if re.search(r"//play\.google\.com/|//(?:m\.)?onestore\.co\.kr/", address) else "web"


def _status(graph: Graph, subject: Node) -> str:
    words = " ".join(
        str(value) for predicate in (ADMS.status, CV.status) for value in graph.objects(subject, predicate)
    ).lower()
    if not words:
        return ""
    if re.search(r"withdrawn|inactive|deprecated|closed|retired", words):
        return "closed"
    return "running" if re.search(r"active|completed|published|operational", words) else ""


def _agent(graph: Graph, agent: Node | None) -> str:
    if agent is None:
        return ""
    if isinstance(agent, Literal):
        return str(agent).strip()
    return _text(
        graph, agent, FOAF.name, SKOS.prefLabel, DCTERMS.title, *(one.name for one in SCHEMAS), RDFS.label, VCARD.fn
    )


def _first(graph: Graph, subject: Node, *predicates: Node) -> Node | None:
    for predicate in predicates:
        for value in sorted(graph.objects(subject, predicate), key=str):
            return value
    return None


def _text(graph: Graph, subject: Node, *predicates: Node, language: str = _LAST_SPOKEN) -> str:
    """The first predicate's literal, in Korean if there is one, else without a language, else in any."""
    for predicate in predicates:
        values: list[Node] = [
            value for value in graph.objects(subject, predicate) if isinstance(value, Literal | URIRef)
        ]
        if predicate == ADMS.identifier:
            holders = graph.objects(subject, predicate)
            values = [note for holder in holders for note in graph.objects(holder, SKOS.notation)]
        if language != _LAST_SPOKEN:
            values = [value for value in values if isinstance(value, Literal) and value.language == language]
        if values:
            best = min(values, key=lambda value: (_rank(value, language), str(value)))
            return re.sub(r"\s+", " ", str(best)).strip()
    return ""


def _texts(graph: Graph, subject: Node, *predicates: Node) -> list[str]:
    found = {
        str(value).strip()
        for predicate in predicates
        for value in graph.objects(subject, predicate)
        if isinstance(value, Literal)
    }
    return sorted(found - {""})


def _rank(value: Node, language: str) -> int:
    spoken = getattr(value, "language", None)
    return 0 if spoken == language else 1 if spoken is None else 2


def _is_web(value: Node) -> bool:
    return bool(re.match(r"https?://", str(value)))

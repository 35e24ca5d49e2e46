"""Parses RDF in any serialisation without ever going to the network for a context, an entity or an import."""

import json
import re
import warnings
from typing import Any

from rdflib import Dataset, Graph

from harvesters.encoding import decode
from registry.errors import SourceChanged

# Contexts we know by heart; a JSON-LD document that names another one is read without it and said to be so.
_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/", "skos": "http://www.w3.org/2004/02/skos/core#", "hydra": "http://www.w3.org/ns/hydra/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "schema": "http://schema.org/", "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#", "adms": "http://www.w3.org/ns/adms#", "dcatap": "http://data.europa.eu/r5r/",
    "owl": "http://www.w3.org/2002/07/owl#", "locn": "http://www.w3.org/ns/locn#", "prov": "http://www.w3.org/ns/prov#",
}  # fmt: skip
_CONTEXTS: dict[str, Any] = {
    "schema.org": {"@vocab": "http://schema.org/", **_DCAT},
    "www.w3.org/ns/hydra/context.jsonld": {"@vocab": "http://www.w3.org/ns/hydra/core#", **_DCAT},
    "www.w3.org/ns/hydra/core": {"@vocab": "http://www.w3.org/ns/hydra/core#", **_DCAT},
    "project-open-data.cio.gov": {"@vocab": "http://www.w3.org/ns/dcat#", **_DCAT},
}
_BY_TYPE = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml",
    "application/ld+json": "json-ld", "application/json": "json-ld", "application/n-triples": "nt", "text/plain": "nt",
    "application/n-quads": "nquads", "application/trig": "trig", "text/n3": "n3", "text/rdf+n3": "n3",
}  # fmt: skip
_BY_ENDING = {"ttl": "turtle", "rdf": "xml", "xml": "xml", "owl": "xml", "jsonld": "json-ld", "json": "json-ld", "nt": "nt",
              "nq": "nquads", "trig": "trig", "n3": "n3"}  # fmt: skip
# A directive whose closing full stop was forgotten: one of the DCAT-AP examples themselves has it.
_DOTLESS = re.compile(r"(?m)^(\s*@(?:prefix|base)\b[^\n.]*<[^>\n]*>)[ \t]*$")
_QUADS = ("trig", "nquads", "json-ld")


def parse_graph(body: bytes, content_type: str, url: str) -> tuple[Graph, list[str]]:
    """The triples of a document (of all its named graphs), and remarks on what was left out.

    The format is taken from the content, then the label, then the address's ending, because portals label RDF
    carelessly. Raises SourceChanged for a body that is no RDF.
    """
    text = decode(body, content_type).text.lstrip("\ufeff")
    if re.match(r"(?is)\s*<(?:!doctype\s+html|html)\b", text):
        raise _not_rdf(url, "a web page")
    remarks: list[str] = []
    tried: list[str] = []
    for kind in _formats(text, content_type, url):
        source = text
        if kind == "json-ld":
            try:
                source, left_out = _offline(text)
            except ValueError as broken:
                tried.append(f"json-ld: {broken}")
                continue
            remarks = left_out
        if kind == "turtle":
            source, mended = _DOTLESS.subn(r"\1 .", text)
            remarks = ["@prefix without a full stop"] if mended else []
        if kind == "xml":
            _refuse_entities(text, url)
        try:
            return _parsed(source, kind, url), remarks
        # rdflib's parsers raise whatever their own slips raise; whichever it is, the document is not readable.
        except Exception as broken:
            tried.append(f"{kind}: {type(broken).__name__} {str(broken)[:120]}")
    raise _not_rdf(url, "; ".join(tried)[:400])


def _parsed(source: str, kind: str, url: str) -> Graph:
    if kind not in _QUADS:
        return Graph().parse(data=source, format=kind, publicID=url)
    merged = Graph()
    with warnings.catch_warnings():
        # rdflib 7.6 warns of its own use of names that it has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        dataset = Dataset(default_union=True)
        dataset.parse(data=source, format=kind, publicID=url)
        for subject, predicate, value, _ in dataset.quads((None, None, None, None)):
            merged.add((subject, predicate, value))
    return merged


def _formats(text: str, content_type: str, url: str) -> list[str]:
    head = text.lstrip()[:2000]
    guesses: list[str] = []
    if head.startswith(("{", "[")) and not re.match(r"\[\s*(?:a|<|\w+:)", head):
        guesses.append("json-ld")
    elif head.startswith("<?xml") or re.match(r"<(?:rdf:|!--|!DOCTYPE\s+rdf)", head):
        guesses.append("xml")
    elif re.search(r"(?m)^\s*(?:GRAPH\s+)?<[^>]+>\s*\{|^\s*\w*:\S+\s*\{", text[:20_000]):
        guesses.append("trig")
    elif re.match(r"(?i)\s*(?:@prefix|@base|prefix|base|#)", head):
        guesses.append("turtle")
    label = _BY_TYPE.get(content_type.partition(";")[0].strip().lower(), "")
    ending = _BY_ENDING.get(url.partition("?")[0].rpartition(".")[2].lower(), "")
    return list(dict.fromkeys([*guesses, *filter(None, (label, ending)), "turtle", "nquads"]))


def _offline(text: str) -> tuple[str, list[str]]:
    """The JSON-LD document with every context on the network replaced by one we carry, or left out and said so."""
    remarks: list[str] = []

    def replaced(context: Any) -> Any:
        if isinstance(context, list):
            return [found for found in (replaced(one) for one in context) if found is not None]
        if not isinstance(context, str):
            if isinstance(context, dict):
                return {key: value for key, value in context.items() if key != "@import"}
            return context
        plain = re.sub(r"^https?://", "", context).rstrip("/")
        for known, ours in _CONTEXTS.items():
            if plain == known or plain.startswith(f"{known}/"):
                return ours
        remarks.append(context)
        return {"@vocab": "http://www.w3.org/ns/dcat#", **_DCAT}

    def walk(value: Any, depth: int) -> Any:
        if depth > 60:
            raise ValueError("nested too deeply")
        if isinstance(value, list):
            return [walk(one, depth + 1) for one in value]
        if isinstance(value, dict):
            return {key: replaced(one) if key == "@context" else walk(one, depth + 1) for key, one in value.items()}
        return value

    return json.dumps(walk(json.loads(text), 0), ensure_ascii=False), remarks


def _refuse_entities(text: str, url: str) -> None:
    if re.search(r"<!ENTITY\s+(?:%|\S+\s+(?:SYSTEM|PUBLIC))", text[:20_000]) or text[:20_000].count("<!ENTITY") > 40:
        raise SourceChanged(
            url,
            "외부 개체를 부르는 XML은 읽지 않습니다.",
            "XML that calls external entities is not read.",
            "원천에 개체 선언을 빼 달라고 하세요.",
            "Ask the source to leave out entity declarations.",
        )


def _not_rdf(url: str, why: str) -> SourceChanged:
    return SourceChanged(
        url,
        f"RDF로 읽을 수 없습니다: {why}",
        f"This cannot be read as RDF: {why}",
        "원천의 주소와 형식을 확인하세요.",
        "Check the source's address and format.",
    )

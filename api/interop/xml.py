"""XML answers built as trees, so that no name or text can break them."""

from collections.abc import Mapping

from fastapi import Request, Response
from lxml import etree

from api.conditional import conditional

# What XML 1.0 cannot carry at all, not even as a reference.
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 65534, 65535])


def child(parent: "etree._Element", tag: str, text: str = "", **attributes: str) -> "etree._Element":
    """Add an element with text; an attribute's trailing underscore is dropped (`type_`)."""
    element = etree.SubElement(parent, tag, {key.rstrip("_"): clean(value) for key, value in attributes.items()})
    if text:
        element.text = clean(text)
    return element


def root(tag: str, namespaces: Mapping[str | None, str] | None = None) -> "etree._Element":
    """A root element in the first of its namespaces."""
    spaces = dict(namespaces or {})
    first = spaces.get(None)
    # The stubs know no default namespace (a key of None), which lxml takes.
    return etree.Element(f"{{{first}}}{tag}" if first else tag, nsmap=spaces or None)  # type: ignore[arg-type]


def clean(text: str) -> str:
    """The text without what XML cannot carry."""
    return text.translate(FORBIDDEN)


def xml_response(request: Request, element: "etree._Element", media_type: str) -> Response:
    """The tree as an answer with an ETag."""
    body = etree.tostring(element, xml_declaration=True, encoding="utf-8")
    return conditional(request, body, media_type=media_type)

"""Pages from templates: what every page needs is put in here, once."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api import flash, labels
from api.code_names import LABELS
from api.deps import Viewer, base_url, chosen_area, parts_of, viewer_of
from api.language import KOREAN, Language, language_of, other_language, tongue
from api.stacking import with_column_names
from registry.particles import particle_after, with_particle
from registry.vocabulary import load_vocabulary

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
MODES = ("light", "high-contrast", "theme")
SCALES = ("", "large", "larger")


@lru_cache
def environment() -> Environment:
    """The templates; an undefined name is an error, not an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        asset=asset,
        tone=labels.tone,
        vendor=has_vendor(),
        with_query=with_query,
        mailto=mailto,
        json_ld=json_ld,
        under=under,
        tongue=tongue,
        with_particle=with_particle,
        particle_after=particle_after,
    )
    made.filters["marked"] = marked
    made.filters["short_url"] = short_url
    made.filters["cited"] = cited
    return made


def render(
    request: Request,
    template: str,
    *,
    title: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """One page. `title` is what the browser's tab says before the site's name."""
    html = environment().get_template(template).render({**_common(request), "title": title, **context})
    html = with_column_names(html)
    response = HTMLResponse(html, status, headers=dict(headers or {}))
    flash.forget(request, response)
    return response


def error_page(request: Request, status: int, facts: dict[str, Any], headers: dict[str, str]) -> Response:
    """An error for a person; it must not fail itself, so it asks for neither the database nor the engine."""
    from api.problems import TITLES

    language = language_of(request)
    title = language(*TITLES.get(status, TITLES[500]))
    return render(
        request,
        "error.html",
        title=title,
        status=status,
        headers=headers,
        facts=facts,
        code=status,
        back=_came_from(request),
    )


def _came_from(request: Request) -> str:
    """The page of ours that the form was sent from; empty where the browser does not say or it was another site's."""
    referer = urlsplit(request.headers.get("referer", ""))
    path = referer.path + (f"?{referer.query}" if referer.query else "")
    return path if referer.netloc == request.headers.get("host") and not path.startswith("//") else ""


def _common(request: Request) -> dict[str, Any]:
    language = language_of(request)
    other, other_path = other_language(request)
    viewer: Viewer | None = viewer_of(request)
    cookies = request.cookies
    mode = cookies.get("display", "")
    scale = cookies.get("scale", "")
    return {
        "request": request,
        "path": request.url.path,
        "lang": language.code,
        "t": language,
        "link": language.link,
        "name_of": lambda kind, value: name_of(language, kind, value),
        "said": lambda field, value: said(language, field, value),
        "label": lambda kind, value: labels.label(language, kind, value),
        "other": other,
        "other_path": other_path,
        "viewer": viewer,
        "csrf": viewer.csrf if viewer else "",
        "mode": mode if mode in MODES else "light",
        "scale": scale if scale in SCALES else "",
        "base": base_url(request),
        "official": parts_of(request).settings.official_site,
        "area": chosen_area(request),
        "menu": parts_of(request).menu,
        "done": flash.said(request, language),
        "who": lambda actor: labels.who(language, actor),
    }


def name_of(language: Language, kind: str, value: Any) -> str:
    """The name of a curated code (function, form, field, beneficiary, figure), or of one of our own lists."""
    words = load_vocabulary()
    if kind == "form":
        # A form's id repeats over the types ("other"); its key type/id does not. Either may be asked for.
        code = str(value)
        form = words.forms.get(code) or next((one for one in words.forms.values() if one.id == code), None)
        return language(form.short_ko or form.ko, form.en) if form else code
    shelf: Mapping[str, Any] = {
        "function": words.functions,
        "field": words.fields,
        "beneficiary": words.beneficiaries,
        "figure": words.figures,
    }.get(kind, {})
    entry = shelf.get(str(value))
    if entry is not None:
        return language(entry.ko, entry.en)
    return labels.label(language, kind, value) if kind in LABELS else str(value)


# Which list of names a field's codes come from.
CODED_FIELDS = {
    "functions": "function",
    "beneficiaries": "beneficiary",
    "type": "type",
    "secondary_types": "type",
    "form": "form",
    "status": "status",
    "operating_mode": "operating_mode",
    "area": "area",
}

DATE_FIELDS = ("launched", "closed", "status_since")


def said(language: Language, field: str, value: Any) -> str:
    """A statement's value as a person reads it: codes by their names, owners and channels in words."""
    if isinstance(value, list):
        return ", ".join(said(language, field, one) for one in value)
    if isinstance(value, Mapping):
        if field == "owner":
            return str(value.get("name") or value.get("id") or "")
        if field == "channels":
            return f"{name_of(language, 'channel', value.get('kind'))} {value.get('value', '')}"
        return said(language, field, value.get("id") or value.get("value") or "")
    if field in DATE_FIELDS:
        return language.stated(str(value))
    kind = CODED_FIELDS.get(field)
    return name_of(language, kind, value) if kind and value else str(value)


def marked(text: str, ranges: Any) -> Markup:
    """The text with the matched stretches in <mark>; the stretches are (start, end) and do not overlap."""
    parts, at = [], 0
    for start, end in sorted(ranges or ()):
        if start < at or end > len(text):
            continue
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def short_url(url: str) -> str:
    """An address as people read it: no scheme, no slash at the end, not longer than a line."""
    text = url.split("://", 1)[-1].rstrip("/")
    return text if len(text) <= 60 else text[:59] + "…"


CITED_ADDRESS = re.compile(r"https?://[^\s<>\"]+?(?=[;,.)]*(?:\s|$))")


def cited(note: str, withheld: str = "") -> list[tuple[str, str]]:
    """A source's note in pieces: (text, '') for words, (text, address) for what is a link.

    `withheld` is an address that somebody else holds now: nothing on its host becomes a link.
    """
    closed = urlsplit(withheld).netloc.removeprefix("www.")
    pieces, at = [], 0
    for found in CITED_ADDRESS.finditer(note):
        address = found.group()
        safe = not closed or urlsplit(address).netloc.removeprefix("www.") != closed
        pieces += [(note[at : found.start()], ""), (short_url(address), address if safe else "")]
        at = found.end()
    return [one for one in [*pieces, (note[at:], "")] if one[0]]


def with_query(path: str, pairs: Any) -> str:
    """The path with a query string, empty values left out."""
    kept = [(key, value) for key, value in pairs if value not in ("", None)]
    return path + ("?" + urlencode(kept) if kept else "")


def under(path: str, beginnings: tuple[str, ...]) -> bool:
    """Whether a page's path, with a slash at its end, lies at or below one of the beginnings."""
    return any(path.startswith(one + "/") for one in beginnings)


def mailto(text: str) -> str:
    """A contact as a link target: an address is mailed, anything else is a link already."""
    return f"mailto:{text}" if "@" in text and "/" not in text else text


def json_ld(data: Any) -> Markup:
    """JSON for a script element: '<' is written as an escape, so that no text can end the element."""
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)


def has_vendor() -> bool:
    """Whether KRDS's files arrived with the installation."""
    return (STATIC / "vendor" / "krds" / "css" / "component" / "output.css").is_file()


@lru_cache(maxsize=256)
def asset(path: str) -> str:
    """The address of a static file with its content's hash, so that browsers may keep it for a year."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


__all__ = ["KOREAN", "asset", "environment", "error_page", "has_vendor", "name_of", "render"]

"""A strict reading of a page: what browsers forgive and screen readers trip over is an error here."""

import re
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
# Elements that end a paragraph; inside one they leave a stray </p> behind.
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
INTERACTIVE = frozenset(["a", "button", "select", "textarea", "label", "details"])
ONLY_CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
    "select": {"option", "optgroup", "hr"},
}
PHRASING_ONLY = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "span",
        "strong",
        "em",
        "q",
        "code",
        "button",
        "label",
        "legend",
        "dt",
        "summary",
    ]
)
ALLOWED_IN_SUMMARY = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])


class StrictReader(HTMLParser):
    """Collects errors while reading one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.errors: list[str] = []
        self.stack: list[str] = []
        self.ids: set[str] = set()
        self.wanted: list[tuple[str, str]] = []
        self.title = ""
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        where = f"line {self.getpos()[0]}: <{tag}>"
        if len(names) != len(set(names)):
            self.errors.append(f"{where} has an attribute twice")
        given = dict(attrs)
        if (found := given.get("id")) is not None:
            if not found or re.search(r"\s", found) or found in self.ids:
                self.errors.append(f"{where} id {found!r} is empty, has spaces or is there already")
            self.ids.add(found)
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
            if value := given.get(name):
                self.wanted += [(where, one) for one in value.split()]
        if tag in ("a", "link") and "href" in given and not given["href"]:
            self.errors.append(f"{where} has an empty href")
        if "style" in given or any(name.startswith("on") for name in names):
            self.errors.append(f"{where} has an inline style or handler, which the content policy forbids")
        parent = self.stack[-1] if self.stack else ""
        if parent in ONLY_CHILDREN and tag not in ONLY_CHILDREN[parent]:
            self.errors.append(f"{where} stands directly in <{parent}>")
        if tag == "li" and parent not in ("ul", "ol", "menu"):
            self.errors.append(f"{where} stands outside a list")
        phrasing = next((one for one in reversed(self.stack) if one in PHRASING_ONLY), None)
        if tag in BLOCKS and phrasing and not (phrasing == "summary" and tag in ALLOWED_IN_SUMMARY):
            self.errors.append(f"{where} stands in <{phrasing}>")
        outer = {one for one in self.stack if one in ("a", "button")}
        if outer and tag in INTERACTIVE | {"input"}:
            self.errors.append(f"{where} stands in <{outer.pop()}>")
        if tag == "form" and "form" in self.stack:
            self.errors.append(f"{where} stands in a form")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            if "svg" not in self.stack:
                self.errors.append(f"line {self.getpos()[0]}: <{tag}/> is not closed by its slash")
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack[-1] != tag:
            self.errors.append(f"line {self.getpos()[0]}: </{tag}> closes {self.stack[-1:]}")
            if tag in self.stack:
                while self.stack.pop() != tag:
                    pass
            return
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] == "title" and "svg" not in self.stack:
            self.title += data
        if self.stack and self.stack[-1] in ("ul", "ol", "dl", "tr", "tbody", "table", "select") and data.strip():
            self.errors.append(f"line {self.getpos()[0]}: text directly in <{self.stack[-1]}>: {data.strip()[:40]}")


def read_strictly(html: str) -> StrictReader:
    """Read a page; its errors are in `.errors`."""
    reader = StrictReader()
    if not html.startswith("<!doctype html>"):
        reader.errors.append("the page does not start with a doctype")
    reader.feed(html)
    reader.close()
    reader.errors += [f"{tag} is never closed" for tag in reader.stack]
    reader.errors += [
        f"{where} points to #{one}, which is not there" for where, one in reader.wanted if one not in reader.ids
    ]
    if reader.headings[:1] != [1] or reader.headings.count(1) != 1:
        reader.errors.append(f"headings start with {reader.headings[:3]}, not with one h1")
    jumps = [(one, other) for one, other in zip(reader.headings, reader.headings[1:], strict=False) if other > one + 1]
    reader.errors += [f"heading h{one} is followed by h{other}" for one, other in jumps]
    return reader

"""Which character set a body is in, and its text: Korean pages say one thing and send another."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup
from dataclasses import dataclass
from unicodedata import normalize

from charset_normalizer import from_bytes

KOREAN_LABELS = frozenset(
    {"euc-kr", "euckr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "ksc_5601", "cp949", "ms949", "uhc"}
    | {"windows-949", "x-windows-949", "korean", "iso-ir-149"}
)
"""Labels that all mean CP949 in practice: a decoder told "euc-kr" breaks syllables such as 똠 and 펲."""

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)|encoding\s*=\s*["']([A-Za-z0-9_.:-]+)""", re.I)


@dataclass(frozen=True)
class Decoded:
    """A text in NFC, the encoding it was read with, and whether characters were lost on the way."""

    text: str
    encoding: str
    damaged: bool = False


def decode(body: bytes, content_type: str = "") -> Decoded:
    """The body's text: byte-order mark, then strict UTF-8, then CP949, then what the source or statistics say."""
    for mark, encoding in ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return _lossy(body[len(mark) :], encoding)
    text = _strictly(body, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8")
    label = declared(body, content_type)
    text = _strictly(body, "cp949")
    if text is not None:
        return Decoded(text, "cp949")
    if label in KOREAN_LABELS:
        return _lossy(body, "cp949")
    if label and label not in ("utf-8", "utf8"):
        text = _strictly(body, label)
        if text is not None:
            return Decoded(text, label)
    if label in ("utf-8", "utf8") and _mostly(body, "utf-8"):
        return _lossy(body, "utf-8")
    if _mostly(body, "cp949"):
        return _lossy(body, "cp949")
    guess = from_bytes(body).best()
    if guess is not None:
        return Decoded(normalize("NFC", str(guess)), guess.encoding)
    return _lossy(body, "utf-8")


def declared(body: bytes, content_type: str = "") -> str:
    """The label that the header, or else the document's own head, gives; empty if none."""
    found = _CHARSET.search(content_type.encode("ascii", "ignore")) or _CHARSET.search(body[:2048])
    if not found:
        return ""
    label = (found.group(1) or found.group(2)).decode("ascii").lower()
    if label in KOREAN_LABELS:
        return label
    try:
        lookup(label)
    except LookupError:
        return ""
    return label


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return normalize("NFC", body.decode(encoding))
    except (UnicodeDecodeError, LookupError):
        return None


def _lossy(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    return Decoded(normalize("NFC", text), encoding, damaged="�" in text)


def _mostly(body: bytes, encoding: str) -> bool:
    # A body cut in the middle of a syllable, or one broken byte in a long page, is still of that encoding.
    high = sum(byte > 0x7F for byte in body)
    return body.decode(encoding, "replace").count("�") * 20 <= max(high, 1)

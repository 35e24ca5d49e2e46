"""What a file that is no sheet is instead, told by its bytes, so that a refusal says what was found and what to do."""

import io
import zipfile
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class FileKind:
    """A kind of file that people hand in for a sheet: what it is, and how a sheet is made of it."""

    ko: str
    en: str
    remedy_ko: str = "CSV나 XLSX로 저장해 다시 올리세요."
    remedy_en: str = "Save it as CSV or XLSX and try again."


_HANGUL = FileKind(
    "한글 문서(HWP)입니다.",
    "It is a Hangul word-processor document (HWP).",
    "표를 엑셀에 붙여 XLSX로 저장해 올리세요.",
    "Paste its table into a spreadsheet and save that as XLSX.",
)
_PDF = FileKind(
    "PDF 문서입니다.",
    "It is a PDF document.",
    "PDF를 만든 원래의 표(엑셀)를 올리세요.",
    "Hand in the spreadsheet that the PDF was made from.",
)
_WORD = FileKind(
    "워드 문서입니다.",
    "It is a Word document.",
    "표를 엑셀에 붙여 XLSX로 저장해 올리세요.",
    "Paste its table into a spreadsheet and save that as XLSX.",
)
_LOCKED = FileKind(
    "암호가 걸린 엑셀 파일입니다.",
    "It is a spreadsheet with a password.",
    "암호를 풀어 저장한 뒤 다시 올리세요.",
    "Save it without the password and try again.",
)
_ARCHIVE = FileKind(
    "압축 파일(ZIP)입니다.",
    "It is a ZIP archive.",
    "압축을 풀고 그 안의 표를 올리세요.",
    "Unpack it and hand in the sheet that is in it.",
)
_PICTURE = FileKind(
    "그림 파일입니다.",
    "It is a picture.",
    "그림으로 찍은 표가 아니라 원래의 표를 올리세요.",
    "Hand in the sheet itself, not a picture of it.",
)

_BEGINNINGS = (
    (b"%PDF", _PDF),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
)
_STREAMS = (("EncryptedPackage", _LOCKED), ("HwpSummaryInformation", _HANGUL), ("WordDocument", _WORD))
_WORKBOOKS = ("xl/", "content.xml")


def kind_of(body: bytes) -> FileKind | None:
    """What these bytes are, where that is known to be no sheet; None for a spreadsheet, text and anything unknown."""
    for beginning, kind in _BEGINNINGS:
        if body.startswith(beginning):
            return kind
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        # The names of an old Office file's streams stand in its directory, in UTF-16.
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in body), None)
    return _in_zip(body) if body.startswith(b"PK\x03\x04") else None


def _in_zip(body: bytes) -> FileKind | None:
    try:
        packed = zipfile.ZipFile(io.BytesIO(body))
        names = packed.namelist()
        made_as = b""
        if "mimetype" in names:
            with packed.open("mimetype") as entry:
                # So much and no more is unpacked: the entry may be a bomb.
                made_as = entry.read(80)
    # Whatever zipfile raises on broken bytes (an unknown compression is its NotImplementedError, a password its
    # RuntimeError): the kind is not known then, and reading the sheet says what is broken.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return None
    if b"hwp" in made_as or any(name.startswith("Contents/section") for name in names):
        return _HANGUL
    if any(name.startswith("word/") for name in names):
        return _WORD
    return None if any(name.startswith(_WORKBOOKS) for name in names) else _ARCHIVE

"""What a cell of a survey sheet says: option numbers however they are written, an exact figure, a period, words."""

import re

from registry.errors import InvalidValue
from registry.figures import PART, SCALES, read_number
from registry.place_names import compact
from registry.questionnaire import BANDS, Item, band_fits, item_of
from registry.survey_answers import COUNTS, Answer

CIRCLED = str.maketrans({chr(0x2460 + number): str(number + 1) for number in range(9)})
MARKS = ("1", "v", "V", "✓", "✔", "○", "O", "o", "●", "■", "☑", "예", "Y", "y")
NUMBERED = re.compile(r"(\d)(?:\s*[.):번]\s*|\s+|$)(.*)", re.S)
EXACT = re.compile(r"(?:약\s*)?(\d[\d,.]*(?:\s*(?:조|억|천만|백만|십만|만|천|백)?\s*\d*[\d,.]*)*)\s*(?:명|원|개|건)?")
PERIODS = (
    (re.compile(r"((?:19|20)\d\d)\s*년?"), "{0}"),
    (re.compile(r"((?:19|20)\d\d)\s*(?:년|[.\-/])\s*(\d{1,2})\s*월?\.?"), "{0}-{1:0>2}"),
    (re.compile(r"((?:19|20)\d\d)\s*년?\s*-?\s*상반기"), "{0}-H1"),
    (re.compile(r"((?:19|20)\d\d)\s*년?\s*-?\s*하반기"), "{0}-H2"),
    (re.compile(r"((?:19|20)\d\d)\s*년?\s*-?\s*([1-4])\s*분기"), "{0}-Q{1}"),
    (re.compile(r"((?:19|20)\d\d)-(H[12]|Q[1-4]|W\d\d)"), "{0}-{1}"),
)


def read_cell(code: str, cell: object, type_: str = "") -> Answer | None:
    """The answer in one cell, None when it is empty; InvalidValue names item, value and the possible answers."""
    text = str(cell if cell is not None else "").strip()
    if not text:
        return None
    item = item_of(code)
    if code == COUNTS:
        return Answer(code, value=exact_number(code, text), type=type_)
    if item.kind == "text" or not item.options:
        return Answer(code, text=text, type=type_)
    options: list[str] = []
    for part in [one for one in re.split(r"[;,\n]+", text) if one.strip()] if item.kind == "multiple" else [text]:
        option = option_in(item, part)
        if option is None:
            band = code.partition("-")[2]
            # A bare 9 where 1 to 5 may be answered is a slip rather than nine people; '9명' is nine people.
            if band not in BANDS or not re.match(r"(?:약\s*)?\d", text) or re.fullmatch(r"\d", text):
                item.check(text)  # raises, and lists what may be answered
            value = exact_number(code, text)
            fitting = next((one for one in item.options if band_fits(code, one, value)), None)
            return Answer(code, (item.check(fitting or text),), value)
        options.append(option)
    return Answer(code, tuple(dict.fromkeys(options)))


def option_in(item: Item, text: str) -> str | None:
    """The number of the option that a text names: 3, ③, '3. 200명 이상 500명 미만', or the option's own words."""
    text = text.translate(CIRCLED).strip()
    said = compact(text)
    for number, label in item.options.items():
        if said == compact(label):
            return number
    found = NUMBERED.fullmatch(text)
    if found is None or found[1] not in item.options:
        return None
    words, label = compact(found[2]), compact(item.options[found[1]])
    return found[1] if not words or label.startswith(words) or words.startswith(label) else None


def exact_number(field: str, text: str) -> float:
    """A number with thousands, 만, 억 and a unit; InvalidValue for anything that could be read in two ways."""
    scales = [SCALES[scale] for _, scale in PART.findall(text)]
    # 3천5백만: whether the hundreds are of the ten thousands is for a person to say.
    if EXACT.fullmatch(text.strip()) is None or scales != sorted(set(scales), reverse=True):
        raise InvalidValue(
            field,
            text,
            "숫자로 읽을 수 없습니다.",
            "It cannot be read as a number.",
            "숫자만 쓰세요(예: 35000000).",
            "Write digits only (35000000).",
        )
    return read_number(text)


def read_period(text: str) -> str:
    """A reporting period as Korean sheets write it ('2026년 상반기', '2026.3.'), in our form; else unchanged."""
    for pattern, form in PERIODS:
        found = pattern.fullmatch(text.strip())
        if found:
            return form.format(*found.groups())
    return text.strip()

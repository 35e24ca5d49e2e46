"""What the lists of the forms for a platform offer."""

from api.language import Language
from api.rendering import name_of
from registry import vocab
from registry.vocabulary import load_vocabulary


def function_shelves(language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """All functions by their field, so that nobody has to read through the whole list."""
    words = load_vocabulary()
    shelves = [
        (
            language(field.ko, field.en),
            [(key, language(one.ko, one.en)) for key, one in words.functions.items() if one.field == name],
        )
        for name, field in words.fields.items()
    ]
    return [(name, entries) for name, entries in shelves if entries]


def options(language: Language) -> dict[str, list[tuple[str, str]]]:
    """The choices of the forms' lists, named in the reader's language."""
    words = load_vocabulary()
    return {
        "form": [
            (key, f"{name_of(language, 'type', one.type)} · {language(one.ko, one.en)}")
            for key, one in words.forms.items()
        ],
        "functions": [(key, language(one.ko, one.en)) for key, one in words.functions.items()],
        "beneficiaries": [(key, language(one.ko, one.en)) for key, one in words.beneficiaries.items()],
        "type": [(one.value, name_of(language, "type", one)) for one in vocab.PlatformType],
        "status": [(one.value, name_of(language, "status", one)) for one in vocab.Status],
        "operating_mode": [(one.value, name_of(language, "operating_mode", one)) for one in vocab.OperatingMode],
    }

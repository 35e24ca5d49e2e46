"""What the lists of the forms for a platform offer."""

from api.language import Language
from api.rendering import name_of
from registry import vocab
from registry.vocabulary import load_vocabulary


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

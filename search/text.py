"""Korean analysis of documents: Kiwi's morphemes, with a cache, so that only new text costs time.

Names of platforms are not put into Kiwi's dictionary: the analysis of one text would then depend on which other
platforms are known. Whole names, bigrams and keystrokes (search/fields.py) find them instead.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from search.hangul import even, is_syllable
from search.needs import Vocabulary, vocabulary
from search.words import INVERTING

# Grows when the same text would give other words; it is part of every cached key and of the index's format.
TEXT_FORMAT = 2

KEPT = ("NNG", "NNP", "NNB", "NR", "XR", "SL", "SN", "SH", "MM", "W_")
BATCH = 2000


class Analyser:
    """Documents' words. Kiwi is loaded at the first text that the cache does not know."""

    def __init__(self, cache: Path | None = None, words: Vocabulary | None = None) -> None:
        self._vocabulary = words or vocabulary()
        self._kiwi: Any = None
        self._lock = threading.Lock()
        self._cache = _open_cache(cache)
        self._salt = f"{TEXT_FORMAT}/{version('kiwipiepy')}/"

    def words(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """The words of each text: nouns, roots, verbs' stems, numbers and foreign words, compounds whole and in parts."""
        keys = [hashlib.blake2b((self._salt + text).encode(), digest_size=12).digest() for text in texts]
        with self._lock:
            known = self._read(keys)
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if missing:
                fresh = dict(zip(missing, self._analyse(list(missing.values())), strict=True))
                self._write(fresh)
                known.update(fresh)
        return [known[key] for key in keys]

    def close(self) -> None:
        """Close the cache."""
        self._cache.close()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, tuple[str, ...]]:
        found: dict[bytes, tuple[str, ...]] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._cache.execute(f"SELECT key, words FROM words WHERE key IN ({marks})", part)
            found.update((key, tuple(words.split("\n")) if words else ()) for key, words in rows)
        return found

    def _write(self, fresh: dict[bytes, tuple[str, ...]]) -> None:
        with self._cache:
            rows = ((key, "\n".join(words)) for key, words in fresh.items())
            self._cache.executemany("INSERT OR REPLACE INTO words VALUES (?, ?)", rows)

    def _analyse(self, texts: list[str]) -> Iterator[tuple[str, ...]]:
        kiwi = self._load()
        for result in kiwi.tokenize([even(text) for text in texts], oov_handling="rule"):
            yield tuple(self._words(result))

    def _load(self) -> Any:
        if self._kiwi is None:
            from kiwipiepy import Kiwi  # takes seconds and half a gigabyte: only who analyses documents pays

            kiwi = Kiwi(num_workers=2)
            for brand in self._vocabulary.brands:
                if all(is_syllable(char) for char in brand):
                    kiwi.add_user_word(brand, "NNP", 0.0)
            self._kiwi = kiwi
        return self._kiwi

    def _words(self, tokens: Iterable[Any]) -> Iterator[str]:
        prefix = ""
        end = -1
        for token in tokens:
            form = token.form.lower()
            if token.tag == "XPN" and form in INVERTING:
                # 무장애 is not 장애: the prefix stays with its word.
                prefix, end = form, token.start + token.len
                continue
            if prefix and token.start == end and token.tag in ("NNG", "NNP", "XR"):
                yield prefix + form
                prefix = ""
                continue
            prefix = ""
            if token.tag.startswith(KEPT):
                yield form
                parts = self._vocabulary.lexicon.parts(form)
                if len(parts) > 1:
                    yield from parts
            elif token.tag in ("VV", "VA", "VV-I", "VV-R", "VA-I", "VA-R"):
                yield form + "다"


def _open_cache(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    cache = sqlite3.connect(":memory:" if path is None else path, check_same_thread=False, timeout=30)
    cache.execute("PRAGMA journal_mode=WAL")
    cache.execute("PRAGMA synchronous=OFF")
    cache.execute("CREATE TABLE IF NOT EXISTS words (key BLOB PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID")
    return cache

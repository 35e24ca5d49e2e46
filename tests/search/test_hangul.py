"""Hangul as letters, initials and keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.hangul import fold, hangul_readings, initials, is_syllable, keystrokes, letters, romanise, type_hangul

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)


@given(SYLLABLES)
def test_typing_the_keys_of_a_text_gives_the_text(text):
    assert type_hangul(keystrokes(text)) == text


@given(SYLLABLES)
def test_caps_lock_is_taken_back(text):
    typed = keystrokes(text).swapcase()
    assert text in hangul_readings(typed)


@given(st.text(max_size=30))
def test_any_text_can_be_typed_folded_and_spelt(text):
    type_hangul(text)
    assert fold(fold(text)) == fold(text)
    keystrokes(text), letters(text), initials(text)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("qoekfxmrrmq", "배달특급"),
        ("Ekfmddl", "따릉이"),
        ("rkrtk", "각사"),
        ("dkssud", "안녕"),
        ("qoe", "밷"),
        ("r", "ㄱ"),
    ],
)
def test_keys_as_a_keyboard_shows_them(keys, text):
    assert type_hangul(keys) == text


def test_what_is_not_a_key_passes_through():
    assert type_hangul("e음 2026!") == "ㄷ음 2026!"


def test_initials_keep_what_is_not_hangul():
    assert initials("손목닥터9988") == "ㅅㅁㄷㅌ9988"


def test_folding_keeps_lone_letters_as_a_keyboard_types_them():
    assert fold("ㅂㄷㅌㄱ") == "ㅂㄷㅌㄱ"
    assert fold(" 서울 E-음（카드） ") == "서울e음카드"
    assert fold("서울배달+땡겨요") == "서울배달+땡겨요"


def test_a_name_is_romanised_letter_by_letter():
    assert romanise("따릉이") == "ttareungi"
    assert romanise("배달특급") == "baedalteukgeup"


def test_letters_of_a_syllable():
    assert letters("값") == "ㄱㅏㅄ"
    assert is_syllable("값") and not is_syllable("ㄱ")

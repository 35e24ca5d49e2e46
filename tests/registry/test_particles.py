"""Particles follow the sound of what stands before them, digits, letters and brackets included."""

import pytest

from registry.particles import with_particle


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("배달특급", "과", "배달특급과"),
        ("대구로", "과", "대구로와"),
        ("서울", "으로", "서울로"),
        ("수원", "으로", "수원으로"),
        ("경기도", "으로", "경기도로"),
        ("먹깨비(성남)", "을", "먹깨비(성남)을"),
        ("2개", "이", "2개가"),
        ("고용24", "은", "고용24는"),
        ("서울2036", "은", "서울2036은"),
        ("e-Poll", "을", "e-Poll을"),
        ("TOPIS", "을", "TOPIS를"),
        ("'은평구'", "은", "'은평구'는"),
        ("人", "을", "人을(를)"),
        ("", "으로", "(으)로"),
    ],
)
def test_particles(word: str, particle: str, expected: str) -> None:
    assert with_particle(word, particle) == expected

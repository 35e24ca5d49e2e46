"""Figures as people say them, and their sources numbered: one note under the table for all figures it stands behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.models import UsageFigure
from registry.vocabulary import load_vocabulary


@dataclass(frozen=True)
class FigureLine:
    """A figure, its text, and the number of its source among the notes, counted from 1."""

    figure: UsageFigure
    text: str
    source: int


def figure_lines(language: Any, figures: Sequence[UsageFigure]) -> tuple[list[FigureLine], list[tuple[str, str]]]:
    """The lines of the table and its notes as (source id, note), each said once."""
    notes: list[tuple[str, str]] = []
    lines = []
    for one in figures:
        note = (one.source_id, one.note)
        if note not in notes:
            notes.append(note)
        lines.append(FigureLine(one, figure_text(language, one), notes.index(note) + 1))
    return lines, notes


def figure_text(language: Any, figure: UsageFigure) -> str:
    """A figure with its unit, as people say it."""
    known = load_vocabulary().figures.get(figure.key)
    if figure.value is None:
        return figure.quote
    unit = known.unit if known else ""
    if unit == "KRW":
        return str(language.money(figure.value))
    words = {"people": ("명", " people"), "count": ("", ""), "pct": ("%", "%")}.get(unit, ("", f" {unit}"))
    return f"{language.number(figure.value)}{language(*words)}"

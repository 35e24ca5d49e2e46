"""Fit both models on the labelled pairs and on officers' verdicts; a better model is never replaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from registry.database import session_of
from registry.models import Verdict
from search.overlap.columns import Floats
from search.overlap.evaluate import LabelledPair, read_pairs, score_sides
from search.overlap.features import IDENTITY, OVERLAP, Feature
from search.overlap.index import Index
from search.overlap.live import live_index
from search.overlap.model import Model, Models, fit, save_models
from search.overlap.sides import Sides
from search.overlap.subject import Subject

LABELLED = Path(__file__).with_name("training_pairs.csv")
FOLDS = 5

# What a verdict says to each model: (same platform?, does the same job?); None says nothing.
SAYS: dict[str, tuple[bool, bool | None]] = {
    "same": (True, None),
    "different": (False, None),
    "overlap": (False, True),
    "not_overlap": (False, False),
}


@dataclass(frozen=True)
class Examples:
    """Feature values and truth for one model; `fold` keeps pairs of one owner together."""

    values: Floats
    truth: NDArray[np.bool_]
    fold: NDArray[np.int64]


def train(database: Engine, labelled: Path | None = None, force: bool = False) -> dict[str, Any]:
    """Fit, compare with the models in use, and put the new ones in their place if they are not worse.

    The new models are judged by five-fold validation over owners, the ones in use on the same pairs as they are:
    that favours the ones in use, on purpose. The same pairs and verdicts give the same models.
    """
    live = live_index(database)
    with live.lock:
        index = live.refresh()
        pairs = [pair for pair in read_pairs(labelled or LABELLED) if pair.split != "test"]
        with session_of(database) as session:
            verdicts = standing_verdicts(session)
        identity, overlap, used = _examples(index, pairs, verdicts)
        in_use = _loss(index.models.identity, identity) + _loss(index.models.overlap, overlap)
        validated = _validated(IDENTITY, identity) + _validated(OVERLAP, overlap)
        replaced = force or validated <= in_use
        report = {
            "pairs": len(pairs),
            "verdicts": used,
            "loss_in_use": round(in_use, 6),
            "loss_validated": round(validated, 6),
            "replaced": replaced,
        }
        if replaced:
            new = Models(_fit(IDENTITY, identity), _fit(OVERLAP, overlap), report)
            save_models(new, live.settings.home / "overlap_weights.json")
            live.forget()
    return report


def standing_verdicts(session: Session) -> list[tuple[str, str, str]]:
    """(left, right, kind) of every pair, by the latest standing verdict of each officer; disputed pairs are left out."""
    rows = session.connection().execute(
        select(col(Verdict.left_id), col(Verdict.right_id), col(Verdict.actor), col(Verdict.kind))
        .where(col(Verdict.undone_at).is_(None))
        .order_by(col(Verdict.id))
    )
    opinions: dict[tuple[str, str], dict[str, str]] = {}
    for left, right, actor, kind in rows:
        opinions.setdefault((min(left, right), max(left, right)), {})[actor] = kind
    agreed = []
    for (left, right), said in sorted(opinions.items()):
        kinds = set(said.values()) - {"unsure"}
        if len(kinds) == 1:
            agreed.append((left, right, kinds.pop()))
    return agreed


def _examples(
    index: Index, pairs: Sequence[LabelledPair], verdicts: Sequence[tuple[str, str, str]]
) -> tuple[Examples, Examples, int]:
    subjects: list[Subject] = []
    says: list[tuple[bool, bool | None]] = []
    for sides in (Sides(_without_subjects(index)), Sides(index)):
        # Twice: once as if nothing were registered, because most of what will be compared is not.
        for pair in pairs:
            left = sides.find(pair.name_a, pair.owner_a, pair.url_a, "a")
            right = sides.find(pair.name_b, pair.owner_b, pair.url_b, "b")
            if left.id != right.id:
                subjects += [left, right]
                says.append((pair.label == "same_platform", _does_same_job(pair.label)))
    used = 0
    for left_id, right_id, kind in verdicts:
        if kind in SAYS and left_id in index.subjects and right_id in index.subjects:
            subjects += [index.subjects[left_id], index.subjects[right_id]]
            says.append(SAYS[kind])
            used += 1
    _scorer, scored = score_sides(index.scorer, subjects)
    same = np.array([one[0] for one in says], dtype=bool)
    job = np.array([one[1] is True for one in says], dtype=bool)
    known = np.array([one[1] is not None for one in says], dtype=bool)
    fold = np.array([crc32(subject.owner_name.encode()) % FOLDS for subject in subjects[::2]], dtype=np.int64)
    # One platform that nothing leads to from the other can only be known, never inferred: it teaches nothing.
    unlike = scored.identity_values[:, [one.name for one in IDENTITY].index("nothing_names_one")] >= 1.0
    learnable = ~(same & unlike)
    return (
        Examples(scored.identity_values[learnable], same[learnable], fold[learnable]),
        Examples(scored.overlap_values[known], job[known], fold[known]),
        used,
    )


def _without_subjects(index: Index) -> Index:
    bare = Index(index.places, index.words, index.models, index.geography.zone_set)
    bare._scorer = replace(index.scorer)
    return bare


def _does_same_job(label: str) -> bool | None:
    return None if label == "same_platform" else label == "overlap"


def _fit(features: tuple[Feature, ...], examples: Examples) -> Model:
    return fit(features, examples.values, examples.truth)


def _validated(features: tuple[Feature, ...], examples: Examples) -> float:
    """Mean loss on pairs a model has not been fitted on."""
    total = 0.0
    for fold in range(FOLDS):
        held = examples.fold == fold
        if held.any() and not held.all():
            model = fit(features, examples.values[~held], examples.truth[~held])
            held_out = Examples(examples.values[held], examples.truth[held], examples.fold[held])
            total += _loss(model, held_out) * float(held.sum())
    return total / len(examples.truth)


def _loss(model: Model, examples: Examples) -> float:
    """Mean logistic loss."""
    scores = model.scores(examples.values)
    chance = np.clip(expit(scores), 1e-12, 1.0 - 1e-12)
    return float(-np.mean(np.where(examples.truth, np.log(chance), np.log(1.0 - chance))))

"""Every score is a sum of its parts, every part has words in both languages, and contradictions cannot speak for."""

import random

import numpy as np

from search.overlap.explain import compare
from search.overlap.features import IDENTITY, OVERLAP
from search.overlap.index import Index
from search.overlap.scoring import LABEL_EN, LABEL_KO, Label


def test_contributions_add_up_to_the_score(index: Index) -> None:
    chance, ids = random.Random(1), sorted(index.subjects)
    for _ in range(150):
        left, right = (index.subjects[one] for one in chance.sample(ids, 2))
        found = compare(index.scorer, left, right)
        for explanation, probability in ((found.identity, found.same_platform), (found.overlapping, found.overlap)):
            total = explanation.intercept + sum(part.contribution for part in explanation.parts)
            assert abs(total - explanation.score) < 1e-6
            assert abs(1 / (1 + np.exp(-explanation.score)) - probability) < 1e-9
        assert found.reason("ko") and found.reason("en")


def test_features_have_words_and_a_sign_that_weights_keep(index: Index) -> None:
    for features, model in ((IDENTITY, index.models.identity), (OVERLAP, index.models.overlap)):
        assert len({one.name for one in features}) == len(features)
        for feature, weight in zip(features, model.weights, strict=True):
            assert feature.ko and feature.en.endswith((".", "통합예약.")), feature.name
            assert weight * feature.sign >= 0


def test_a_comparison_is_the_same_from_both_sides(index: Index) -> None:
    chance, ids = random.Random(2), sorted(index.subjects)
    for _ in range(60):
        left, right = (index.subjects[one] for one in chance.sample(ids, 2))
        here, there = compare(index.scorer, left, right), compare(index.scorer, right, left)
        assert here.label is there.label and here.area is there.area
        assert abs(here.overlap - there.overlap) < 1e-9
        assert (here.left_covered, here.right_covered) == (there.right_covered, there.left_covered)


def test_labels_are_named_in_the_officials_words() -> None:
    assert set(LABEL_KO) == set(LABEL_EN) == set(Label)
    assert {"중복", "중첩", "동종", "공동", "분산"} <= set(LABEL_KO.values())

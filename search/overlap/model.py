"""Two additive models, identity and overlap: weights per feature, a score in log-odds, a calibrated probability."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from search.overlap.columns import Floats
from search.overlap.features import IDENTITY, OVERLAP, Feature

# Chosen on the training side alone, by five-fold validation over provinces.
PENALTY = 0.02

BUNDLED = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class Model:
    """A score that is a sum: what each feature adds is shown as it is, and the parts add up to the score."""

    features: tuple[Feature, ...]
    weights: Floats
    intercept: float

    def contributions(self, values: Floats) -> Floats:
        """What every feature adds to the log-odds, pair by pair."""
        return values * self.weights

    def scores(self, values: Floats) -> Floats:
        """Log-odds: the intercept and all contributions.

        Not by a matrix product: its library keeps a thread per core waiting, and slices stand on every core already.
        """
        return np.asarray(self.intercept + np.einsum("...j,j->...", values, self.weights))

    def probabilities(self, values: Floats) -> Floats:
        """Calibrated probability."""
        return np.asarray(expit(self.scores(values)))

    def as_data(self) -> dict[str, Any]:
        """For the file: weights by feature name."""
        named = {one.name: round(float(weight), 6) for one, weight in zip(self.features, self.weights, strict=True)}
        return {"intercept": round(self.intercept, 6), "weights": named}

    @classmethod
    def from_data(cls, features: tuple[Feature, ...], data: dict[str, Any]) -> "Model":
        """From the file; a feature the file does not know weighs nothing until the models are trained again."""
        weights = np.array([float(data["weights"].get(one.name, 0.0)) for one in features])
        return cls(features, weights, float(data["intercept"]))


@dataclass(frozen=True)
class Models:
    """Both models and what they stand on: pairs, verdicts, figures on held-out pairs."""

    identity: Model
    overlap: Model
    made_from: dict[str, Any] = field(default_factory=dict)


def load_models(path: Path | None = None) -> Models:
    """The installation's own models if it has trained any, else the bundled ones."""
    source = path if path is not None and path.exists() else BUNDLED
    data = json.loads(source.read_text(encoding="utf-8"))
    return Models(
        identity=Model.from_data(IDENTITY, data["identity"]),
        overlap=Model.from_data(OVERLAP, data["overlap"]),
        made_from=data.get("made_from", {}),
    )


def save_models(models: Models, path: Path) -> None:
    """Write beside and swap, so that a reader never sees half a file."""
    data = {
        "identity": models.identity.as_data(),
        "overlap": models.overlap.as_data(),
        "made_from": models.made_from,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def fit(
    features: tuple[Feature, ...],
    values: Floats,
    truth: NDArray[np.bool_],
    importance: Floats | None = None,
    penalty: float = PENALTY,
) -> Model:
    """Logistic regression whose weights keep the features' signs; deterministic.

    `importance` weighs pairs, `penalty` draws weights to their priors (per pair, so that it means the same for any
    number): an app package that no labelled pair has keeps the weight we gave it, and does not fall to nothing.
    """
    signs = np.array([one.sign for one in features], dtype=float)
    priors = np.array([abs(one.prior) for one in features])
    target = truth.astype(float)
    share = np.ones(len(target)) if importance is None else importance
    share = share / share.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        scores = parameters[0] + values @ (signs * parameters[1:])
        miss = expit(scores) - target
        value = float(share @ (np.logaddexp(0.0, scores) - target * scores))
        strayed = parameters[1:] - priors
        value += 0.5 * penalty * float(strayed @ strayed) / len(features)
        slope = np.concatenate(
            [[share @ miss], signs * (values.T @ (share * miss)) + penalty * strayed / len(features)]
        )
        return value, slope

    start = np.concatenate([[0.0], priors])
    bounds = [(-12.0, 12.0)] + [(0.0, 12.0)] * len(features)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    return Model(features, signs * found.x[1:], float(found.x[0]))

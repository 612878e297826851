"""A recalibration that external data offered, put over opinions when the user asks for it; never stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.evaluation.recalibration import Update
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.opine import predicted

NEWEST = 1


@dataclass(frozen=True)
class Recalibration:
    """An update for one reader.

    Args:
        update: what is done to its probabilities.
        sentence: said with every opinion.
    """

    update: Update
    sentence: str

    def over(self, opinion: Opinion, manifest: Manifest) -> Opinion:
        """The opinion with recalibrated probabilities; an abstention stays as it is.

        Operating points stay the same decisions: what is shown as threshold is what the update makes of it.
        Natural frequencies and prediction sets go: they hold for the patients of the study, not for these.

        Args:
            opinion: of the reader.
            manifest: of the reader.
        """
        if opinion.abstained is not None:
            return opinion
        positive = None if manifest.positive is None else manifest.classes.index(manifest.positive)
        given = np.array([[opinion.probabilities[name] for name in manifest.classes]])
        updated = self.update.apply(given, positive=positive)[0]
        return replace(
            opinion,
            probabilities=dict(zip(manifest.classes, map(float, updated), strict=True)),
            predicted=predicted(manifest, updated),
            verdicts=tuple(self._moved(verdict, positive) for verdict in opinion.verdicts),
            frequencies=(),
            sets=(),
            warnings=(*opinion.warnings, self.sentence),
        )

    def _moved(self, verdict: Verdict, positive: int | None) -> Verdict:
        both = np.full((1, 2), 1 - verdict.threshold)
        both[0, positive or 0] = verdict.threshold
        threshold = float(self.update.apply(both, positive=positive)[0, positive or 0])
        return replace(verdict, threshold=threshold)


def read_recalibration(path: Path, manifest: Manifest) -> Recalibration:
    """The update that ``external/NAME/recalibration.json`` recommends.

    Args:
        path: of the file.
        manifest: of the reader that it has to be for.

    Raises:
        UsageError: there is no such file, or it recommends nothing.
        StudyMismatch: it is damaged, or for another reader.
    """
    form = _opened(path)
    source = form.get("source", {})
    same = (
        source.get("model_sha256") == manifest.onnx["sha256"]
        and form.get("calibration") == json.loads(json.dumps(manifest.calibration.as_json()))
        and form.get("classes") == list(manifest.classes)
    )
    if not same:
        raise StudyMismatch(
            f"'{path.name}' was fitted to another reader than that of the study; validate on the external "
            "data again: thirdeye validate STUDY --on DATA"
        )
    method = form.get("recommended")
    if method is None:
        raise UsageError(
            f"'{path.name}' recommends no update: on '{source.get('name')}' none served better than leaving "
            "the probabilities as they are"
        )
    try:
        update = Update(**form["updates"][method])
    except (KeyError, TypeError) as error:
        raise StudyMismatch(f"'{path.name}' is damaged: {error}") from error
    return Recalibration(update, _sentence(source, method))


def _opened(path: Path) -> Mapping[str, Any]:
    try:
        form = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"there is no file '{path.name}'; --recalibration takes external/NAME/recalibration.json"
        ) from None
    except (OSError, ValueError) as error:
        raise StudyMismatch(f"'{path.name}' is not readable JSON ({type(error).__name__})") from error
    if not isinstance(form, dict) or not isinstance(form.get("version"), int) or form["version"] > NEWEST:
        raise StudyMismatch(f"'{path.name}' is no recalibration that this version knows")
    return form


def _sentence(source: Mapping[str, Any], method: str) -> str:
    what = {"intercept": "intercept", "intercept_slope": "intercept and slope"}.get(method, method)
    name, n = source.get("name"), source.get("n")
    return (
        f"Probabilities recalibrated to '{name}' ({n} cases; update: {what}), so they are not those of the "
        "evidence. Decisions at operating points are unchanged."
    )

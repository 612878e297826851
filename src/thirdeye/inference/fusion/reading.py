"""A second opinion on a case: its images decided together, with clinical variables where they are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.fused import Fused, ImagePart
from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import AND_VARIABLES
from thirdeye.case.study import Study
from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.inference.advice import Adviser, Seen
from thirdeye.inference.blame import blaming_study
from thirdeye.inference.certainty import certainty_adviser
from thirdeye.inference.conformal import set_adviser
from thirdeye.inference.frequency import frequency_adviser
from thirdeye.inference.fusion.given import CaseFiles
from thirdeye.inference.fusion.heads import composed
from thirdeye.inference.fusion.levels import levels_from_json, with_levels
from thirdeye.inference.fusion.model import NAME, CaseModel, Decision, Images, read_case_model
from thirdeye.inference.fusion.pooling import TITLES, Table
from thirdeye.inference.fusion.variables import given_values
from thirdeye.inference.opine import abstentions, opine
from thirdeye.inference.second_opinion import Failure, Reading, SecondReader
from thirdeye.inference.validated import read_validated
from thirdeye.intake.decode import decoded

NO_SETS = (
    "Answers left and deferral by certainty were fixed on single images, so neither is given for this case: "
    "training had too few patients to fix them on whole cases, or an earlier version trained."
)
NOT_BETTER = (
    "The clinical variables were not used: on validation cases they did not make the opinion on the images "
    "clearly better."
)


class CaseReader:
    """Reads cases as their images and variables together. Make one with `CaseReader.load`.

    Args:
        reader: of the single images.
        model: how they are decided together.
    """

    def __init__(self, reader: SecondReader, model: CaseModel, study: Study) -> None:
        self.reader, self.model, self._study = reader, model, study
        self._validated = read_validated(study, reader.manifest)
        form = reader.manifest.trust[NAME]
        self._levels = levels_from_json(form.get("levels") or [])
        self._levels_by_images = self._levels
        if model.clinical is not None and model.clinical.kept:
            named = levels_from_json(form.get("levels_by_images") or [])
            self._levels_by_images = named or tuple(replace(one, operating_points=()) for one in self._levels)

    @classmethod
    def load(cls, study: Path, reader: object) -> CaseReader:
        """The reader of a study that was trained on cases of several images or with clinical variables.

        Args:
            study: its folder.
            reader: the opened reader of single images.

        Raises:
            UsageError: the reader knows single images only.
            StudyMismatch: a file of the model folder is missing or was changed after training.
        """
        place = Study(Path(study))
        model = read_case_model(place, reader.manifest) if isinstance(reader, SecondReader) else None
        if model is None or not isinstance(reader, SecondReader):
            raise UsageError(
                f"the reader of '{Path(study).name}' knows single images only, as no case of its data had "
                "several and no clinical variables were there; leave --case, --clinical and --table out"
            )
        return cls(reader, model, place)

    def read_many(self, cases: Iterable[CaseFiles]) -> Iterator[Reading | Failure]:
        """One reading or failure a case, in their order."""
        return (self.read(case) for case in cases)

    def read(self, case: CaseFiles) -> Reading | Failure:
        """The opinion on one case; a file that cannot be decoded makes it a `Failure`.

        Raises:
            UsageError: a clinical variable that the reader does not know.
        """
        if len(case.files) > 1 and self.model.unit == "image":
            raise UsageError(
                "this reader has learnt from one image a case; give each file as a case of its own"
            )
        values = given_values(case.values, self.model.clinical.variables if self.model.clinical else ())
        images = list(decoded(list(case.files)))
        bad = next((one for one in images if isinstance(one, UnreadableFile)), None)
        if bad is not None:
            return Failure(case.name, str(bad))
        with blaming_study():
            return self._reading(case, [one for one in images if isinstance(one, Image)], values)

    def _reading(self, case: CaseFiles, images: list[Image], values: dict[str, str]) -> Reading:
        manifest = self.reader.manifest
        seen = self.reader.seen(images)
        reasons = [abstentions(manifest, one.fact, distance=one.distance) for one in seen]
        parts = tuple(
            _part(file, view, one, "; ".join(why), manifest.classes)
            for file, view, one, why in zip(case.files, case.views, seen, reasons, strict=True)
        )
        fit = [index for index, why in enumerate(reasons) if not why]
        if not fit:
            first = opine(
                manifest, case.name, seen[0].fact, seen[0].probability, seen[0].cam, distance=seen[0].distance
            )
            first = self.reader.advised(self.reader.placed(first, seen[0]), seen[0])
            return Reading(replace(first, fused=Fused(TITLES[self.model.method], parts)), images[0])
        return self._decided(
            case, [seen[index] for index in fit], [case.views[index] for index in fit], values, parts
        )

    def _decided(
        self, case: CaseFiles, seen: list[Seen], views: list[str], values: dict[str, str],
        parts: tuple[ImagePart, ...],
    ) -> Reading:  # fmt: skip
        model, manifest, clinical = self.model, self.reader.manifest, self.model.clinical
        images = self._images(seen, views)
        by_images = model.of_images(images)
        used = clinical is not None and clinical.kept and bool(values)
        final, decision = by_images, model.decided
        if clinical is not None and used:
            given = {name: [value] for name, value in values.items()}
            final = clinical.with_images(
                by_images, given, images.case_features, multilabel=model.task == "multilabel"
            )
            decision = clinical.decided
        shown = _most_telling(seen, final[0], model)
        own = decision.manifest(manifest)
        base = opine(own, case.name, shown.fact, final[0], shown.cam, distance=0.0)
        opinion = self.reader.advised(self.reader.placed(base, shown), shown)
        alone = bool(opinion.sets or opinion.certainty) and not decision.rules
        opinion = replace(
            opinion, verdicts=base.verdicts, levels={}, sets=(), certainty=None, frequencies=(),
            fused=self._fused(parts, values if used else {}, by_images if used else None),
            warnings=(*opinion.warnings, *self._notes(parts, values, used), *([NO_SETS] if alone else [])),
        )  # fmt: skip
        whole = _as_whole(shown, final[0], values)
        for adviser in self._advisers(decision):
            opinion = adviser.advise(opinion, whole)
        opinion = self._validated.per(self._per(len(parts), with_variables=used)).over(opinion)
        levels = self._levels if used else self._levels_by_images
        return Reading(with_levels(opinion, levels, manifest.classes), shown.image)

    def _per(self, images: int, *, with_variables: bool) -> str:
        """What is decided at once, as `Measured.per`."""
        unit = self.model.unit
        if with_variables:
            return f"{unit}{AND_VARIABLES}"
        return unit if images > 1 else ""

    def _advisers(self, decision: Decision) -> Iterator[Adviser]:
        """Who says of the whole case what others say of single images."""
        own = decision.manifest(self.reader.manifest)
        for make in (frequency_adviser, set_adviser, certainty_adviser):
            adviser = make(self._study, own)
            if adviser is not None:
                yield adviser

    def _images(self, seen: Sequence[Seen], views: Sequence[str]) -> Images:
        def early() -> NDArray[np.float32]:
            place = dict(zip(views, seen, strict=True))
            features = np.stack([one.features for one in seen])
            if not all(view in place for view in self.model.views):
                return np.full((1, features.shape[1]), np.nan, np.float32)
            picture = composed(np.stack([place[view].prepared for view in self.model.views]))
            return self.reader.passed(picture[None]).features

        return Images(
            np.stack([one.probability for one in seen]), np.zeros(len(seen), np.int64), list(views),
            np.stack([one.features for one in seen]), early,
        )  # fmt: skip

    def _fused(self, parts: tuple[ImagePart, ...], values: dict[str, str], by_images: Table | None) -> Fused:
        names = (
            () if self.model.clinical is None else tuple(one.name for one in self.model.clinical.variables)
        )
        said = (
            {} if by_images is None else dict(zip(self.model.classes, map(float, by_images[0]), strict=True))
        )
        method = TITLES[self.model.method] if len(parts) > 1 else "one image"
        return Fused(method, parts, values, tuple(name for name in names if name not in values), said)

    def _notes(self, parts: tuple[ImagePart, ...], values: dict[str, str], used: bool) -> list[str]:
        clinical = self.model.clinical
        notes = [f"{part.source} does not count: {part.left_out}." for part in parts if part.left_out]
        if clinical is not None and values and not used:
            notes.append(NOT_BETTER)
        if clinical is not None and clinical.kept and not values:
            names = ", ".join(one.name for one in clinical.variables)
            notes.append(f"No clinical variable was given ({names}): the opinion is by the images alone.")
        for one in clinical.variables if clinical is not None and used else ():
            if one.name in values and not one.knows(values[one.name]):
                wanted = ", ".join(one.levels) or "a number"
                notes.append(
                    f"{one.name}: '{values[one.name]}' was not learnt from ({wanted}); it counts as missing."
                )
        missing = set(self.model.views) - {part.view for part in parts if not part.left_out}
        if self.model.method == "early" and missing:
            notes.append(f"Without {', '.join(sorted(missing))} the mean of the images' evidence was taken.")
        return notes


def _part(file: Path, view: str, seen: Seen, why: str, classes: Sequence[str]) -> ImagePart:
    said = {} if why else dict(zip(classes, map(float, seen.probability), strict=True))
    return ImagePart(str(file), view, said, why or None)


def _most_telling(seen: Sequence[Seen], final: NDArray[np.float64], model: CaseModel) -> Seen:
    """The image that speaks most for the positive class, or for the most probable one; it is shown."""
    column = int(final.argmax()) if model.positive is None else model.classes.index(model.positive)
    return max(seen, key=lambda one: float(one.probability[column]))


def _as_whole(shown: Seen, final: NDArray[np.float64], values: Mapping[str, str]) -> Seen:
    """The image that is shown with the probability of its case, and with what is known of the patient."""
    image = replace(shown.image, attributes={**shown.image.attributes, **values})
    return replace(shown, image=image, probability=final, members=None, by_view=None)


def case_opinions(reader: CaseReader, cases: Iterable[CaseFiles]) -> Iterator[Opinion]:
    """Opinions on cases in their order.

    Raises:
        UnreadableFile: a file of one cannot be decoded.
    """
    for found in reader.read_many(cases):
        if isinstance(found, Failure):
            raise UnreadableFile(found.source, found.error)
        yield found.opinion

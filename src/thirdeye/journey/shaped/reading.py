"""New cases read by a system that was learnt, without learning anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.manifest import manifest_form
from thirdeye.journey.options import DataOptions
from thirdeye.journey.published import registered
from thirdeye.journey.shaped.learning import members_of, said_together, values_read
from thirdeye.journey.shaped.opening import refuse_options, system_of
from thirdeye.recipes.system import ANSWER, Known

POINT = "youden"


@dataclass(frozen=True)
class SystemOpinion:
    """What a system says of one case.

    Args:
        case: its name, or where it stands.
        probabilities: class to probability, calibrated.
        call: the class that it is called: at the balanced operating point (binary), else the most probable.
    """

    case: str
    probabilities: dict[str, float]
    call: str

    def as_json(self) -> dict[str, Any]:
        """One line of ``thirdeye recipes read --json``."""
        return {"case": self.case, "probabilities": self.probabilities, "call": self.call}


def read_system(
    study: str | Path, data: str | Path, **options: Unpack[DataOptions]
) -> tuple[SystemOpinion, ...]:
    """What the system of a study says of the cases under DATA, which need no label.

    Args:
        study: folder with a system that was learnt.
        data: what the system reads.
        options: of intake, those that the system knows.

    Raises:
        UsageError: the study holds another kind of reader, or an option does not fit.
        DataRefused: these are not the system's data.
        StudyMismatch: a file of the study is missing or was edited.
    """
    place = Study(Path(study))
    form = manifest_form(place)
    name = form.get("system")
    if not name:
        raise UsageError(
            f"'{place.folder.name}' holds a reader of images; read with: thirdeye read STUDY FILE"
        )
    recipe = registered(str(name))
    refuse_options(recipe, dict(options))
    system = system_of(recipe)
    known = Known(tuple(form["classes"]), form["task"], form["positive"], form["inputs"])
    cases = system.to_read(Path(data), values_read(form["values"]), dict(options), known)
    logits = said_together(members_of(place, system, form), cases)[ANSWER]
    table = apply(Calibration.from_json({"task": form["task"], **form["calibration"]}), logits)
    names, classes = cases.rows["case"].astype(str), list(form["classes"])
    return tuple(
        SystemOpinion(
            who, {c: float(f"{p:.6g}") for c, p in zip(classes, row, strict=True)}, _call(form, classes, row)
        )
        for who, row in zip(names, table, strict=True)
    )


def _call(form: dict[str, Any], classes: list[str], row: Any) -> str:
    points = [one for one in form["operating_points"] if one["name"] == POINT]
    if form["positive"] is None or not points:
        return str(classes[int(row.argmax())])
    column = classes.index(form["positive"])
    return str(classes[column] if row[column] >= points[0]["threshold"] else classes[1 - column])

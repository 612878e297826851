"""Patients from file names, where a clear pattern names them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from thirdeye.errors import UsageError

_WORD = re.compile(
    r"(?:^|[^a-z])((?:patient|person|subject|subj|sub|pat|pt|paciente|proband)"
    r"[-_ ]?(?:id)?[-_ ]?[0-9]+)(?![0-9])",
    re.I,
)
_LETTER = re.compile(r"^(P[0-9]{1,6})[-_ .]", re.I)
_LEAST_SHARE = 0.2


@dataclass(frozen=True)
class NamedPatients:
    """What file names say.

    Args:
        patients: one per image, "" where the name says nothing.
        example: one file name with the part that was taken, for a sentence.
    """

    patients: tuple[str, ...]
    example: tuple[str, str]

    @property
    def is_complete(self) -> bool:
        """True when every image has a patient."""
        return all(self.patients)


def recognise_patients(images: Sequence[str], labels: Sequence[str]) -> NamedPatients | None:
    """Patients by a pattern such as ``person12_bacteria_34.jpeg``, ``patient003_2.png`` or ``P012-1.png``.

    A number that occurs only once in every class is a counter, not a patient, and is not believed.

    Returns:
        None where no pattern covers at least a fifth of the images.
    """
    for pattern in (_WORD, _LETTER):
        found = [pattern.search(_name(image)) for image in images]
        patients = tuple(re.sub(r"[-_ ]", "", m.group(1)).lower() if m else "" for m in found)
        if sum(map(bool, patients)) < _LEAST_SHARE * len(images) or _is_counter(patients, labels):
            continue
        first = next(i for i, patient in enumerate(patients) if patient)
        return NamedPatients(patients, (_name(images[first]), patients[first]))
    return None


def patients_by_expression(images: Sequence[str], expression: str) -> NamedPatients:
    """Patients by the user's regular expression, searched in each path; its first group is the patient.

    Raises:
        UsageError: not a regular expression with one group, or it does not fit some file.
    """
    try:
        pattern = re.compile(expression)
    except re.error as error:
        raise UsageError(f"--patient {expression!r} is not a regular expression: {error}") from None
    if pattern.groups < 1:
        raise UsageError(
            f"--patient {expression!r}: these data have no table, so --patient takes a regular expression "
            "with one group that finds the patient in a file's path, such as '(P[0-9]+)_'"
        )
    found = [pattern.search(image) for image in images]
    missing = [image for image, match in zip(images, found, strict=True) if not match or not match.group(1)]
    if missing:
        raise UsageError(
            f"--patient {expression!r} finds no patient in {len(missing)} of {len(images)} paths, "
            f"for example {missing[0]!r}"
        )
    patients = tuple(match.group(1) for match in found if match)
    return NamedPatients(patients, (images[0], patients[0]))


def _is_counter(patients: Sequence[str], labels: Sequence[str]) -> bool:
    seen = Counter((p, label) for p, label in zip(patients, labels, strict=True) if p)
    return max(seen.values(), default=0) <= 1


def _name(image: str) -> str:
    return image.rsplit("/", 1)[-1]

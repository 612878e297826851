"""File names of BIDS: ``sub-01_ses-2_acq-mprage_T1w.nii.gz`` taken apart.

Source: Brain Imaging Data Structure 1.10, "Filesystem structure" and "Common principles".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from thirdeye.intake.stems import without_ending

_ENTITY = re.compile(r"([a-zA-Z]+)-([a-zA-Z0-9+.]+)")
MASK_SUFFIXES = frozenset(["mask", "dseg", "roi", "probseg"])
_DESCRIBING = frozenset(["space", "desc", "label", "res", "den", "hemi", "seg", "atlas"])


@dataclass(frozen=True)
class BidsName:
    """One file.

    Args:
        file: reference.
        entities: key to value, with "sub", and "ses" where there is one.
        suffix: last word ("T1w").
        datatype: folder that it lies in ("anat"), "" directly in the subject's folder.
        derivative: pipeline's folder below "derivatives", "" for raw data.
    """

    file: str
    entities: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""
    datatype: str = ""
    derivative: str = ""

    @property
    def is_mask(self) -> bool:
        """Whether its suffix says so."""
        return self.suffix in MASK_SUFFIXES

    @property
    def about(self) -> dict[str, str]:
        """The entities that name a scan, without those that say what was made of it."""
        return {key: value for key, value in self.entities.items() if key not in _DESCRIBING}

    @property
    def case(self) -> str:
        """``"sub-01/ses-2"``, or ``"sub-01"`` without sessions."""
        session = self.entities.get("ses")
        return f"sub-{self.entities['sub']}" + (f"/ses-{session}" if session else "")


def parse_name(file: str) -> BidsName | None:
    """What a reference says; None where it is not the name of a subject's file."""
    folders = file.split("/")[:-1]
    *words, suffix = without_ending(file).rsplit("/", 1)[-1].split("_")
    matches = [_ENTITY.fullmatch(word) for word in words]
    entities = {match[1]: match[2] for match in matches if match}
    if "sub" not in entities or not all(matches) or "-" in suffix:
        return None
    derivative = folders[1] if len(folders) > 1 and folders[0] == "derivatives" else ""
    datatype = folders[-1] if folders and "-" not in folders[-1] else ""
    return BidsName(file, entities, suffix, datatype, derivative)

"""How files are de-identified; goes to the worker processes as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from thirdeye.dicom.deidentify.profile import CLEAN_PIXELS, Profile

Look = Literal["search", "suspect", "trust"]


@dataclass(frozen=True)
class Settings:
    """Of one run.

    Args:
        destination: folder of what may be passed on.
        quarantine: folder of what a person has to look at.
        profile: of the attributes.
        key: 32 secret bytes.
        look: at pixels: "search" them for text; "suspect" without a search every kind of image in which text
            is common; "trust" them, because the user has looked.
    """

    destination: Path
    quarantine: Path
    profile: Profile
    key: bytes = field(repr=False)
    look: Look = "search"

    @property
    def searches_everything(self) -> bool:
        """Whether images without a particular risk are searched too."""
        return self.profile.has(CLEAN_PIXELS)

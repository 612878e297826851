"""What the report of a trial is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.intake.collection import Collection
from thirdeye.intake.examine import Examination
from thirdeye.report.trial.identity import numbered_patients
from thirdeye.report.trial.look import Look


@dataclass(frozen=True)
class Trial:
    """A dataset that was put on trial.

    Args:
        collection, examination: as the check left them.
        name: what the data are called, for the title; no path.
        look: loads the picture of a reference, (H, W) or (H, W, 3); None where it cannot be read.
        version: of Third Eye, for the imprint.
    """

    collection: Collection
    examination: Examination
    name: str
    look: Look
    version: str = ""

    @property
    def facts(self) -> pd.DataFrame:
        """One row per image."""
        return self.examination.facts

    @cached_property
    def readable(self) -> pd.DataFrame:
        """Facts of what could be read."""
        return self.facts[self.facts["error"] == ""]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row per image, indexed by its reference."""
        return self.collection.rows.drop_duplicates("image").set_index("image", drop=False)

    @cached_property
    def picture_of(self) -> Mapping[str, str]:
        """Whatever a finding may accuse (image, mask, case) to the image that shows it."""
        rows = self.collection.rows
        cases = dict(zip(rows["case"][::-1], rows["image"][::-1], strict=True))
        masks = self.collection.masks
        of_masks = dict(zip(masks["mask"], masks["image"], strict=True))
        return {**cases, **of_masks, **{image: image for image in self.facts.index}}

    @cached_property
    def patients(self) -> dict[str, str]:
        """Patient to what the page calls it."""
        return numbered_patients(self.collection)

    def column(self, *names: str) -> pd.Series | None:
        """The first of these columns that says anything, from the rows or the facts; one value per image."""
        for name in names:
            for frame in (self.rows, self.readable):
                if name in frame and _says_something(frame[name]):
                    return frame[name]
        return None


def _says_something(values: pd.Series) -> bool:
    return bool((values.map(_text) != "").any())


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and np.isnan(value)) else str(value)


def said(values: pd.Series) -> pd.Series:
    """Values as text; "" where there is none."""
    return values.map(_text)

"""Known reader studies beside the checkout."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from thirdeye.evaluation.readers.marks import Marks, marks_of
from thirdeye.evaluation.readers.readings import Readings, readings_from_columns


class Studies:
    """expected.json of reader studies, with its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mrmc"
        cases = json.loads((self.folder / "expected.json").read_text())["cases"]
        self.cases = {case["id"]: case for case in cases}

    def __getitem__(self, case_id: str) -> dict:
        return self.cases[case_id]

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open() as stream:
            return list(csv.DictReader(stream))

    def readings(self, name: str, case_column: str = "case") -> Readings:
        rows = self._rows(name)
        return readings_from_columns(
            test=[row["treatment"] for row in rows],
            reader=[row["reader"] for row in rows],
            case=[row[case_column] for row in rows],
            truth=[int(row["truth"]) for row in rows],
            rating=[float(row["rating"]) for row in rows],
        )

    def marks(self, start: str) -> list[list[Marks]]:
        """[test][reader], both in numeric order."""
        truth, rows = self._rows(f"{start}_truth.csv"), self._rows(f"{start}_marks.csv")
        position = {name: at for at, name in enumerate(dict.fromkeys(row["case"] for row in truth))}
        lesions: list[list[str]] = [[] for _ in position]
        weights: list[list[float]] = [[] for _ in position]
        for row in truth:
            if row["truth"] == "1":
                lesions[position[row["case"]]].append(row["lesion"])
                weights[position[row["case"]]].append(float(row["weight"]))
        names = {key: sorted({row[key] for row in rows}, key=_number) for key in ("treatment", "reader")}
        return [
            [_marks(rows, test, reader, position, lesions, weights) for reader in names["reader"]]
            for test in names["treatment"]
        ]


def _number(text: str) -> tuple[int, str]:
    digits = "".join(letter for letter in text if letter.isdigit())
    return int(digits or 0), text


def _marks(rows, test, reader, position, lesions, weights) -> Marks:
    own = [row for row in rows if (row["treatment"], row["reader"]) == (test, reader)]
    return marks_of(
        [len(names) for names in lesions],
        weights,
        case=[position[row["case"]] for row in own],
        lesion=[
            None if row["mark"] == "NL" else lesions[position[row["case"]]].index(row["lesion"])
            for row in own
        ],
        rating=[float(row["rating"]) for row in own],
    )


@pytest.fixture(scope="session")
def studies(shared_reference: Path) -> Studies:
    return Studies(shared_reference)


@pytest.fixture
def made() -> Readings:
    """Two tests, three readers, 12 + 14 cases; the second test is better."""
    rng = np.random.default_rng(5)
    truth = np.array([1] * 12 + [0] * 14)
    signal = rng.normal(0, 1, (1, 1, 26)) + truth * np.array([0.6, 1.4])[:, None, None]
    ratings = np.round(signal + rng.normal(0, 0.7, (2, 3, 26)), 1)
    test, reader, case = np.indices(ratings.shape)
    return readings_from_columns(
        test=np.array(["film", "digital"])[test.ravel()],
        reader=np.array(["ann", "bob", "cy"])[reader.ravel()],
        case=case.ravel().astype(str),
        truth=truth[case.ravel()],
        rating=ratings.ravel(),
    )

"""Past cases as they are kept in ``model/``: vectors in one file, what they are in another; no pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.hashed import verified, verified_file
from thirdeye.inference.similar.lists import Lists, read_lists

TRAINING = "training"
NOTHING = "none of the labels"  # of a case that was looked at and has no label, where there may be several
Group = tuple[int, ...]


@dataclass(frozen=True)
class PastCase:
    """One image of a gallery.

    Args:
        case, image: its name and its file, relative to the data.
        label: what it was; "" where nobody knows.
        patient: mark of the patient (`thirdeye.inference.similar.patients`); "" where unknown.
    """

    case: str
    image: str
    label: str
    patient: str


@dataclass(frozen=True)
class Gallery:
    """Past cases of one origin, those seen through the same members next to each other.

    Args:
        name: "training", or of an archive.
        vectors: (n, D) float32 unit vectors, padded with zeros; may lie on disk.
        pictures: (n, P) float32 unit vectors of the small pictures; may lie on disk.
        groups: members and number of rows of each run of rows that were seen through the same members.
        cases: (n,) what the rows are.
        place: where the images lie, relative to the study; None where nobody said.
        lists: of each group, which rows to look at, or None; empty: nobody made any.
    """

    name: str
    vectors: NDArray[np.floating]
    pictures: NDArray[np.floating]
    groups: tuple[tuple[Group, int], ...]
    cases: tuple[PastCase, ...]
    place: str | None = None
    lists: tuple[Lists | None, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Everything but the vectors."""
        return {
            "name": self.name,
            "groups": [{"members": list(members), "n": count} for members, count in self.groups],
            "cases": [[one.case, one.image, one.label, one.patient] for one in self.cases],
        }


def write_gallery(study: Study, gallery: Gallery) -> dict[str, Any]:
    """Write the files; the entry for ``model.json``."""
    base = f"similar_{gallery.name}"
    study.write_text(f"model/{base}.json", json.dumps(gallery.as_json()))
    for name, rows in ((base, gallery.vectors), (f"{base}_pictures", gallery.pictures)):
        with study.writing(f"model/{name}.npy") as path, path.open("wb") as stream:
            np.save(stream, np.ascontiguousarray(rows), allow_pickle=False)
    files = {"vectors": f"{base}.npy", "pictures": f"{base}_pictures.npy", "cases": f"{base}.json"}
    hashed = {kind: {"file": file, "sha256": study.sha256(f"model/{file}")} for kind, file in files.items()}
    return {"name": gallery.name, "n": len(gallery.cases), "place": gallery.place, **hashed}


def read_gallery(study: Study, entry: Mapping[str, Any]) -> Gallery:
    """The gallery of an entry of ``model.json``; its vectors stay on disk until they are needed.

    Raises:
        StudyMismatch: a file is missing, damaged, or was changed after it was written.
    """
    content = verified(study, entry["cases"])
    try:
        form = json.loads(content)
        cases = tuple(PastCase(*map(str, row)) for row in form["cases"])
        groups = tuple((tuple(map(int, one["members"])), int(one["n"])) for one in form["groups"])
        vectors, pictures = (_mapped(study, entry[kind]) for kind in ("vectors", "pictures"))
    except (ValueError, TypeError, KeyError) as error:
        raise StudyMismatch(
            f"the similar cases '{entry.get('name')}' are damaged ({error}); train again"
        ) from error
    if not len(vectors) == len(pictures) == len(cases) == sum(count for _, count in groups):
        raise StudyMismatch(f"the similar cases '{entry.get('name')}' are damaged: files of unequal length")
    place, listed = entry.get("place"), entry.get("lists")
    return Gallery(
        str(entry["name"]), vectors, pictures, groups, cases, None if place is None else str(place),
        read_lists(study, listed, [count for _, count in groups], vectors.shape[1]) if listed else (),
    )  # fmt: skip


def _mapped(study: Study, named: Mapping[str, Any]) -> NDArray[np.floating]:
    path = verified_file(study, named)
    vectors: NDArray[np.floating] = open_memmap(path, mode="r")
    if vectors.ndim != 2 or vectors.dtype.kind != "f":
        raise StudyMismatch(
            f"model/{path.name} holds {vectors.dtype} {vectors.shape}, not a table of vectors"
        )
    return vectors


def gallery_of(
    name: str,
    parts: Sequence[tuple[Group, NDArray[np.floating], NDArray[np.floating], Sequence[PastCase]]],
    *,
    place: str | None,
) -> Gallery:
    """A gallery from its groups: members, vectors (n, d) of any width, pictures and cases."""
    width = max(vectors.shape[1] for _, vectors, _, _ in parts)
    padded = [np.pad(vectors, ((0, 0), (0, width - vectors.shape[1]))) for _, vectors, _, _ in parts]
    return Gallery(
        name, np.concatenate(padded).astype(np.float32),
        np.concatenate([pictures for _, _, pictures, _ in parts]).astype(np.float32),
        tuple((members, len(cases)) for members, _, _, cases in parts),
        tuple(one for *_, cases in parts for one in cases), place,
    )  # fmt: skip

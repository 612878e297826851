"""Archives: past cases beyond those that a reader was developed on, added to what is searched."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, StudyMismatch, UnreadableFile, UsageError
from thirdeye.inference.assemble import pass_over
from thirdeye.inference.engine import Engine
from thirdeye.inference.hashed import verified
from thirdeye.inference.manifest import MANIFEST_FILE, Manifest, read_manifest
from thirdeye.inference.similar.gallery import TRAINING, PastCase, gallery_of, write_gallery
from thirdeye.inference.similar.kept import NAME, read_measures
from thirdeye.inference.similar.lists import BEYOND, Beyond
from thirdeye.inference.similar.patients import digest
from thirdeye.inference.similar.pictures import small_pictures
from thirdeye.inference.similar.words import how_searched
from thirdeye.intake.files import find_files
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load_image
from thirdeye.intake.unpack import opened
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.options import DataOptions
from thirdeye.journey.similar.listing import with_lists
from thirdeye.training.event import Event, Listener, silent
from thirdeye.transform.prepare import arguments_of, prepare

ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")
BATCH = 64
Named = tuple[str, PastCase]  # where the image lies, and what is kept of it
NO_CASES = "the reader of this study keeps no similar cases; thirdeye similar index STUDY makes them"


@dataclass(frozen=True)
class Added:
    """What was added.

    Args:
        name: of the archive.
        n: images.
        n_labelled: of them, with a label.
        unreadable: images that were left out because they cannot be read.
        unnamed: images whose file is not named because the name holds the patient's.
        searched: how past cases are searched now, in a sentence.
    """

    name: str
    n: int
    n_labelled: int
    unreadable: int
    unnamed: int
    searched: str

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return dict(vars(self))


def add_archive(
    study: str | Path,
    data: str | Path,
    *,
    name: str | None = None,
    labelled: bool = True,
    tell: Listener = silent,
    beyond: Beyond = BEYOND,
    **options: Unpack[DataOptions],
) -> Added:
    """Add the images of `data` to the past cases of a study; an archive of the same name is replaced.

    Of persons nothing is kept but a hash of the patient, to leave out a patient's own cases. A file whose
    path holds the patient's identifier is kept without its path.

    Args:
        study: with a trained reader.
        data: folder, table or archive, opened as `thirdeye check` does.
        name: of the archive; None: that of `data`.
        labelled: False: only images, with no labels.
        tell: hears how it goes.
        beyond: from how many past cases on they are put into lists, where faiss is installed.
        options: what can be said about the data, see `thirdeye.journey.options.DataOptions`.

    Raises:
        UsageError: the name cannot be used.
        DataRefused: there is no image that can be read.
        StudyMismatch: the reader keeps no similar cases, or a file was changed.
    """
    place, where = Study(Path(study)), Path(data)
    name = name or where.stem
    if not ALLOWED.fullmatch(name) or name == TRAINING:
        raise UsageError(
            f"an archive cannot be called '{name}'; use letters, digits, dots and dashes: --name"
        )
    ledger = Ledger(place)
    ledger.verify("train")
    manifest = read_manifest(place)
    kept = _kept(manifest)
    root, cases = _labelled(where, options) if labelled else _plain(where)
    rows = _seen(place, manifest, kept, root, cases, tell)
    if not rows.cases:
        raise DataRefused(f"no image of '{where.name}' can be read; nothing was added")
    group = tuple(kept["archived_through"])
    measure, of_pictures = read_measures(place, kept["measure"])
    gallery = gallery_of(
        name,
        [
            (
                group,
                measure.vectors(rows.features, group),
                of_pictures.vectors(rows.pictures, (0,)),
                rows.cases,
            )
        ],
        place=os.path.relpath(root.resolve(), place.folder.resolve()),
    )
    others = [one for one in kept["galleries"] if one["name"] != name]
    together = kept | {"galleries": [*others, write_gallery(place, gallery)]}
    kept = with_lists(place, together, beyond=beyond)
    _rewrite(ledger, kept)
    return Added(
        name, len(rows.cases), sum(one.label != "" for one in rows.cases), len(cases) - len(rows.cases),
        sum(one.image == "" for one in rows.cases), how_searched(kept),
    )  # fmt: skip


def remove_archive(study: str | Path, name: str) -> None:
    """Take an archive out again, files and all.

    Raises:
        UsageError: there is none of this name.
    """
    place = Study(Path(study))
    kept = _kept(read_manifest(place))
    gone = [one for one in kept["galleries"] if one["name"] == name and name != TRAINING]
    if not gone:
        known = ", ".join(one["name"] for one in kept["galleries"] if one["name"] != TRAINING) or "none"
        raise UsageError(f"the study has no archive '{name}'; it has: {known}")
    _rewrite(Ledger(place), kept | {"galleries": [one for one in kept["galleries"] if one["name"] != name]})
    for kind in ("vectors", "pictures", "cases", "lists"):
        if kind in gone[0]:
            place.path(f"model/{Path(gone[0][kind]['file']).name}").unlink(missing_ok=True)


def search_of(study: str | Path) -> str:
    """How past cases are searched, in a sentence."""
    return how_searched(_kept(read_manifest(Study(Path(study)))))


def archives_of(study: str | Path) -> list[dict[str, Any]]:
    """Name and number of images of everything that is searched."""
    kept = _kept(read_manifest(Study(Path(study))))
    return [{"name": one["name"], "n": one["n"]} for one in kept["galleries"]]


@dataclass(frozen=True)
class _Rows:
    cases: list[PastCase]
    features: NDArray[np.float32]
    pictures: NDArray[np.float32]


def _kept(manifest: Manifest) -> dict[str, Any]:
    kept = manifest.trust.get(NAME)
    if not kept:
        raise StudyMismatch(NO_CASES)
    return dict(kept)


def _rewrite(ledger: Ledger, kept: Mapping[str, Any]) -> None:
    form = ledger.study.read_json(MANIFEST_FILE)
    ledger.rewrite_json("train", MANIFEST_FILE, form | {"trust": {**form["trust"], NAME: dict(kept)}})


def _labelled(data: Path, options: DataOptions) -> tuple[Path, list[Named]]:
    collection = open_collection(data, **options)
    known = collection.group != "image"
    rows = collection.rows.drop_duplicates("image")
    columns = (rows[column].astype(str) for column in ("case", "image", "label", "patient"))
    return collection.root, [
        (image, _nameless(case, image, label, patient if known else ""))
        for case, image, label, patient in zip(*columns, strict=True)
    ]


def _plain(data: Path) -> tuple[Path, list[Named]]:
    root = opened(data).resolve()
    images = [str(image) for image in find_files(root).images]
    return root, [(image, PastCase(image, image, "", "")) for image in images]


def _nameless(case: str, image: str, label: str, patient: str) -> PastCase:
    """Without the path where it holds the patient's identifier as a word of its own."""
    mark = digest(patient)
    word = re.compile(rf"(?<![0-9A-Za-z]){re.escape(patient)}(?![0-9A-Za-z])", re.IGNORECASE)
    if patient and patient != image and (word.search(image) or word.search(case)):
        return PastCase(f"{mark[:8]}-{digest(image)[:8]}", "", label, mark)
    return PastCase(case, image, label, mark)


def _seen(
    place: Study, manifest: Manifest, kept: Mapping[str, Any], root: Path, cases: Sequence[Named],
    tell: Listener,
) -> _Rows:  # fmt: skip
    engine = Engine(verified(place, manifest.onnx), threads=usable_cores())
    found: list[PastCase] = []
    features, pictures = [], []
    for start in range(0, len(cases), BATCH):
        batch, squares = _prepared(manifest, root, cases[start : start + BATCH])
        if batch:
            found += batch
            features.append(pass_over(engine, squares, np.arange(len(squares))).features)
            pictures.append(small_pictures(squares))
        tell(Event("progress", "archived images read", min(1.0, (start + BATCH) / len(cases))))
    if not found:
        return _Rows([], np.empty((0, 0), np.float32), np.empty((0, 0), np.float32))
    return _Rows(found, np.concatenate(features), np.concatenate(pictures))


def _prepared(
    manifest: Manifest, root: Path, cases: Sequence[Named]
) -> tuple[list[PastCase], NDArray[np.uint8]]:
    """Those that can be read, and their prepared images."""
    wanted = arguments_of(manifest.input)
    kept, squares = [], []
    for image, one in cases:
        try:
            squares.append(prepare(load_image(root, image), **wanted))
            kept.append(one)
        except UnreadableFile:
            continue
    return kept, np.stack(squares) if squares else np.empty((0, 1, 1, 3), np.uint8)

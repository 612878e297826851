"""A signed case as DICOM objects: report with the doctor's decision beside the opinion, picture, document."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture
from sqlalchemy import Connection, select

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.case.opinion import RESEARCH_USE, Opinion
from thirdeye.dicom.write.decision import Choice, Decision
from thirdeye.dicom.write.results import KINDS, result_objects
from thirdeye.dicom.write.segmentation import Mask, masks_of_labels, masks_of_volume
from thirdeye.inference.named import named
from thirdeye.intake.formats.nifti import read as read_nifti
from thirdeye.reading_room.opinions.names import MARKED, PLAIN
from thirdeye.reading_room.room import moment
from thirdeye.reading_room.sending.typed import opinion_of, without_opinion
from thirdeye.reading_room.store.tables import (
    CASE,
    DECISION,
    IMAGE,
    OPINION,
    PERSON,
    READING,
    REVEAL,
    SHOWN,
    SIGNATURE,
    STUDY,
)
from thirdeye.reading_room.telling.named import names_kept
from thirdeye.reading_room.workflow.reveal import saw_first
from thirdeye.report.opinion_sheet import opinion_pdf, opinion_picture

_CHOICES: dict[str, Choice] = {"keep": "keep", "change": "change", "contest": "contest", "alone": "keep"}
_IMAGE = re.compile(r"image (\d{1,9})", re.ASCII)


@dataclass(frozen=True)
class Signed:
    """What is written of a signed case.

    Args:
        sources: file of the image that the result is about, or the slices of its volume.
        task: of the study.
        form: of the opinion that was shown; None: none was.
        decision: of the doctor.
        sentences: of the statement that was signed.
        picture: the image as the reader saw it, with what was marked, as a PNG file; None: there is none.
        labels: number of the structure in each pixel (PNG) or voxel (NIfTI); None: no structures were marked.
        names: of the classes.
    """

    sources: Sequence[Path]
    task: str
    form: Any
    decision: Decision
    sentences: Sequence[str] = field(default_factory=tuple)
    picture: Path | None = None
    labels: Path | None = None
    names: ClassNames = UNNAMED


def signed_case(connection: Connection, case: str, images: Path) -> Signed:
    """What is written of a case.

    Args:
        case: signed.
        images: folder of the room's images.
    """
    row = connection.execute(
        select(
            SIGNATURE,
            CASE.c.study_id,
            STUDY.c.task,
            STUDY.c.positive,
            STUDY.c.names,
            PERSON.c.shown,
            SHOWN.c.content,
        )
        .join(CASE, CASE.c.id == SIGNATURE.c.case_id)
        .join(STUDY, STUDY.c.id == CASE.c.study_id)
        .join(PERSON, PERSON.c.id == SIGNATURE.c.person_id)
        .join(SHOWN, (SHOWN.c.case_id == case) & (SHOWN.c.sha256 == SIGNATURE.c.statement_sha256))
        .where(SIGNATURE.c.case_id == case)
    ).one()
    opinion = connection.execute(select(OPINION).where(OPINION.c.case_id == case)).one()
    shown = row.model_sha256 is not None
    pictures = (opinion.pictures or {}) if shown else {}
    seen = pictures.get(MARKED) or pictures.get(PLAIN)
    labels = _labels(opinion.form) if shown else None
    return Signed(
        sources=[images / name for name in _sources(connection, case, opinion.form if shown else None)],
        task=row.task,
        form=opinion.form if shown else None,
        decision=_decision(connection, case, row),
        sentences=(row.content["result"], *row.content["sentences"], row.content["notice"]),
        picture=None if seen is None else images / seen,
        labels=None if labels is None else images / labels,
        names=names_kept(row.names),
    )


def _sources(connection: Connection, case: str, form: Any) -> list[str]:
    """The files of the image that an opinion is about; of a volume all its slices."""
    rows = connection.execute(select(IMAGE).where(IMAGE.c.case_id == case).order_by(IMAGE.c.position)).all()
    named = _IMAGE.fullmatch(str((form or {}).get("source")))
    place = int(named[1]) if named else 1
    if not 1 <= place <= len(rows):
        return []
    chosen = rows[place - 1]
    series = chosen.facts.get("series")
    if "slice" not in chosen.facts or series is None:
        return [str(chosen.file)]
    return [str(row.file) for row in rows if "slice" in row.facts and row.facts.get("series") == series]


def _labels(form: Any) -> str | None:
    """The file with the map of structures, among the files of an opinion."""
    found = (file for name, file in form.get("files", {}).items() if "_labels." in name)
    return next(found, None)


def _decision(connection: Connection, case: str, row: Any) -> Decision:
    mine = (DECISION.c.case_id == case, DECISION.c.person_id == row.person_id)
    made = connection.execute(select(DECISION).where(*mine)).one()
    read = connection.execute(
        select(READING).where(
            READING.c.case_id == case, READING.c.person_id == row.person_id, READING.c.part == made.part
        )
    ).one()
    say, asked = names_kept(row.names).of, row.positive
    shown = connection.execute(
        select(REVEAL).where(REVEAL.c.case_id == case, REVEAL.c.person_id == row.person_id)
    ).first()
    return Decision(
        reader=_person_name(row.shown),
        choice=_CHOICES[made.choice],
        first={} if saw_first(shown, read) else _values(asked or read.answer, read.probability, say),
        final=_values(asked or row.answer, row.probability, say),
        answer=say(row.answer or ""),
        reason=made.reason,
        signed=True,
        at=moment(row.at),
    )


def _person_name(shown: str) -> str:
    """A name as DICOM holds one (PS3.5 6.2): its parts are parted by ^; a single part ends with it."""
    plain = re.sub(r"[\\\\^=]", " ", shown).strip()
    return f"{plain or 'Reader'}^"


def _values(name: str | None, probability: float, say: Callable[[str], str]) -> dict[str, float]:
    return {} if name is None else {say(name): probability}


def dicom_of(signed: Signed) -> dict[str, bytes]:
    """The DICOM files of a signed case, by their kind ("segmentation", "report", "picture", "document").

    Where no opinion was shown there is the report alone: picture and document show what a machine said.

    Raises:
        DataRefused: the image has no valid UIDs.
        UnreadableFile: it is no DICOM file.
        MissingExtra: highdicom is not installed.
    """
    opinion = without_opinion(signed.task) if signed.form is None else opinion_of(signed.form)
    opinion = named(opinion, signed.names)
    files = [one for source in signed.sources for one in _files(source)]
    picture, document = _sheets(signed, opinion)
    made = result_objects(
        files, opinion, decision=signed.decision, wording=signed.sentences,
        masks=_masks(signed, files, opinion.looked_for), picture_png=picture, pdf=document,
        classes=signed.names.classes(), now=signed.decision.at,
    )  # fmt: skip
    return {KINDS.get(str(one.Modality), str(one.Modality).lower()): _bytes(one) for one in made}


def _files(source: Path) -> list[Path]:
    return sorted(source.iterdir()) if source.is_dir() else [source]


def _sheets(signed: Signed, opinion: Opinion) -> tuple[bytes | None, bytes | None]:
    """Picture and document of what was said and decided; neither where no opinion was shown."""
    if signed.form is None:
        return None, None
    seen = None if signed.picture is None else signed.picture.read_bytes()
    decided = [one for one in signed.sentences if one != RESEARCH_USE]
    return opinion_picture(opinion, seen, decision=decided), opinion_pdf(opinion, seen, decision=decided)


def _masks(signed: Signed, files: Sequence[Path], names: Sequence[str]) -> Sequence[Mask] | None:
    if signed.labels is None:
        return None
    if signed.labels.suffix == ".png":
        with Picture.open(signed.labels) as picture:
            return masks_of_labels(np.asarray(picture), names)
    volume = read_nifti(signed.labels, "labels", "")
    return masks_of_volume(volume.voxels.astype(np.uint8), volume.geometry.affine, names, files)


def _bytes(dataset: Any) -> bytes:
    written = io.BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()

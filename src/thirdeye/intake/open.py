"""From DATA to a collection: recognise the layout, read it, and say back what was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import thirdeye.intake.layouts  # noqa: F401 - enters the layouts into the registry
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.case_label_read import labelled_with_masks, told_of_both, with_case_label
from thirdeye.intake.clinical import join_clinical
from thirdeye.intake.collection import Collection
from thirdeye.intake.consented import leave_out
from thirdeye.intake.files import find_files
from thirdeye.intake.formats.format import FORMATS, HEAD_BYTES
from thirdeye.intake.layouts.layout import LAYOUTS, Layout
from thirdeye.intake.mask_attach import attach_masks
from thirdeye.intake.measurements import measurements_of
from thirdeye.intake.multi_view import name_views
from thirdeye.intake.options import Options
from thirdeye.intake.patients import name_patients
from thirdeye.intake.prevalence import read_prevalence
from thirdeye.intake.reading import Reading
from thirdeye.intake.structure_names import name_structures
from thirdeye.intake.tasks import Decision, decide
from thirdeye.intake.unpack import SUFFIXES, is_packed, unpacked
from thirdeye.intake.words import counted, shown_name


def open_collection(
    data: Path,
    *,
    layout: str | None = None,
    task: str | None = None,
    positive: str | None = None,
    patient: str | None = None,
    patient_is_image: bool = False,
    image_column: str | None = None,
    label_column: str | None = None,
    split_column: str | None = None,
    site_column: str | None = None,
    order: Sequence[str] | None = None,
    prevalence: str | float | None = None,
    consent: str | Path | None = None,
    scope: str | None = None,
    as_of: str | None = None,
    consent_key: str | Path | None = None,
    clinical: str | Path | None = None,
    structures: str | None = None,
    measurements: str | Path | None = None,
    merge: str | None = None,
    questions: str | None = None,
    labels_optional: bool = False,
) -> Collection:
    """Understand the labelled images under `data`.

    Args:
        data: a folder, a table, an ``.npz`` archive, or a zip or tar archive with one of these in it.
        layout, task, positive, patient, patient_is_image, image_column, label_column, split_column,
            site_column, order, prevalence, consent, scope, as_of, consent_key, clinical, structures,
            measurements, merge, questions: see `thirdeye.intake.options.Options`.

    Raises:
        UsageError: `data` does not exist, or an option does not fit it.
        DataRefused: no labelled images are found, or something that only the user can know is missing.
    """
    options = Options(
        layout=layout,
        task=task,
        positive=positive,
        patient=patient,
        patient_is_image=patient_is_image,
        image_column=image_column,
        label_column=label_column,
        split_column=split_column,
        site_column=site_column,
        order=order,
        prevalence=prevalence,
        consent=consent,
        scope=scope,
        as_of=as_of,
        consent_key=consent_key,
        clinical=clinical,
        structures=structures,
        measurements=measurements,
        merge=merge,
        questions=questions,
        labels_optional=labels_optional,
    )
    return _collected(data, options)


def _collected(data: Path, options: Options) -> Collection:
    """Read the layout, join what lies beside it, and decide what is to be told."""
    if not data.exists():
        raise UsageError(f"there is no file or folder '{shown_name(str(data))}'")
    data, packed = unpacked(data) if is_packed(data) else (data, ())
    both = labelled_with_masks(data, options)
    name, chosen = both[:2] if both else _choose(data, options)
    found = both[2] if both else chosen.read(data, options)
    reading = name_patients(name_views(found), options)
    reading = name_structures(attach_masks(reading), options.structures)
    reading, excluded = leave_out(join_clinical(reading, data, options), options)
    reading, case_label, beside = (
        with_case_label(reading, options) if options.task == "segmentation" else (reading, None, ())
    )
    decision = decide(reading, options)
    measured, told = measurements_of(reading, decision.task, data, options)
    understood = (
        *packed,
        f"Layout: {chosen.title}.",
        *reading.sentences,
        *decision.sentences,
        *beside,
        *told_of_both(reading, decision.task, options),
        *told,
    )
    return replace(
        _collection(name, reading, decision, options),
        understood=understood,
        measurements=measured,
        case_label=case_label,
        excluded=excluded,
    )


def _collection(layout: str, reading: Reading, decision: Decision, options: Options) -> Collection:
    """What a layout, the decision about its labels and the user's words say of the data."""
    rows, grouped = reading.rows.assign(label=list(decision.labels)), reading.patient_origin != "none"
    return Collection(
        root=reading.root,
        layout=layout,
        rows=rows,
        task=decision.task,
        classes=decision.classes,
        positive=decision.positive,
        patient_known=grouped and bool((rows["patient"] != "").all()),
        understood=(),
        group=reading.group if grouped else "image",
        patient_origin=reading.patient_origin,
        split_origin=reading.split_origin,
        positive_is_certain=decision.positive_is_certain,
        leftovers={kind: names for kind, names in reading.leftovers.items() if names},
        masks=reading.masks,
        mask_values=reading.mask_values,
        structures_said=options.structures is not None,
        regions=reading.regions,
        readings=reading.readings,
        consent_checked=options.consent is not None,
        prevalence=read_prevalence(options.prevalence, decision.classes, decision.positive),
    )


def _choose(data: Path, options: Options) -> tuple[str, Layout]:
    if options.layout is not None:
        return options.layout, LAYOUTS.get(options.layout)
    for name, candidate in LAYOUTS:
        if candidate.recognise(data, options):
            return name, candidate
    raise DataRefused(_why_not(data))


def _why_not(data: Path) -> str:
    """One sentence for data in which no layout was recognised."""
    name = shown_name(data.name or str(data))
    if data.is_file():
        with data.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if any(known.recognise(head, data.name.lower()) for _, known in FORMATS):
            return (
                f"'{name}' is one image; name the folder that holds it and the others "
                "(to read one image, use: thirdeye read)"
            )
        return (
            f"'{name}' is neither a folder, nor a table (CSV, TSV, Excel, Parquet), nor an archive of "
            "either (.zip, .tar.gz), nor a MedMNIST archive (.npz)"
        )
    found = find_files(data)
    if found.images:
        return (
            f"'{name}' holds {counted(len(found.images), 'image')} but no labels: put the images of each "
            "class into a folder of its own, or add a table with the columns image, label and patient"
        )
    if not found.others:
        return f"the folder '{name}' is empty; expected a folder of images per class, or a table naming them"
    packed = sum(file.lower().endswith(SUFFIXES) for file in found.others)
    advice = f"; {counted(packed, 'archive')} among them: name one as DATA" if packed else ""
    return (
        f"the folder '{name}' holds {counted(len(found.others), 'file')} but no image that is read here "
        f"(PNG, JPEG, TIFF, BMP, DICOM, NIfTI and others){advice}"
    )

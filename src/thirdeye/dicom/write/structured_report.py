"""The machine's opinion, and the doctor's decision beside it, as a structured report (PS3.16 TID 1500)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from thirdeye.case.opinion import RESEARCH_USE, Opinion
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.write.concepts import IMAGING, SCHEME, SCHEME_NAME, concept
from thirdeye.dicom.write.decision import Decision
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.object import Maker, finish
from thirdeye.dicom.write.report_groups import decision_groups, machine_groups
from thirdeye.dicom.write.report_items import FEATURE, Scene, comment
from thirdeye.dicom.write.source import headers_of
from thirdeye.dicom.write.words import safe_value

COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"


def structured_report(
    source: Any,
    opinion: Opinion,
    *,
    decision: Decision | None = None,
    segmentation: Any | None = None,
    wording: Sequence[str] = (),
    classes: Mapping[str, str] = MappingProxyType({}),
    series_number: int = 9002,
    now: datetime | None = None,
) -> Any:
    """A final, complete report: a group for each class with its probability in per cent, and for each mark.

    Args:
        source: what the opinion is about, see `thirdeye.dicom.write.source.headers_of`.
        opinion: of the machine.
        decision: of the doctor, put beside it.
        segmentation: of the masks, to which regions then refer.
        wording: sentences of the opinion as a person reads them, kept as comments.
        classes: name of a class to the class, whose code stays when its name changes.
        series_number: of its new series.
        now: time of writing.

    Raises:
        DataRefused: the source has no valid UIDs.
        MissingExtra: without highdicom.
    """
    sr = from_pacs("highdicom.sr", FEATURE)
    uid = from_pacs("highdicom", FEATURE).UID
    headers = headers_of(source)
    maker = Maker.of(opinion.model)
    frame = 1 if int(headers[0].get("NumberOfFrames") or 1) > 1 else None
    scene = Scene(headers[0], maker, segmentation, frame, classes)
    groups = [
        *machine_groups(opinion, scene),
        *([] if decision is None else decision_groups(decision, scene)),
    ]
    content = sr.MeasurementReport(
        observation_context=_context(sr, uid, maker, decision),
        procedure_reported=concept(IMAGING),
        imaging_measurements=groups,
    )
    said = [RESEARCH_USE, *wording, *opinion.warnings, *opinion.unvalidated]
    for sentence in dict.fromkeys(said):
        content[0].ContentSequence.append(comment(sentence))
    signed = decision is not None and decision.signed
    with quiet_decoders():
        made = sr.ComprehensiveSR(
            evidence=[*headers, *([] if segmentation is None else [segmentation])],
            content=content[0],
            series_instance_uid=uid(),
            series_number=series_number,
            sop_instance_uid=uid(),
            instance_number=1,
            manufacturer="Third Eye",
            is_complete=True,
            is_final=True,
            is_verified=signed,
            verifying_observer_name=safe_value(decision.reader) if signed and decision else None,
            verifying_organization=(safe_value(decision.organisation) or "not stated")
            if signed and decision
            else None,
        )
    finish(made, headers[0], maker, now=now)
    made.CodingSchemeIdentificationSequence = [_scheme()]
    return made


def _context(sr: Any, uid: Any, maker: Maker, decision: Decision | None) -> Any:
    device = sr.ObserverContext(
        observer_type=concept(("121007", "DCM", "Device")),
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(
            uid=uid(), name="Third Eye (research use only)", manufacturer_name="Third Eye",
            model_name=maker.model, serial_number=maker.sha256,
        ),
    )  # fmt: skip
    if decision is None:
        return sr.ObservationContext(observer_device_context=device)
    person = sr.ObserverContext(
        observer_type=concept(("121006", "DCM", "Person")),
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(
            name=safe_value(decision.reader) or "Reader",
            organization_name=safe_value(decision.organisation) or None,
        ),
    )
    return sr.ObservationContext(observer_person_context=person, observer_device_context=device)


def _scheme() -> Any:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodingSchemeDesignator = SCHEME
    item.CodingSchemeName = SCHEME_NAME
    item.CodingSchemeResponsibleOrganization = "Third Eye"
    return item

"""A document as an Encapsulated PDF (PS3.3 A.45.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thirdeye.dicom.write.object import Maker, new_object
from thirdeye.dicom.write.source import headers_of, reference_to
from thirdeye.errors import DataRefused

ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
MOST_BYTES = 256 * 1024**2


def encapsulated_pdf(
    source: Any,
    pdf: bytes,
    maker: Maker,
    *,
    title: str = "Second opinion (research use only)",
    names_patient: bool = False,
    series_number: int = 9004,
    now: datetime | None = None,
) -> Any:
    """A PDF as an object of the study it is about.

    Args:
        source: see `thirdeye.dicom.write.source.headers_of`.
        pdf: the file's bytes.
        maker: what made it.
        title: of the document.
        names_patient: whether its pages name the patient.
        series_number: of its new series.
        now: time of writing.

    Raises:
        DataRefused: it is no PDF, or larger than 256 MB.
    """
    if not pdf.startswith(b"%PDF-"):
        raise DataRefused("the document is no PDF (it does not begin with %PDF-); nothing else is filed")
    if len(pdf) > MOST_BYTES:
        raise DataRefused(f"the document holds {len(pdf):,} bytes; at most {MOST_BYTES:,} are filed")
    headers = headers_of(source)
    made = new_object(
        headers[0], maker, sop_class=ENCAPSULATED_PDF, modality="DOC", series_number=series_number, now=now
    )
    made.ConversionType = "WSD"
    made.AcquisitionDateTime = ""
    made.BurnedInAnnotation = "YES" if names_patient else "NO"
    made.DocumentTitle = title
    made.ConceptNameCodeSequence = [_imaging_report()]
    made.SourceInstanceSequence = [reference_to(header) for header in headers]
    made.VerificationFlag = "UNVERIFIED"
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    made.EncapsulatedDocumentLength = len(pdf)
    return made


def _imaging_report() -> Any:
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = "18748-4", "LN"
    code.CodeMeaning = "Diagnostic imaging report"
    return code

"""The document as an object."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.dicom.write.encapsulated_pdf import encapsulated_pdf
from thirdeye.dicom.write.object import Maker
from thirdeye.errors import DataRefused


@pytest.mark.parametrize("pdf", [b"%PDF-1.4\n%%EOF", b"%PDF-1.4\n%%EOF\n"])
def test_its_bytes_come_back(radiograph: Path, pdf: bytes, through_file: Callable[[Any], Any]) -> None:
    made = through_file(encapsulated_pdf(radiograph, pdf, Maker.of({})))
    assert made.EncapsulatedDocument[: made.EncapsulatedDocumentLength] == pdf
    assert made.MIMETypeOfEncapsulatedDocument == "application/pdf"


def test_nothing_but_a_pdf_is_filed(radiograph: Path) -> None:
    with pytest.raises(DataRefused, match="no PDF"):
        encapsulated_pdf(radiograph, b"<html>", Maker.of({}))

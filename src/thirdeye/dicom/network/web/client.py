"""An archive by DICOMweb: which studies it holds, fetching them, and sending to it.

No patient's number and no accession number is ever put into an address, where servers would log it: such a
search asks by day or study and compares here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from thirdeye.dicom.network.entity import Unreachable
from thirdeye.dicom.network.query import MOST_STUDIES, FoundStudy, Wanted, fits
from thirdeye.dicom.network.store import Sent
from thirdeye.dicom.network.web.address import Address, path_of
from thirdeye.dicom.network.web.http import Access, Answer, ask
from thirdeye.dicom.network.web.multipart import packed, parts_of
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.uids import is_uid
from thirdeye.dicom.write.words import safe_value
from thirdeye.errors import StageFailed, UsageError

_JSON = {"Accept": "application/dicom+json"}
_FILES = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
_BYTES = {"Accept": 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1'}
_PAGE = 500
_MOST_IMAGES = 100_000


class WebArchive:
    """A DICOMweb service.

    Args:
        address: of its root.
        access: who we are.
    """

    def __init__(self, address: Address, access: Access | None = None) -> None:
        self.address = address
        self.access = access or Access()

    def find_studies(self, wanted: Wanted) -> list[FoundStudy]:
        """Studies that fit (QIDO-RS).

        Raises:
            UsageError: neither a day nor a study is named.
            Unreachable, StageFailed: no answer, or one that cannot be used.
        """
        if not wanted.date and not wanted.study:
            raise UsageError(
                "over DICOMweb add --date: a patient's number or an accession number would stand in the "
                "address, and addresses are logged; with a day the comparison is made here"
            )
        asked = {
            "StudyInstanceUID": wanted.study, "StudyDate": wanted.date, "ModalitiesInStudy": wanted.modality,
        }  # fmt: skip
        rows = self._pages("/studies", {key: value for key, value in asked.items() if value}, MOST_STUDIES)
        found = [one for row in rows if (one := _study(row)) is not None]
        return [one for one in found if fits(one, wanted)]

    def instances(self, study_uid: str) -> list[tuple[str, str]]:
        """(series UID, image UID) of every image of a study (QIDO-RS).

        Raises:
            Unreachable, StageFailed: as `find_studies`.
        """
        rows = self._pages(f"/studies/{_checked(study_uid)}/instances", {}, _MOST_IMAGES)
        pairs = [(_text(row, "0020000E"), _text(row, "00080018")) for row in rows]
        return [pair for pair in pairs if all(map(is_uid, pair))]

    def fetch(self, study_uid: str, series_uid: str, image_uid: str) -> bytes:
        """A whole DICOM file (WADO-RS).

        Raises:
            Unreachable, StageFailed: as `find_studies`.
        """
        answer = self._get(_image_path(study_uid, series_uid, image_uid), _FILES)
        (part, *more) = parts_of(answer.body, answer.kind) or [b""]
        if more or part[128:132] != b"DICM":
            raise StageFailed("the archive's answer is not the one DICOM file that was asked for")
        return part

    def frame(self, study_uid: str, series_uid: str, image_uid: str, number: int) -> bytes:
        """Pixels of one frame, uncompressed (WADO-RS).

        Args:
            study_uid, series_uid, image_uid: of the image.
            number: of the frame, from 1.

        Raises:
            Unreachable, StageFailed: as `find_studies`.
        """
        answer = self._get(f"{_image_path(study_uid, series_uid, image_uid)}/frames/{int(number)}", _BYTES)
        return (parts_of(answer.body, answer.kind) or [b""])[0]

    def bulk(self, uri: str) -> bytes:
        """What a BulkDataURI leads to, where it leads to the archive itself.

        Raises:
            UsageError: it leads elsewhere; it is not followed.
            Unreachable, StageFailed: as `find_studies`.
        """
        path = path_of(self.address, uri).removeprefix(self.address.path)
        answer = self._get(path, _BYTES)
        return (parts_of(answer.body, answer.kind) or [b""])[0]

    def send_files(self, files: Sequence[Path]) -> Iterator[Sent]:
        """Send files (STOW-RS), one request each; what became of them, in their order."""
        for file in files:
            yield self._send(file)

    def _send(self, file: Path) -> Sent:
        from pydicom.filereader import read_file_meta_info

        try:
            with quiet_decoders():
                uid = str(read_file_meta_info(file).MediaStorageSOPInstanceUID)
            content = file.read_bytes()
        except Exception:  # whatever a damaged file makes pydicom raise
            return Sent(file, "refused", "is no DICOM file")
        body, kind = packed(content)
        try:
            path = f"{self.address.path}/studies"
            answer = ask(
                self.address, self.access, "POST", path, headers={**_JSON, "Content-Type": kind}, body=body
            )
        except StageFailed as error:
            return Sent(file, "failed", str(error))
        return _stored(file, uid, answer)

    def _pages(self, path: str, asked: dict[str, str], most: int) -> list[dict[str, Any]]:
        """All rows of an answer that comes in pages; a service that knows no pages gives all at once."""
        rows: dict[str, dict[str, Any]] = {}
        while True:
            question = urlencode({**asked, "limit": _PAGE, "offset": len(rows)})
            answer = self._get(f"{path}?{question}", _JSON)
            page = [] if answer.status == 204 else _rows(answer)
            before = len(rows)
            rows.update((_text(row, "00080018") or _text(row, "0020000D"), row) for row in page)
            if len(rows) > most:
                raise StageFailed(
                    f"more than {most:,} rows fit; ask for something narrower, such as a --date"
                )
            if len(rows) == before or len(page) < _PAGE:
                return list(rows.values())

    def _get(self, path: str, headers: dict[str, str]) -> Answer:
        answer = ask(self.address, self.access, "GET", f"{self.address.path}{path}", headers=headers)
        if answer.status in (401, 403):
            raise StageFailed(
                f"{self.address.name} does not let us in (status {answer.status}); check the account"
            )
        if answer.status >= 500:
            raise Unreachable(f"{self.address.name} has a fault of its own (status {answer.status})")
        if answer.status not in (200, 204, 206):
            raise StageFailed(
                f"{self.address.name} does not have what was asked for (status {answer.status})"
            )
        return answer


def _stored(file: Path, uid: str, answer: Answer) -> Sent:
    """What a service says of an instance that was sent: without a reference to it, it was not stored."""
    if answer.status in (401, 403, 408, 413, 429) or answer.status >= 500:
        return Sent(file, "failed", f"the archive did not take it (status {answer.status})")
    try:
        said = _parsed(answer.body)
        said = said[0] if isinstance(said, list) and said else said
        kept = [_text(item, "00081155") for item in _items(said, "00081199")]
    except StageFailed:
        kept = []
    if answer.status in (200, 202) and uid in kept:
        return Sent(file, "sent")
    return Sent(
        file,
        "refused",
        f"the archive answered (status {answer.status}), but does not say that it kept the object",
    )


def _rows(answer: Answer) -> list[dict[str, Any]]:
    rows = _parsed(answer.body)
    if not isinstance(rows, list):
        raise StageFailed("the archive's answer is no list")
    return [row for row in rows if isinstance(row, dict)]


def _parsed(body: bytes) -> Any:
    def refuse(text: str) -> None:
        raise ValueError(text)

    try:
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise StageFailed("the archive's answer is no DICOM JSON") from error


def _items(row: Any, tag: str) -> list[Any]:
    held = row.get(tag) if isinstance(row, dict) else None
    values = held.get("Value") if isinstance(held, dict) else None
    return values if isinstance(values, list) else []


def _text(row: Any, tag: str) -> str:
    values = _items(row, tag)
    return str(values[0]) if values and isinstance(values[0], (str, int)) else ""


def _study(row: dict[str, Any]) -> FoundStudy | None:
    uid, count = _text(row, "0020000D"), _text(row, "00201208")
    if not is_uid(uid):
        return None
    return FoundStudy(
        study_uid=uid,
        date=safe_value(_text(row, "00080020")),
        modalities=tuple(safe_value(one) for one in _items(row, "00080061")),
        images=int(count) if count.isdecimal() else None,
        patient_id=_text(row, "00100020"),
        accession=_text(row, "00080050"),
    )


def _checked(uid: str) -> str:
    if not is_uid(uid):
        raise UsageError("that is no UID; expected digits and dots, at most 64 characters")
    return uid


def _image_path(study_uid: str, series_uid: str, image_uid: str) -> str:
    study, series, image = map(_checked, (study_uid, series_uid, image_uid))
    return f"/studies/{study}/series/{series}/instances/{image}"

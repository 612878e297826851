"""The four objects of an opinion through a real archive, by C-STORE and by STOW, and back as they were."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image

from thirdeye.case.opinion import Opinion
from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.network.store import send_files
from thirdeye.dicom.network.web.address import address_of
from thirdeye.dicom.network.web.client import WebArchive
from thirdeye.dicom.network.web.http import Access
from thirdeye.dicom.report import read_report
from thirdeye.dicom.segmentation import Grid, segment_mask
from thirdeye.dicom.write.results import result_objects, save_objects
from thirdeye.dicom.write.segmentation import Mask


@pytest.mark.parametrize("way", ["C-STORE", "STOW"])
def test_four_objects_there_and_back(way: str, archive: Any, write_image: Any, tmp_path: Path) -> None:
    source = write_image()
    stream = io.BytesIO()
    Image.new("RGB", (300, 200), (0, 90, 0)).save(stream, "PNG")
    mask = np.zeros((16, 16), bool)
    mask[2:5, 3:9] = True
    made = result_objects(
        source, Opinion("x", "binary", {"malignant": 0.41}, model={}), picture_png=stream.getvalue(),
        pdf=b"%PDF-1.4\n%%EOF", masks=[Mask("lesion", mask)],
    )  # fmt: skip
    names = save_objects(made, tmp_path / "out", "0001")
    files = [tmp_path / "out" / name for name in names]
    web = WebArchive(
        address_of(f"http://127.0.0.1:{archive.http}/dicom-web", allowed=("127.0.0.1",)),
        Access(user="third", password="eye", timeout_s=10),
    )
    if way == "STOW":
        found = list(web.send_files([*files, *files]))  # twice is one
    else:
        peer = Peer("127.0.0.1", archive.dicom, "ORTHANC", timeout_s=10)
        found = list(send_files(peer, [*files, *files]))
    assert [one.state for one in found] == ["sent"] * 8
    assert archive.count() == 4
    inbox = Inbox(tmp_path / "back")
    study = str(made[0].StudyInstanceUID)
    for series, image in web.instances(study):
        inbox.keep(web.fetch(study, series, image))
    back = {str(one.Modality): one for one in map(pydicom.dcmread, (tmp_path / "back").rglob("*.dcm"))}
    for file in files:
        sent = pydicom.dcmread(file)
        assert back[str(sent.Modality)] == sent
    again = segment_mask(back["SEG"], 1, Grid((16, 16, 1), None, str(pydicom.dcmread(source).SOPInstanceUID)))
    assert np.array_equal(again[:, :, 0].T, mask)
    (report,) = [
        path for path in (tmp_path / "back").rglob("*.dcm") if pydicom.dcmread(path).Modality == "SR"
    ]
    assert read_report(report, "r").groups[0].measurements[0].value == 41.0
    pixels = web.frame(study, back["OT"].SeriesInstanceUID, back["OT"].SOPInstanceUID, 1)
    assert pixels[: back["OT"].pixel_array.nbytes] == back["OT"].pixel_array.tobytes()

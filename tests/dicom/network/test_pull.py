"""Fetching what fits, in each of the three ways, twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import generate_uid

from thirdeye.dicom.network.connection import Connection
from thirdeye.dicom.network.listener import Listening
from thirdeye.dicom.network.pull import look_up, pull
from thirdeye.dicom.network.query import Wanted


@pytest.mark.parametrize("way", ["move", "get", "web"])
def test_a_study_is_fetched_once(way: str, archive: Any, write_image: Any, tmp_path: Path) -> None:
    uids = {"StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid()}
    files = [write_image(f"{n}.dcm", **uids, InstanceNumber=n) for n in range(3)]
    other = write_image("other.dcm", PatientID="OTHER")
    connection = Connection(user="third", password="eye", allowed_hosts=("127.0.0.1",), timeout_s=10)
    node = f"ORTHANC@127.0.0.1:{archive.dicom}"
    assert {one.state for one in connection.send(node, [*files, other])} == {"sent"}
    source = connection.to(f"http://127.0.0.1:{archive.http}/dicom-web" if way == "web" else node)
    wanted = Wanted(patient=str(pydicom.dcmread(files[0]).PatientID), date="20260102")
    assert [study.images for study in look_up(source, wanted)] in ([3], [None])
    how = Listening(port=archive.listener, timeout_s=5)
    first, second = (
        pull(source, wanted, tmp_path / "in", by_get=way == "get", listening=how) for _ in range(2)
    )
    assert (first.studies, first.new, first.again, first.missing, first.alarms) == (1, 3, 0, 0, ())
    assert (second.new, second.again) == (0, 3)
    kept = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, (tmp_path / "in").rglob("*.dcm"))}
    for file in files:
        sent = pydicom.dcmread(file)
        assert kept.pop(str(sent.SOPInstanceUID)) == sent
    assert kept == {}


def test_two_patients_in_one_series_raise_an_alarm(archive: Any, write_image: Any, tmp_path: Path) -> None:
    """As two archives were merged: the second patient's image is in a series that is known already."""
    uids = {"StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid()}
    connection = Connection(timeout_s=10)
    node = f"ORTHANC@127.0.0.1:{archive.dicom}"
    alarms = []
    for patient in ("ONE", "TWO"):
        archive.clear()
        list(connection.send(node, [write_image(f"{patient}.dcm", **uids, PatientID=patient)]))
        wanted = Wanted(study=uids["StudyInstanceUID"])
        alarms.append(pull(connection.to(node), wanted, tmp_path / "in", by_get=True).alarms)
    assert [bool(one) for one in alarms] == [False, True]

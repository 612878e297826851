"""The dated table: counts by hand, and against the table of another project where that is installed."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from thirdeye.dicom.deidentify.profile import OPTIONS, Profile, basic_action
from thirdeye.dicom.deidentify.table import load_table


def test_edition_and_source_are_stated() -> None:
    table = load_table()
    assert table.edition == "2026d"
    assert table.source["url"].startswith("https://dicom.nema.org/")


def test_every_row_is_there_and_every_action_is_known() -> None:
    table = load_table()
    assert len(table.attributes) == 653  # 657 rows, of which four are ranges of tags
    assert len(table.content) == 214
    actions = Counter(rule.basic for rule in table.attributes.values())
    assert actions["U"] == 55
    assert actions["D"] == 93
    for rule in (*table.attributes.values(), *table.content.values()):
        assert basic_action(rule) in "XZDU"
        assert set(rule.options) <= set(OPTIONS)
        assert set(rule.options.values()) <= {"K", "C"}


@pytest.mark.parametrize(
    ("tag", "options", "action"),
    [
        (0x00100020, (), "D"),  # PatientID, Z/D
        (0x00100010, (), "Z"),
        (0x00080050, (), "Z"),  # AccessionNumber
        (0x00080020, (), "Z"),  # StudyDate
        (0x00080020, ("retain-longitudinal-modified-dates",), "C"),
        (0x00080020, ("retain-longitudinal-full-dates",), "K"),
        (0x00101010, (), "X"),  # PatientAge
        (0x00101010, ("retain-patient-characteristics",), "K"),
        (0x00081140, (), "U"),  # ReferencedImageSequence, X/Z/U*
        (0x0008103E, (), "X"),  # SeriesDescription
        (0x0008103E, ("clean-descriptors",), "C"),
        (0x00181000, ("retain-device-identity",), "K"),  # DeviceSerialNumber
        (0x0018700C, ("retain-device-identity", "retain-longitudinal-modified-dates"), "C"),
    ],
)
def test_actions_as_in_the_printed_table(tag: int, options: tuple[str, ...], action: str) -> None:
    assert Profile(frozenset(options)).action(load_table().attributes[tag]) == action


def test_against_the_table_of_dicom_anonymizer() -> None:
    """Another reading of the standard (2026c), by other people: what is in both has the same action."""
    found = importlib.util.find_spec("dicomanonymizer")
    if found is None or not found.submodule_search_locations:
        pytest.skip("needs dicom-anonymizer 2.1.0: pip install dicom-anonymizer")
    place = (
        Path(found.submodule_search_locations[0]) / "dicom_anonymization_databases" / "dicomfields_2026c.py"
    )
    if not place.is_file():
        pytest.skip("needs dicom-anonymizer 2.1.0, whose table is of 2026c")
    names: dict[str, list[tuple[int, ...]]] = {}
    exec(compile(place.read_text(encoding="utf-8"), place.name, "exec"), names)
    theirs = {
        (tags[0] << 16) | tags[1]: name.removesuffix("_TAGS").replace("_STAR", "*").replace("_", "/")
        for name, rows in names.items()
        if name.endswith("_TAGS") and name != "ALL_TAGS"
        for tags in rows
        if len(tags) == 2
    }
    ours = {tag: rule.basic for tag, rule in load_table().attributes.items()}
    assert len(theirs) > 600
    assert set(theirs) - set(ours) == set()
    assert set(ours) - set(theirs) == {0x3004007F}  # new in 2026d
    assert {tag: (ours[tag], theirs[tag]) for tag in theirs if ours[tag] != theirs[tag]} == {}

from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.report.document import Gallery, Paragraph, Table
from thirdeye.report.evidence import read_evidence
from thirdeye.report.sections.system import system_section


def told(tmp_path: Path, **system: object) -> object:
    Study(tmp_path).write_json("evaluation.json", {"system": {"id": "toy", "title": "Toy", **system}})
    return system_section(read_evidence(tmp_path))


def test_paragraphs_tables_and_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    section = told(
        tmp_path, lead=["It is."],
        tables=[{"caption": "C", "columns": ["a", "b"], "rows": [["1", "2"], ["odd"]]}],
        pictures=[{"file": "a.png", "caption": "P"}, {"file": "gone.png", "caption": "G"}],
    )  # fmt: skip
    paragraph, table, gallery = section.blocks  # type: ignore[attr-defined]
    assert section.title == "More of Toy"  # type: ignore[attr-defined]
    assert isinstance(paragraph, Paragraph)
    assert isinstance(table, Table)
    assert table.rows == (("1", "2"),)  # a row that does not fit is no row
    assert isinstance(gallery, Gallery)
    assert [one.alt for one in gallery.pictures] == ["P"]


def test_nothing_is_said_where_nothing_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) is None
    assert system_section(read_evidence(tmp_path / "empty")) is None

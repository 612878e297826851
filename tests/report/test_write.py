"""The whole report, from a study folder to three files."""

import io
import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report import write
from thirdeye.report.canvas import canvas
from thirdeye.report.evidence import FILES, read_evidence
from thirdeye.report.figures import drawing
from thirdeye.report.write import write_report

KINDS = (
    "binary", "not_better", "seven", "multilabel", "ordinal", "hostile", "hostile_binary", "tiny", "forty"
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a page: its tags, identifiers and texts."""

    VOID = ("meta", "link", "img", "br", "path", "use", "input", "hr", "rect")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="session")
def reports(make_study: Callable[..., Path]) -> Callable[[str], Path]:
    """Folder of a study with its report written once."""
    done: set[str] = set()

    def report(kind: str) -> Path:
        folder = make_study(kind)
        if kind not in done:
            written = write_report(folder)
            assert [path.name for path in written] == list(write.WRITTEN)
            done.add(kind)
        return folder

    return report


def test_canvas_is_the_one_of_the_evidence(reports: Callable[[str], Path]) -> None:
    folder = reports("tiny")
    assert json.loads((folder / "canvas.json").read_text()) == canvas(read_evidence(folder))


def read(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_page_stands_alone(reports: Callable[[str], Path], kind: str) -> None:
    raw = read(reports(kind))
    page = Page(raw)
    assert page.open == []
    assert len(raw) < 5_000_000
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "link", "form")]
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href"):
            target = attributes.get(name) or "#"
            assert target.startswith(("#", "data:image/png;base64,"))
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    assert page.text.count(RESEARCH_USE) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_contents_lead_to_sections(reports: Callable[[str], Path], kind: str) -> None:
    page = Page(read(reports(kind)))
    sections = {attributes.get("id") for tag, attributes in page.tags if tag == "section"}
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert links == {f"#{anchor}" for anchor in sections if anchor}


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_leaks_as_code(reports: Callable[[str], Path], kind: str) -> None:
    text = Page(read(reports(kind))).text
    assert not re.search(r"\b(None|nan|NaN|inf|dict_|object at)\b", text)
    assert "_auc" not in text
    assert "tuned_on" not in text


def test_same_study_same_bytes(reports: Callable[[str], Path], tmp_path: Path) -> None:
    folder = reports("hostile_binary")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for path in write_report(copy):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_headline_says_what_was_measured(reports: Callable[[str], Path]) -> None:
    folder = reports("binary")
    evaluation = json.loads((folder / "evaluation.json").read_text())
    metrics = evaluation["sets"]["test"]["metrics"]
    found = next(m for m in metrics if m["name"] == "sensitivity" and m["operating_point"] == "youden")
    parts = [round(100 * found[key]) for key in ("value", "ci_low", "ci_high")]
    wanted = "Of 100 images with “malignant”, the network finds {} (95% interval {} to {}).".format(*parts)
    assert wanted in Page(read(folder)).text


def test_a_network_that_does_not_win_says_so(reports: Callable[[str], Path]) -> None:
    text = Page(read(reports("not_better"))).text
    assert text.count("The network does not beat the traditional technique") >= 3
    assert "No patient is named in the data" in text


def test_heat_maps_without_exam_are_no_evidence(reports: Callable[[str], Path]) -> None:
    assert "have not passed their exam" in Page(read(reports("not_better"))).text
    assert "it was not run" in Page(read(reports("multilabel"))).text
    raw = read(reports("binary"))
    assert "The heat maps passed their exam" in raw
    assert 'class="map doubtful"' not in raw
    assert 'class="map doubtful"' in read(reports("not_better"))


def test_probability_of_an_example_names_its_class(reports: Callable[[str], Path]) -> None:
    folder = reports("binary")
    examples = json.loads((folder / "explanation" / "examples.json").read_text())["examples"]
    passed = next(example for example in examples if example["kind"] == "true_negative")
    shown = f"Network: benign (probability of “malignant”: {100 * passed['probability']:.0f}%)"
    assert shown in Page(read(folder)).text


def test_hostile_names_stay_text(reports: Callable[[str], Path]) -> None:
    raw = read(reports("hostile"))
    assert "<script" not in raw
    assert raw.count("</style>") == 1
    text = Page(raw).text
    assert "<script>alert(1)</script>" in text
    assert "a↵b & \"c\" 'd'" in text


def test_tiny_sets_draw_no_conclusion(reports: Callable[[str], Path]) -> None:
    text = Page(read(reports("tiny"))).text
    assert "no conclusion can be drawn" in text
    assert "undefined (" in text


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are built but not rendered, and nothing is printed: for tests of what the page says."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    monkeypatch.setattr(drawing, "_lay_out_once", lambda figure: None)
    monkeypatch.setattr(drawing, "_svg", lambda figure: "<svg></svg>")
    monkeypatch.setattr(drawing, "_png", lambda figure: buffer.getvalue())
    monkeypatch.setattr(write, "render_pdf", lambda document: b"")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("gone", [*FILES, "everything"])
def test_a_missing_file_is_named(make_study: Callable[..., Path], tmp_path: Path, gone: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(make_study("hostile_binary"), copy)
    for name in FILES if gone == "everything" else (gone,):
        (copy / name).unlink()
    write_report(copy)
    text = Page(read(copy)).text
    for name in FILES if gone == "everything" else (gone,):
        assert f"{name} {FILES[name]}" in text


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2]", b"\xff\xfe\x00", b'{"sets": {"test": 3}, "stages": 4}']
)
@pytest.mark.parametrize(
    "name", ["evaluation.json", "findings.json", "plan.json", "predictions.csv", "dataset.csv"]
)
def test_a_broken_file_does_not_stop_it(
    make_study: Callable[..., Path], tmp_path: Path, name: str, content: bytes
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(make_study("tiny"), copy)
    (copy / name).write_bytes(content)
    write_report(copy)
    assert RESEARCH_USE in read(copy)


@pytest.mark.usefixtures("quick")
def test_pictures_outside_the_study_are_not_read(make_study: Callable[..., Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(make_study("tiny"), copy)
    source = next((copy / "explanation" / "maps").glob("*.png"))
    (tmp_path / "outside.png").write_bytes(source.read_bytes())
    examples = json.loads((copy / "explanation" / "examples.json").read_text())
    for example in examples["examples"]:
        example |= {"thumbnail": "../outside.png", "heat_map": str(tmp_path / "outside.png")}
    (copy / "explanation" / "examples.json").write_text(json.dumps(examples))
    write_report(copy)
    assert "data:image/png" not in read(copy)
    assert "image not kept" in read(copy)


def changed(make_study: Callable[..., Path], folder: Path, name: str, change: Callable[[Any], None]) -> str:
    """Text of the report of a small study after one of its files was changed."""
    shutil.copytree(make_study("hostile_binary"), folder)
    if name.endswith(".csv"):
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        change(table)
        table.to_csv(folder / name, index=False)
    else:
        content = json.loads((folder / name).read_text())
        change(content)
        (folder / name).write_text(json.dumps(content))
    write_report(folder)
    return Page(read(folder)).text


@pytest.mark.usefixtures("quick")
def test_patients_in_two_parts_are_called_out(make_study: Callable[..., Path], tmp_path: Path) -> None:
    def cross(table: pd.DataFrame) -> None:
        table.loc[table["split"] == "test", "patient"] = table.loc[0, "patient"]

    text = changed(make_study, tmp_path / "s", "dataset.csv", cross)
    assert "1 patient with images in more than one part" in text
    assert "No patient lies on two sides." not in text


@pytest.mark.usefixtures("quick")
def test_lesions_are_not_called_patients(make_study: Callable[..., Path], tmp_path: Path) -> None:
    text = changed(
        make_study, tmp_path / "s", "fingerprint.json", lambda facts: facts.update(group="lesion_id")
    )
    assert "No lesion lies on two sides." in text
    assert re.search(r"40 images of 20 lesions", text)


@pytest.mark.usefixtures("quick")
def test_an_image_for_a_patient_is_no_named_patient(make_study: Callable[..., Path], tmp_path: Path) -> None:
    def declare(table: pd.DataFrame) -> None:
        table["patient"] = table["image"]

    text = changed(make_study, tmp_path / "s", "dataset.csv", declare)
    assert "No patient is named in the data" in text
    assert "No patient lies on two sides." not in text


@pytest.mark.usefixtures("quick")
def test_further_looks_at_the_test_part_are_counted(make_study: Callable[..., Path], tmp_path: Path) -> None:
    text = changed(make_study, tmp_path / "s", "provenance.json", lambda record: record.update(test_looks=3))
    assert "The test part was looked at 3 times" in text
    assert "performance was measured 3 times on the test part" in text


@pytest.mark.usefixtures("quick")
def test_a_threshold_chosen_on_the_test_part_is_exploratory(
    make_study: Callable[..., Path], tmp_path: Path
) -> None:
    def cheat(evaluation: dict[str, Any]) -> None:
        evaluation["sets"]["test"]["operating_points"][0]["origin"] = "chosen_on_test"

    text = changed(make_study, tmp_path / "s", "evaluation.json", cheat)
    assert "A threshold was chosen on the test part" in text
    assert "Both thresholds were chosen on validation data" not in text


@pytest.mark.usefixtures("quick")
def test_external_data_have_their_own_section(make_study: Callable[..., Path], tmp_path: Path) -> None:
    def validate(evaluation: dict[str, Any]) -> None:
        evaluation["sets"]["external:Köln <2>"] = evaluation["sets"]["test"]

    text = changed(make_study, tmp_path / "s", "evaluation.json", validate)
    assert "Results on external data “Köln <2>”" in text
    assert "No external validation" not in text

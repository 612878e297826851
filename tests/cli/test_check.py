"""``thirdeye check`` and ``run`` on what people really have: one sentence, the right code, no traceback."""

from __future__ import annotations

import json
import os
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.usefixtures("known_machine")
ALONE = "--patient-is-image"
POSITIVE = ("--positive", "malignant")


def both(thirdeye: Callable[..., Any], data: Path, tmp_path: Path, *options: str) -> tuple[Any, Any]:
    """What `check` and `run` say; `run` must not leave more than the reasons behind."""
    checked = thirdeye("check", data, *options)
    ran = thirdeye("run", data, "--out", tmp_path / "study", *options)
    left = {path.name for path in (tmp_path / "study").glob("*")} - {".lock"}
    assert left <= {"provenance.json", "findings.json"}
    return checked, ran


def apart_from_speed(content: dict[str, Any]) -> dict[str, Any]:
    """findings.json without what depends on the moment: how fast the machine was."""
    lists = {
        key: [one for one in content[key] if not one["check"].startswith("velocity.")]
        for key in ("checks", "findings")
    }
    return {**content, **lists}


def test_json_alone_on_stdout(thirdeye: Callable[..., Any], finished: Path) -> None:
    said = thirdeye("check", finished / "data", "--json")
    assert said.code == 0
    content = json.loads(said.out)
    known = json.loads((finished / "study" / "findings.json").read_text(encoding="utf-8"))
    assert apart_from_speed(content) == apart_from_speed(known)
    assert "malignant counts as positive" in said.err


def test_words_say_what_was_understood_and_found(thirdeye: Callable[..., Any], finished: Path) -> None:
    said = thirdeye("check", finished / "data")
    assert said.code == 0
    assert said.out.startswith("Understood:\n  Layout: a table naming files and labels.")
    for word in ("Volume", "Variety", "Veracity", "Velocity"):
        assert f"\n{word}:\n" in said.out
    assert "\n  WARNING " in said.out
    assert "Verdict: may be learnt from (0 errors, " in said.out
    assert max(map(len, said.out.splitlines())) <= 100


def test_out_writes_the_findings(thirdeye: Callable[..., Any], finished: Path, tmp_path: Path) -> None:
    thirdeye("check", finished / "data", "--out", tmp_path / "study")
    written, known = (
        json.loads((folder / "study" / "findings.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, finished)
    )
    assert apart_from_speed(written) == apart_from_speed(known)


def test_the_page_is_written_where_asked(
    thirdeye: Callable[..., Any], finished: Path, tmp_path: Path
) -> None:
    said = thirdeye("check", finished / "data", "--html", tmp_path / "page.html")
    assert f"Page with pictures: {tmp_path / 'page.html'}" in said.out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "The data on trial: data" in page
    assert str(tmp_path) not in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html"]


def test_fix_writes_a_new_table(thirdeye: Callable[..., Any], make_cases: Any, tmp_path: Path) -> None:
    data = make_cases(tmp_path / "data")
    (data / "images" / "case 03.png").write_bytes((data / "images" / "case 05.png").read_bytes())
    rehearsed = thirdeye("check", data, "--fix", tmp_path / "new.csv", "--dry-run", "--out", tmp_path / "s")
    assert "Would write" in rehearsed.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    said = thirdeye("check", data, "--fix", tmp_path / "new.csv")
    assert said.code == 0
    assert "35 images, 1 image left out." in said.out
    assert "  dup.exact: 1 image left out\n" in said.out
    assert thirdeye("check", tmp_path / "new.csv").code == 0
    again = thirdeye("check", data, "--fix", tmp_path / "new.csv")
    assert again.code == 2
    assert "is not overwritten" in again.refusal
    inside = thirdeye("check", data, "--fix", data / "new.csv")
    assert inside.code == 2
    assert "inside the data" in inside.refusal
    as_json = thirdeye("check", data, "--fix", tmp_path / "newer.csv", "--json")
    assert json.loads(as_json.out)["version"] == 1
    assert "Wrote" in as_json.err


def test_nothing_there(thirdeye: Callable[..., Any], tmp_path: Path) -> None:
    for said in both(thirdeye, tmp_path / "nowhere", tmp_path):
        assert said.code == 2
        assert "there is no file or folder" in said.refusal
    assert not (tmp_path / "study").exists()


def test_an_empty_folder(thirdeye: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for said in both(thirdeye, tmp_path / "data", tmp_path):
        assert said.code == 3
        assert "the folder 'data' is empty; expected a folder of images per class" in said.refusal


def test_files_that_are_no_images(thirdeye: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("benign", "malignant"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for index in range(6):
            (tmp_path / "data" / name / f"{index}.txt").write_text("words")
    for said in both(thirdeye, tmp_path / "data", tmp_path, ALONE):
        assert said.code == 3
        assert "no image" in said.refusal


TOO_LITTLE: list[tuple[dict[str, int], str]] = [
    ({"malignant": 20}, "one class"),
    ({"benign": 2, "malignant": 1}, "Too few"),
    ({"benign": 20, "malignant": 1}, "Too few"),
]


@pytest.mark.parametrize(("counts", "words"), TOO_LITTLE)
def test_too_little_to_learn_from(
    thirdeye: Callable[..., Any],
    class_folders: Callable[..., Path],
    tmp_path: Path,
    counts: dict[str, int],
    words: str,
) -> None:
    checked, ran = both(thirdeye, class_folders(counts), tmp_path, ALONE)
    assert (checked.code, ran.code) == (3, 3)
    assert words in checked.out + checked.err
    assert words in ran.refusal
    assert "Add " in ran.refusal


def test_the_positive_class_is_never_guessed(
    thirdeye: Callable[..., Any], class_folders: Callable[..., Path], tmp_path: Path
) -> None:
    data = class_folders({"type A": 12, "type B": 12})
    _, ran = both(thirdeye, data, tmp_path, ALONE)
    assert ran.code in (2, 3)
    assert "--positive" in ran.refusal
    assert "type A" in ran.refusal
    assert "type B" in ran.refusal


def test_one_picture_under_two_labels(
    thirdeye: Callable[..., Any], class_folders: Callable[..., Path], tmp_path: Path
) -> None:
    data = class_folders({"benign": 12, "malignant": 12})
    shutil.copy(data / "benign" / "003.png", data / "malignant" / "again.png")
    checked = thirdeye("check", data, ALONE, "--json")
    findings = json.loads(checked.out)["findings"]
    assert any({"benign/003.png", "malignant/again.png"} <= set(finding["cases"]) for finding in findings)


def png_of_size(side: int) -> bytes:
    """A PNG that says it is side x side; its pixels are cut off."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def odd_files(folder: Path) -> dict[str, bool]:
    """Files that cameras, scanners and accidents leave; name to whether they can be read."""
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 255, (24, 24), dtype=np.uint8)
    colour = rng.integers(0, 255, (24, 24, 4), dtype=np.uint8)
    Image.fromarray(colour, "CMYK").save(folder / "cmyk.jpg")
    Image.fromarray(colour, "RGBA").save(folder / "rgba.png")
    Image.fromarray(grey).convert("P").save(folder / "palette.png")
    Image.fromarray(grey.astype(np.uint16) * 16).save(folder / "sixteen.png")
    Image.fromarray(grey.astype(np.float32) / 7).save(folder / "float.tif")
    nan = grey.astype(np.float32)
    nan[3, 3] = np.nan
    Image.fromarray(nan).save(folder / "nan.tif")
    Image.fromarray(grey).save(folder / "with space and é.png")
    Image.fromarray(grey.T.copy()).save(folder / "new\nline.png")
    whole = folder / "cut.jpg"
    Image.fromarray(np.kron(grey, np.ones((8, 8), np.uint8))).save(whole)
    whole.write_bytes(whole.read_bytes()[:700])
    (folder / "empty.png").write_bytes(b"")
    (folder / "words.png").write_text("not an image")
    (folder / "huge.png").write_bytes(png_of_size(30_000))
    return {
        **dict.fromkeys(["cmyk.jpg", "rgba.png", "palette.png", "sixteen.png", "float.tif"], True),
        **dict.fromkeys(["with space and é.png", "new\nline.png"], True),
        **dict.fromkeys(["cut.jpg", "empty.png", "words.png", "huge.png"], False),
    }


def test_odd_and_broken_files_among_good_ones(
    thirdeye: Callable[..., Any], class_folders: Callable[..., Path], tmp_path: Path
) -> None:
    """The broken ones are named, left out and said; the others take part in a plan."""
    data = class_folders({"benign": 12, "malignant": 12})
    odd = odd_files(data / "malignant")
    said = thirdeye("check", data, ALONE, "--json")
    assert said.code == 0, said.err
    unreadable = {
        case
        for finding in json.loads(said.out)["findings"]
        if "unreadable" in finding["check"]
        for case in finding["cases"]
    }
    assert {f"malignant/{name}" for name, readable in odd.items() if not readable} <= unreadable
    assert not {f"malignant/{name}" for name, readable in odd.items() if readable} & unreadable
    planned = thirdeye("plan", data, ALONE, "--out", tmp_path / "study", "--json", "--set", "folds=2")
    assert planned.code == 0, planned.err
    rows = (tmp_path / "study" / "dataset.csv").read_text(encoding="utf-8")
    assert "excluded" in rows
    assert '"malignant/new\nline.png"' in rows


def test_names_that_are_not_utf_8(
    thirdeye: Callable[..., Any], class_folders: Callable[..., Path], tmp_path: Path
) -> None:
    data = class_folders({"benign": 12, "malignant": 12})
    name = os.fsencode(data / "malignant") + b"/caf\xe9.png"
    try:
        shutil.copy(os.fsencode(data / "malignant" / "000.png"), name)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    for arguments in (
        ("check", data),
        ("check", data, "--json"),
        ("plan", data, "--out", tmp_path / "study"),
    ):
        said = thirdeye(*arguments, ALONE)
        assert said.code == 0, said.err
        said.out.encode("utf-8")


def test_a_class_name_of_two_lines_stays_on_one(
    thirdeye: Callable[..., Any], class_folders: Callable[..., Path]
) -> None:
    said = thirdeye("check", class_folders({"benign": 12, "malignant\nlump": 12}), ALONE, "--dry-run")
    assert said.code == 0, said.err
    assert "malignant\\nlump" in said.out
    assert not [line for line in said.out.splitlines() if line.startswith("lump")]


def test_two_hundred_classes(thirdeye: Callable[..., Any], class_folders: Callable[..., Path]) -> None:
    data = class_folders({f"class {index:03d}": 5 for index in range(200)}, side=8)
    said = thirdeye("plan", data, ALONE, "--json", "--set", "folds=2")
    assert said.code == 0, said.err
    assert len(json.loads(said.out)["values"]["classes"]["value"]) == 200


def test_more_images_than_patients_and_no_patient_column(
    thirdeye: Callable[..., Any], tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    """Where nothing is known of patients, that is said, and how to say it."""
    data = make_cases(tmp_path / "data", 24)
    table = data / "cases.csv"
    table.write_text("\n".join(line.rpartition(",")[0] for line in table.read_text().splitlines()) + "\n")
    said = thirdeye("check", data)
    assert "--patient" in said.out + said.err


def test_labels_that_do_not_match_files(
    thirdeye: Callable[..., Any], tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "data", 24)
    table = data / "cases.csv"
    table.write_text(table.read_text().replace("case 0", "cas 0"))
    said = thirdeye("check", data, "--json")
    assert "cas 00.png" in said.out
    table.write_text(table.read_text().replace("cas", "kas"))
    said = thirdeye("run", data, "--out", tmp_path / "study")
    assert said.code in (2, 3)
    assert "cases.csv" in said.refusal


def test_a_patient_in_train_and_test(
    thirdeye: Callable[..., Any], tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "data", 30)
    table = data / "cases.csv"
    header, *rows = table.read_text().splitlines()
    splits = [f"{row},{'test' if index % 3 == 0 else 'train'}" for index, row in enumerate(rows)]
    splits[1] = ",".join([*splits[1].split(",")[:2], splits[0].split(",")[2], "train"])
    table.write_text("\n".join([f"{header},split", *splits]) + "\n")
    said = thirdeye("check", data, "--json")
    findings = json.loads(said.out)["findings"]
    leak = next(finding for finding in findings if finding["check"].startswith("split.patient"))
    assert leak["severity"] in ("warning", "error")
    assert {"images/case 00.png", "images/case 01.png"} <= set(leak["cases"])


def test_a_folder_below_a_file(thirdeye: Callable[..., Any], finished: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for verb in ("check", "plan", "run"):
        said = thirdeye(verb, finished / "data", "--out", tmp_path / "file" / "study")
        assert said.code == 4
        assert "cannot write into the study folder" in said.refusal
        assert "--out" in said.refusal

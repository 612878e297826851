"""Names of structures as the user gives them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.examine import examine
from thirdeye.intake.mask_pass import facts_of_masks
from thirdeye.intake.open import open_collection
from thirdeye.intake.structure_names import read_structure_names
from thirdeye.intake.structures import structures_of


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1=anterior,2=posterior", {"1": "anterior", "2": "posterior"}),
        (" 01 = a , 2.0=b,", {"1": "a", "2": "b"}),
        ("#FF0000=vessel", {"#ff0000": "vessel"}),
        ("vessel", {"": "vessel"}),
        ("1=liver,2=background", {"1": "liver", "2": "background"}),
    ],
)
def test_what_is_understood(text: str, named: dict[str, str]) -> None:
    assert read_structure_names(text) == named


@pytest.mark.parametrize("text", ["x=1", "1=", "=a", "1=a,2", "1=a,1=b", "#12=a", "0=a", "1=background", ""])
def test_what_is_not(text: str) -> None:
    with pytest.raises(UsageError, match="--structures"):
        read_structure_names(text)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six pictures whose masks hold 0, 1 and 2."""
    rng = np.random.default_rng(0)
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
    for index in range(6):
        mask = np.zeros((16, 16), np.uint8)
        mask[2:9, 2:9], mask[10:14, 3 + index : 7 + index] = 1, 2
        PIL.Image.fromarray(mask).save(tmp_path / f"masks/{index}.png")
        noise = rng.integers(0, 255, (16, 16)).astype(np.uint8)
        PIL.Image.fromarray(noise).save(tmp_path / f"images/{index}.png")
    return tmp_path


def named(data: Path, text: str | None) -> tuple[tuple[str, ...], dict[str, int]]:
    collection = open_collection(data, structures=text)
    found = structures_of(collection, facts_of_masks(collection))
    return found.names, dict(found.values)


def test_names_go_with_their_values(data: Path) -> None:
    assert named(data, None) == (("label 1", "label 2"), {"1": 1, "2": 2})
    assert named(data, "2=cup,1=disc") == (("cup", "disc"), {"2": 1, "1": 2})
    assert named(data, "1=disc,2=background") == (("disc",), {"1": 1})
    collection = open_collection(data, structures="1=disc,2=cup")
    assert collection.classes == ("disc", "cup")
    assert "Values of the masks, as you said: 1 is disc, 2 is cup." in collection.understood


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "1=disc,7=cup",
            "names the value 7, which no mask holds; the masks hold 1 (in 6 masks), 2 (in 6 masks)",
        ),
        ("disc", "one structure alone; the masks hold 1 (in 6 masks), 2 (in 6 masks)"),
        ("1=disc", "masks hold values that have no name: 2"),
    ],
)
def test_values_that_do_not_fit_block_training(data: Path, text: str, words: str) -> None:
    findings = examine(open_collection(data, structures=text)).findings
    (blocking,) = [one for one in findings if one.severity == "error" and words in one.message]
    assert blocking.check == "mask.values"
    assert blocking.remedy


def test_one_name_for_masks_of_one_structure(data: Path) -> None:
    for path in (data / "masks").iterdir():
        PIL.Image.fromarray(255 * (np.asarray(PIL.Image.open(path)) > 0).astype(np.uint8)).save(path)
    assert named(data, "vessel") == (("vessel",), {})
    assert named(data, None) == (("foreground",), {})


def test_data_without_masks_and_masks_named_already(data: Path, tmp_path: Path) -> None:
    (data / "dataset.txt").write_text(json.dumps({}))
    folder = data / "masks" / "disc"
    folder.mkdir()
    for path in list((data / "masks").glob("*.png")):
        path.rename(folder / path.name)
    with pytest.raises(UsageError, match=r"named already, each by its folder or file \(disc\)"):
        open_collection(data, structures="1=x")
    classes = tmp_path / "classes"
    for name in ("yes", "no"):
        (classes / name).mkdir(parents=True)
        PIL.Image.new("L", (8, 8)).save(classes / name / "a.png")
    with pytest.raises(UsageError, match="have no masks"):
        open_collection(classes, structures="1=x", positive="yes")


def test_more_names_than_a_label_map_can_number_are_refused(data: Path) -> None:
    assert len(named(data, ",".join(f"{value}=part {value}" for value in range(1, 255)))[0]) == 254
    with pytest.raises(DataRefused, match="255 structures"):
        named(data, ",".join(f"{value}=part {value}" for value in range(1, 256)))

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.recipes.learning.table import (
    classes_of,
    open_table,
    plain_name,
    table_in,
    table_to_read,
    with_gaps,
)
from thirdeye.recipes.system import Cases, Known


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = pd.DataFrame(
        {
            "subject": ["a", "b", "b", "c", "d"],
            "diagnosis": ["HC", "AD", "AD", "LMCI", "EMCI"],
            "age": [70, 71, 72, 73, 74],
            "mmse": [30, 20, 19, "", 26],
            "volume": [1.5, 2.5, 2.4, "", 3.5],
            "uptake": [0.1, 0.2, 0.3, 0.4, 0.5],
            "remark": ["x", "y", "z", "u", "v"],
            "constant": [1, 1, 1, 1, 1],
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def opened(path: Path, *contrast: str) -> Cases:
    return open_table(path, contrast=contrast, scores=("MMSE", "ADAS-Cog"), options={})


def test_measurements_are_the_numbers_that_are_nothing_else(path: Path) -> None:
    cases = opened(path, "HC", "MCI=EMCI+LMCI", "AD")
    assert cases.inputs == {"measurements": ["volume", "uptake"]}
    assert list(cases.arrays) == ["measurements", "score:MMSE"]
    assert cases.classes == ("HC", "MCI", "AD")
    assert (cases.task, cases.positive) == ("multiclass", None)
    assert cases.rows["age"].tolist() == ["70", "71", "73", "74"]
    assert cases.rows["patient"].tolist() == ["a", "b", "c", "d"]  # the first row of b counts
    assert cases.labels.tolist() == [0, 2, 1, 1]
    assert np.isnan(cases.arrays["measurements"][2, 0])
    assert np.isfinite(cases.simple).all()
    assert any("1 further rows" in one for one in cases.understood)


def test_two_classes_make_a_question_about_the_second(path: Path) -> None:
    cases = opened(path, "HC", "AD")
    assert (cases.task, cases.positive, len(cases.rows)) == ("binary", "AD", 2)


def test_without_a_contrast_every_label_is_a_class(path: Path) -> None:
    assert opened(path).classes == ("AD", "EMCI", "HC", "LMCI")


def test_refuses_a_label_that_nobody_has() -> None:
    with pytest.raises(DataRefused, match="no row has the label 'CN'; there are AD, HC"):
        classes_of(("CN", "AD"), ["AD", "HC"])
    with pytest.raises(DataRefused, match="at least two classes"):
        classes_of(("X=AD+HC",), ["AD", "HC"])


def test_refuses_tables_without_labels_or_measurements(tmp_path: Path) -> None:
    pd.DataFrame({"who": ["a"], "value": [1.0]}).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataRefused, match="no column of labels"):
        opened(tmp_path)
    pd.DataFrame({"label": ["a", "b"], "word": ["x", "y"]}).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataRefused, match="0 columns of measurements"):
        opened(tmp_path)


def test_finds_the_one_table_of_a_folder(path: Path) -> None:
    assert table_in(path.parent) == path
    (path.parent / "other.csv").write_bytes(path.read_bytes())
    with pytest.raises(DataRefused, match="found 2 tables"):
        table_in(path.parent)
    with pytest.raises(UsageError, match="no file or folder"):
        table_in(path.parent / "nothing")


def test_an_option_that_names_no_column_is_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="--label-column dx"):
        open_table(path, contrast=(), scores=(), options={"label_column": "dx"})


def test_new_rows_need_no_label(path: Path) -> None:
    known = Known(("HC", "AD"), "binary", "AD", {"measurements": ["uptake", "volume"]})
    cases = table_to_read(path, known, {})
    assert cases.arrays["measurements"][0].tolist() == [0.1, 1.5]  # in the order that was learnt from
    assert cases.rows["case"].tolist() == ["a", "b", "b", "c", "d"]
    known = Known(("HC", "AD"), "binary", "AD", {"measurements": ["uptake", "thickness"]})
    with pytest.raises(DataRefused, match=r"lacks 1 of the 2 measurements .* thickness"):
        table_to_read(path, known, {})


def test_names_are_compared_without_signs() -> None:
    assert plain_name("ADAS-Cog") == plain_name("adas_cog") != plain_name("adas11")


def test_gaps_become_zero_and_are_told() -> None:
    found = with_gaps(np.asarray([[1.0, np.nan], [2.0, 3.0]]))
    assert found.tolist() == [[1.0, 0.0, 1.0], [2.0, 3.0, 0.0]]

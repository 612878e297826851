"""Nothing of a path or of an error's message is said."""

from __future__ import annotations

from pathlib import Path

from thirdeye.reading_room.discreet import nameless, place_of


def test_an_error_is_placed_where_it_arose() -> None:
    def inner() -> None:
        raise ValueError("Doe^Jane")

    try:
        inner()
    except ValueError as error:
        said = place_of(error)
    module, _, line = said.rpartition(":")
    assert module.endswith("test_discreet")
    assert Path(__file__).read_text().splitlines()[int(line) - 1].strip().startswith("raise ValueError")
    assert place_of(ValueError()) == "?"


def test_paths_and_names_of_files_are_not_said() -> None:
    path = Path("images") / "doe.dcm"
    assert nameless(f"{path} is damaged; doe.dcm is empty", [path]) == (
        "the image is damaged; the image is empty"
    )

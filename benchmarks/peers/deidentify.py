"""Runs in the peers' own environment: one peer over a folder of DICOM files, each file alone.

    PEER_PYTHON benchmarks/peers/deidentify.py NAME SOURCE PLACE

NAME: dicomanonymizer, dicomanonymizer-2026c, deid or dentdeid. Prints, as its last line, JSON of which file
became which; a file on which the peer fails is not in it.
"""

from __future__ import annotations

import functools
import json
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path


def main() -> None:
    """Every file through the peer."""
    name, source, place = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    run = ENGINES[name]()
    written = {}
    for path in sorted(source.iterdir()):
        target = place / path.name
        try:
            run(path, target)
        except Exception as error:
            print(f"{path.name}: {error}", file=sys.stderr)
        if target.is_file():
            written[path.name] = str(target)
    print(json.dumps(written))


def dicomanonymizer(table: str | None = None) -> Callable[[Path, Path], None]:
    """dicom-anonymizer with its default table, or with another that it ships."""
    from dicomanonymizer import simpledicomanonymizer as peer

    rules = functools.partial(peer.initialize_actions, table) if table else peer.initialize_actions
    return lambda path, target: peer.anonymize_dicom_file(str(path), str(target), base_rules_gen=rules)


def deid() -> Callable[[Path, Path], None]:
    """deid with its default recipe, private tags removed."""
    from deid.config import DeidRecipe
    from deid.dicom import get_identifiers, replace_identifiers

    recipe = DeidRecipe()

    def run(path: Path, target: Path) -> None:
        ids = get_identifiers([str(path)], disable_skip=True)
        replace_identifiers(
            [str(path)], deid=recipe, ids=ids, save=True, output_folder=str(target.parent), overwrite=True,
            remove_private=True, disable_skip=True,
        )  # fmt: skip

    return run


def dentdeid() -> Callable[[Path, Path], None]:
    """DentDeID's attributes alone, with the options of its basic profile; its work on pixels is left out."""
    import pydicom
    from dentdeid.config import get_profile
    from dentdeid.dicom import meta
    from dentdeid.keys import Pseudonymizer

    settings, pseudonymizer = get_profile("basic").meta, Pseudonymizer(bytes(32))

    def run(path: Path, target: Path) -> None:
        dataset = pydicom.dcmread(path)
        meta.deidentify_dataset(dataset, settings, pseudonymizer)
        dataset.save_as(target, enforce_file_format=True)

    return run


ENGINES: dict[str, Callable[[], Callable[[Path, Path], None]]] = {
    "dicomanonymizer": dicomanonymizer,
    "dicomanonymizer-2026c": functools.partial(dicomanonymizer, "dicomfields_2026c"),
    "deid": deid,
    "dentdeid": dentdeid,
}

if __name__ == "__main__":
    main()

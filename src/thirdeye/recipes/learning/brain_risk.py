"""Risk maps of the brain and a perceptron on their telling voxels: how the system learns and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.recipes.learning.brain_risk_member import PARTS, RiskReader, learn_member, restored_reader
from thirdeye.recipes.learning.brain_risk_pictures import correlation_picture, risk_picture
from thirdeye.recipes.learning.volumes import VOLUME_OPTIONS, open_volumes, volumes_to_read
from thirdeye.recipes.system import (
    Cases,
    Further,
    FurtherTable,
    Known,
    Learning,
    Member,
    Source,
    Values,
)
from thirdeye.training.machine import use_threads

_SHARES = ("dropout", "readout_dropout", "chosen_on")
_COUNTS = ("rounds", "batch_size", "voxels", "readout_epochs", "readout_batch", "smaller")


@dataclass(frozen=True)
class BrainRisk:
    """The system."""

    unit: str = "scan"
    options: tuple[str, ...] = VOLUME_OPTIONS

    @property
    def sources(self) -> Mapping[str, Source]:
        """What is compared with the whole."""
        return PARTS

    def check(self, values: Values) -> None:
        """Refuse sides that no patch has, and shares and numbers that cannot be."""
        if values["patch"] < 27 or (values["patch"] - 23) % 4:
            raise UsageError(
                "patch is the side that the four blocks can read: 27, 31, 35, 39, 43 or 47 voxels (and so "
                f"on in steps of 4), got {values['patch']}"
            )
        if len(values["widths"]) != 4 or min(values["widths"]) < 1:
            raise UsageError(
                f"widths names the channels of four blocks, such as 20,40,80,160; got {values['widths']}"
            )
        for name in _SHARES:
            if not 0 <= values[name] < 1:
                raise UsageError(f"{name} is a share from 0 to below 1, got {values[name]}")
        if values["whole_epochs"] < 0:
            raise UsageError(f"whole_epochs is at least 0, got {values['whole_epochs']}")
        for name in _COUNTS:
            if values[name] < 1:
                raise UsageError(f"{name} is at least 1, got {values[name]}")

    def open(self, data: Path, values: Values, options: Values) -> Cases:
        """A folder with a table that names volumes, all in one space; see `open_volumes`."""
        cases = open_volumes(
            data, contrast=values["contrast"], clinical=values["clinical"], smaller=values["smaller"],
            options=options,
        )  # fmt: skip
        sides = cases.arrays["volumes"].shape[1:]
        if min(sides) < values["patch"]:
            raise UsageError(
                f"patches of {values['patch']} voxels do not fit into volumes of "
                f"{' x '.join(map(str, sides))}; choose a smaller --set patch, or keep more voxels with "
                "--set smaller"
            )
        return cases

    def to_read(self, data: Path, values: Values, options: Values, known: Known) -> Cases:
        """New volumes in the same space; see `volumes_to_read`."""
        return volumes_to_read(data, known, options)

    def learn(self, cases: Cases, learning: Learning) -> Member:
        """The patch network, the telling voxels, and the perceptrons on them."""
        use_threads(learning.threads)
        return learn_member(cases, learning)

    def restored(self, arrays: Mapping[str, NDArray[Any]], values: Values) -> Member:
        """As `RiskReader.keep` wrote it."""
        return restored_reader(arrays, values)

    def told(self, members: tuple[Member, ...], test: Cases, values: Values) -> Further:
        """Which voxels were chosen, and where the risk lies in either class of the test part."""
        readers = [one for one in members if isinstance(one, RiskReader)]
        rows = tuple(
            (
                str(number + 1),
                str(one.rounds),
                str(int((one.correlation > values["least_correlation"]).sum())),
                str(len(one.chosen)),
                f"{one.correlation.ravel()[one.chosen].min():.2f} to {one.correlation.max():.2f}",
            )
            for number, one in enumerate(readers)
        )
        columns = (
            "Member",
            "Rounds",
            f"Voxels above {values['least_correlation']:g}",
            "Chosen",
            "Their correlation",
        )
        table = FurtherTable(
            "Matthews' correlation of single voxels of the risk map with the class, on cases inside each "
            "fold that the patch network had not learnt from",
            columns, rows,
        )  # fmt: skip
        lead: tuple[str, ...] = (
            "A network of patches gives the risk around every fourth voxel; the answer rests on the voxels "
            "whose risk told the classes apart best, and on what is recorded beside the volume.",
        )
        pictures = {
            "matthews": correlation_picture(readers, test),
            "risk": risk_picture(readers, test),
        }
        rounds = [one.rounds for one in readers]
        if min(rounds) < values["rounds"]:
            lead = (
                *lead,
                f"The time allowed {min(rounds)} to {max(rounds)} of the {values['rounds']} rounds.",
            )
        passes = [one.passes for one in readers]
        if min(passes) < values.get("whole_epochs", 0):
            lead = (
                *lead,
                f"The network of whole volumes had time for {min(passes)} to {max(passes)} of "
                f"{values['whole_epochs']} passes: with more it may do better.",
            )
        numbers = {
            "passes": passes,
            "rounds": rounds,
            "largest_correlation": [float(one.correlation.max()) for one in readers],
        }
        return Further(lead=lead, tables=(table,), pictures=pictures, numbers=numbers)

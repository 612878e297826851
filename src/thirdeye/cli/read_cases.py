"""Options of ``thirdeye read`` for cases of several images and for clinical variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from thirdeye.errors import UsageError

if TYPE_CHECKING:
    from thirdeye.inference.fusion.given import CaseFiles
    from thirdeye.intake.joined import Joined

Command = TypeVar("Command", bound=Callable[..., Any])
_PATH = click.Path(path_type=Path)
_OPTIONS = (
    click.option("--case", "one_case", is_flag=True, help="All FILEs are images of one case."),
    click.option(
        "--clinical",
        multiple=True,
        metavar="NAME=VALUE",
        help="A clinical variable: age=63. May be repeated.",
    ),
    click.option(
        "--table",
        type=_PATH,
        metavar="TABLE",
        help="Cases to read: CSV with image, case (several rows are one), view, and clinical variables; of a "
        "reader of channels in files of their own, a column of files for each channel.",
    ),
)


@dataclass(frozen=True)
class Cases:
    """What was asked of cases.

    Args:
        one_case: all files are of one.
        clinical: NAME=VALUE texts.
        table: of cases.
    """

    one_case: bool
    clinical: tuple[str, ...]
    table: Path | None

    @property
    def asked(self) -> bool:
        """Whether anything was."""
        return any(self.by_option().values())

    def by_option(self) -> dict[str, Any]:
        """Name of each option to what it was given."""
        return {"--case": self.one_case, "--clinical": self.clinical, "--table": self.table}


def case_options(command: Command) -> Command:
    """Add the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def readings(reader: Any, study: Path, files: Iterable[Path], asked: Cases) -> Iterable[Any]:
    """What the reader says: of each file, or of each case where cases were asked for.

    Args:
        reader: opened.
        study: its folder.
        files: as `to_read` gives them.
        asked: options.

    Raises:
        UsageError: the options do not go together, or the reader does not know cases.
    """
    if not asked.asked:
        return reader.read_many(files)
    if getattr(reader, "channels", ()):
        return reader.read_cases(_by_channel(reader, list(files), asked))
    from thirdeye.inference.fusion.reading import CaseReader  # deferred: most reading is of single images

    cases = CaseReader.load(study, reader)
    return cases.read_many(_cases(cases, list(files), asked))


def _by_channel(reader: Any, files: Sequence[Path], asked: Cases) -> list[Joined]:
    from thirdeye.inference.dense.given import cases_by_column

    if asked.table is None or files or asked.one_case or asked.clinical:
        names = ", ".join(one.name for one in reader.channels)
        raise UsageError(
            f"this reader puts the files of a case together by their names, or by a --table with the columns "
            f"{names}; leave --case and --clinical out, and FILE beside --table"
        )
    return cases_by_column(asked.table, reader.channels)


def _cases(reader: Any, files: Sequence[Path], asked: Cases) -> list[CaseFiles]:
    from thirdeye.inference.fusion.given import cases_of_table, one_case, pairs_of

    if asked.table is not None:
        if files or asked.one_case or asked.clinical:
            raise UsageError(
                "--table names the files, cases and values; leave FILE, --case and --clinical out"
            )
        clinical = reader.model.clinical
        return cases_of_table(
            asked.table, () if clinical is None else [one.name for one in clinical.variables]
        )
    values = pairs_of(asked.clinical)
    return [one_case(files, values)] if asked.one_case else [one_case([file], values) for file in files]

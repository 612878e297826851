"""`readers analyse`: what the readings say about tests, readers and machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.merit import Merit, merit_called
from thirdeye.evaluation.readers.obuchowski_rockette import Random, analyse
from thirdeye.evaluation.readers.readings import Readings, readings_from_columns
from thirdeye.evaluation.readers.result import Analysis, plain
from thirdeye.evaluation.readers.standalone import StandaloneComparison, against_readers
from thirdeye.evaluation.readers.switching import Switching, switching
from thirdeye.intake.table_file import read_table
from thirdeye.journey.readers.importing import READINGS_FILE, read_readings
from thirdeye.report.reader_study.page import write_page
from thirdeye.report.reader_study.study import ReaderStudy

ANALYSIS_FILE = "analysis.json"
PAGE_FILE = "analysis.html"
ANALYSIS_VERSION = 1


@dataclass(frozen=True)
class Analysed:
    """An analysed reader study.

    Args:
        study: folder, or None when nothing was written.
        result: the content of ``analysis.json``.
        files: what was written.
    """

    study: Path | None
    result: dict[str, Any]
    files: tuple[Path, ...]


def analyse_readings(
    readings: str | Path,
    *,
    out: str | Path | None = None,
    merit: str = "auc",
    threshold: float | None = None,
    random: Random = "readers_and_cases",
    network: str | None = None,
    network_scores: str | Path | None = None,
    cases_fixed: bool = False,
    truth: str | Path | None = None,
    columns: dict[str, str] | None = None,
    level: float = 0.95,
) -> Analysed:
    """Compare tests, compare a network with the readers, and measure what readers do with its opinion.

    Args:
        readings: table, or folder of a reader study with ``readings.csv``.
        out: folder for ``analysis.json`` and ``analysis.html``; None writes next to the study's readings, or
            nothing where a table was given.
        merit: "auc", "sensitivity" or "specificity" (the last two need `threshold`).
        threshold: rating from which a case counts as positive.
        random: what the result shall extend to.
        network: name of the reader that is the network.
        network_scores: table with the network's case and score, where it is not among the readers.
        cases_fixed: the comparison with the network is about these cases only; said aloud in the result.
        truth: table of the reference standard, where the readings don't hold it.
        columns: see `thirdeye.journey.readers.importing.import_readings`.
        level: of all intervals.

    Raises:
        UsageError: options that do not fit.
        DataRefused: readings that do not carry the analysis.
    """
    source = Path(readings)
    table_path = source / READINGS_FILE if source.is_dir() else source
    if not table_path.is_file():
        raise UsageError(
            f"there are no readings at '{source.name}'; import them first: thirdeye readers import"
        )
    frame, sentences = read_readings(
        table_path, columns=columns, truth=None if truth is None else Path(truth)
    )
    figure = merit_called(merit, threshold)
    frame, network = _with_network(frame, network, None if network_scores is None else Path(network_scores))
    study = _study(frame, figure, random=random, network=network, cases_fixed=cases_fixed, level=level)
    result = as_json(study, sentences)
    place = Path(out) if out is not None else source if source.is_dir() else None
    if place is None:
        return Analysed(None, result, ())
    folder = Study(place)
    folder.write_json(ANALYSIS_FILE, result)
    folder.write_text(PAGE_FILE, write_page(study, sentences))
    return Analysed(place, result, (folder.path(ANALYSIS_FILE), folder.path(PAGE_FILE)))


def _study(
    frame: pd.DataFrame,
    merit: Merit,
    *,
    random: Random,
    network: str | None,
    cases_fixed: bool,
    level: float,
) -> ReaderStudy:
    people = frame[frame["reader"] != network] if network is not None else frame
    tests: Analysis | None = None
    readings: Readings | None = None
    standalone: StandaloneComparison | None = None
    if "rating" in frame:
        rated = people.dropna(subset=["rating"])
        if rated.empty:
            raise DataRefused("no reading has a rating")
        readings = _readings(rated)
        tests = analyse(readings, merit=merit, random=random, level=level)
        if network is not None:
            standalone = _against(frame, rated, network, merit, cases_fixed, level)
    reliance: Switching | None = None
    if {"initial", "machine", "final"} <= set(people.columns):
        decided = people.dropna(subset=["initial", "machine", "final"])
        reliance = switching(
            truth=decided["truth"], initial=decided["initial"], machine=decided["machine"],
            final=decided["final"], reader=decided["reader"], case=decided["case"], level=level,
        )  # fmt: skip
    if tests is None and reliance is None:
        raise DataRefused("the readings hold neither ratings nor first, machine and final decisions")
    scores = None if network is None else _scores(frame, network)
    return ReaderStudy(readings, tests, standalone, reliance, merit.name, network, scores, level)


def _readings(rows: pd.DataFrame) -> Readings:
    return readings_from_columns(
        test=rows["test"].to_numpy(str), reader=rows["reader"].to_numpy(str),
        case=rows["case"].to_numpy(str), truth=rows["truth"].to_numpy(float),
        rating=rows["rating"].to_numpy(float),
    )  # fmt: skip


def _with_network(
    frame: pd.DataFrame, network: str | None, path: Path | None
) -> tuple[pd.DataFrame, str | None]:
    """Readings with the network as one more reader."""
    if path is None:
        if network is not None and network not in set(frame["reader"]):
            raise UsageError(
                f"no reader is called '{network}'; the readers are {', '.join(sorted(set(frame['reader'])))}"
            )
        return frame, network
    table = read_table(path)
    known = {column.lower(): column for column in table.columns}
    score = next((known[word] for word in ("score", "rating", "probability") if word in known), None)
    if "case" not in known or score is None:
        raise DataRefused(f"{path.name} needs the columns case and score; it has {', '.join(table.columns)}")
    name = network or "network"
    truth = frame.drop_duplicates("case").set_index("case")["truth"]
    values = pd.Series(pd.to_numeric(table[score], errors="coerce").to_numpy(), index=table[known["case"]])
    missing = [case for case in truth.index if case not in values.index or np.isnan(values[case])]
    if missing:
        raise DataRefused(
            f"{path.name} has no score for {len(missing)} cases that were read, e.g. {missing[0]}"
        )
    test = str(frame["test"].iloc[0])
    rows = [
        {"reader": name, "case": case, "test": test, "truth": truth[case], "rating": float(values[case])}
        for case in truth.index
    ]
    return pd.concat([frame, pd.DataFrame(rows)], ignore_index=True), name


def _against(
    frame: pd.DataFrame, rated: pd.DataFrame, network: str, merit: Merit, cases_fixed: bool, level: float
) -> StandaloneComparison:
    """The network against readers without help: the first test, where readings are the readers' own."""
    test = str(rated["test"].iloc[0])
    alone = rated[rated["test"] == test]
    own = frame[(frame["reader"] == network) & frame["rating"].notna()].drop_duplicates("case")
    both = own[own["case"].isin(set(alone["case"]))].assign(test=test)
    return against_readers(
        _readings(pd.concat([both, alone], ignore_index=True)), network, merit=merit,
        cases_fixed=cases_fixed, level=level,
    )  # fmt: skip


def _scores(frame: pd.DataFrame, network: str) -> tuple[Any, Any]:
    own = frame[(frame["reader"] == network) & frame["rating"].notna()].drop_duplicates("case")
    return own["truth"].to_numpy(int), own["rating"].to_numpy(float)


def as_json(study: ReaderStudy, sentences: tuple[str, ...]) -> dict[str, Any]:
    """The content of ``analysis.json``."""
    return {
        "version": ANALYSIS_VERSION,
        "notice": RESEARCH_USE,
        "understood": list(sentences),
        "merit": study.merit,
        "level": study.level,
        "tests": None if study.tests is None else _tests_json(study.tests, study.readings),
        "network": None if study.standalone is None else _network_json(study.standalone),
        "reliance": None if study.reliance is None else _reliance_json(study.reliance),
    }


def _tests_json(found: Analysis, readings: Readings | None) -> dict[str, Any]:
    overall = found.overall
    parts = found.components
    return {
        "method": found.method,
        "covariance": found.covariance,
        "conclusion": found.conclusion,
        "cases": 0 if readings is None else len(readings.cases),
        "readers": list(found.readers),
        "names": list(found.tests),
        "figures": [list(row) for row in found.figures],
        "overall": None if overall is None else {
            "kind": overall.kind, "statistic": plain(overall.statistic),
            "df_numerator": overall.df_numerator, "df_denominator": plain(overall.df_denominator),
            "p": plain(overall.p),
        },
        "means": [one.as_json() for one in found.means],
        "differences": [one.as_json() for one in found.differences],
        "reader_differences": [one.as_json() for one in found.reader_differences],
        "components": None if parts is None else {
            name: plain(getattr(parts, name))
            for name in ("error", "same_reader", "same_test", "neither", "reader", "interaction")
        },
    }  # fmt: skip


def _network_json(found: StandaloneComparison) -> dict[str, Any]:
    return {
        "network": found.network.as_json(),
        "readers": dict(zip(found.readers, found.reader_figures, strict=True)),
        "reader_mean": found.reader_mean.as_json(),
        "difference": found.difference.as_json(),
        "cases_fixed": found.cases_fixed,
        "conclusion": found.conclusion,
    }


def _reliance_json(found: Switching) -> dict[str, Any]:
    numbers = {
        name: value for name, value in asdict(found).items() if name not in ("metrics", "net_switch_interval")
    }
    interval = None if found.net_switch_interval is None else list(found.net_switch_interval)
    return {
        **numbers, "net_switch_interval": interval, "metrics": [metric.as_json() for metric in found.metrics]
    }  # fmt: skip

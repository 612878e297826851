"""`readers analyse`: what the readings say about tests, readers and machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.dbm import PseudovalueAnova, analyse_pseudovalues
from thirdeye.evaluation.readers.free_response import FREE_RESPONSE
from thirdeye.evaluation.readers.free_response_study import analyse_free_response, free_response_anova
from thirdeye.evaluation.readers.merit import Merit, merit_called
from thirdeye.evaluation.readers.obuchowski_rockette import Random, analyse
from thirdeye.evaluation.readers.readings import Readings, readings_from_columns
from thirdeye.evaluation.readers.result import Analysis
from thirdeye.evaluation.readers.standalone import StandaloneComparison, against_readers
from thirdeye.evaluation.readers.switching import Switching, switching
from thirdeye.journey.readers.analysis_json import ANALYSIS_VERSION, as_json
from thirdeye.journey.readers.importing import READINGS_FILE, read_readings
from thirdeye.journey.readers.marking import LESIONS_FILE, MARKS_FILE, read_marks
from thirdeye.journey.readers.network_scores import NetworkScores, read_network_scores
from thirdeye.journey.readers.working_together import Together, work_together
from thirdeye.report.reader_study.page import write_page, write_print
from thirdeye.report.reader_study.study import ReaderStudy

ANALYSIS_FILE, PAGE_FILE, PRINT_FILE = "analysis.json", "analysis.html", "analysis.pdf"
__all__ = ["ANALYSIS_FILE", "ANALYSIS_VERSION", "Analysed", "Options", "analyse_readings"]


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


@dataclass(frozen=True)
class Options:
    """What is asked of an analysis; see `analyse_readings`."""

    merit: str = "auc"
    threshold: float | None = None
    specificity_from: float | None = None
    random: Random = "readers_and_cases"
    dbm: bool = False
    network: str | None = None
    network_scores: Path | None = None
    network_threshold: float | None = None
    validation_scores: Path | None = None
    cases_fixed: bool = False
    level: float = 0.95


def analyse_readings(
    readings: str | Path,
    *,
    out: str | Path | None = None,
    truth: str | Path | None = None,
    lesions: str | Path | None = None,
    distance: float | None = None,
    columns: dict[str, str] | None = None,
    pdf: bool = True,
    **asked: Any,
) -> Analysed:
    """Compare tests, compare a network with the readers, and measure what readers do with its opinion.

    Args:
        readings: table, or folder of a reader study with ``readings.csv`` or ``marks.csv``.
        out: folder for ``analysis.json``, ``.html`` and ``.pdf``; None writes next to the study's readings,
            or nothing where a table was given.
        truth: table of the reference standard, where the readings don't hold it.
        lesions: table of lesions: the readings are marks, and `merit` a free-response figure.
        distance: see `thirdeye.journey.readers.marking.import_marks`.
        columns: see `thirdeye.journey.readers.importing.import_readings`.
        pdf: write the page for print too.
        asked: fields of `Options`. ``merit``: "auc", "sensitivity", "specificity", "youden", "accuracy" (from
            the rating ``threshold`` on), "partial_auc" (above ``specificity_from``), or for marks one of
            `FREE_RESPONSE`. ``random``: what the result shall extend to. ``dbm``: the analysis of
            pseudovalues beside it. ``network``: reader that is the network; ``network_scores``: table of its
            scores, where it is not a reader; ``network_threshold``: from which it calls a case positive;
            ``validation_scores``: of other cases, on which rules of deferral are fixed. ``cases_fixed``: the
            comparison with the network is about these cases only. ``level``: of all intervals.

    Raises:
        UsageError: options that do not fit.
        DataRefused: readings that do not carry the analysis.
    """
    options = Options(**asked)
    source = Path(readings)
    marks = _marks_of(source, None if lesions is None else Path(lesions), options)
    if marks is not None:
        study, sentences = _free_response(*marks, options, columns, distance)
    else:
        study, sentences = _rated(_table_of(source), None if truth is None else Path(truth), columns, options)
    result = as_json(study, sentences)
    place = Path(out) if out is not None else source if source.is_dir() else None
    if place is None:
        return Analysed(None, result, ())
    folder = Study(place)
    folder.write_json(ANALYSIS_FILE, result)
    folder.write_text(PAGE_FILE, write_page(study, sentences))
    files = [folder.path(ANALYSIS_FILE), folder.path(PAGE_FILE)]
    if pdf:
        with folder.writing(PRINT_FILE) as path:
            path.write_bytes(write_print(study, sentences))
        files.append(folder.path(PRINT_FILE))
    return Analysed(place, result, tuple(files))


def _table_of(source: Path) -> Path:
    path = source / READINGS_FILE if source.is_dir() else source
    if not path.is_file():
        raise UsageError(
            f"there are no readings at '{source.name}'; import them first: thirdeye readers import"
        )
    return path


def _marks_of(source: Path, lesions: Path | None, options: Options) -> tuple[Path, Path] | None:
    """Tables of marks and lesions; None where the readings are ratings of whole cases."""
    if lesions is not None:
        return (source / MARKS_FILE if source.is_dir() else source), lesions
    folder = source.is_dir() and (source / MARKS_FILE).is_file()
    if folder and (options.merit in FREE_RESPONSE or not (source / READINGS_FILE).is_file()):
        return source / MARKS_FILE, source / LESIONS_FILE
    if options.merit in FREE_RESPONSE:
        raise UsageError(
            f"{options.merit} needs marks: give their table with --lesions TABLE, or import both first"
        )
    return None


def _free_response(
    marks: Path, lesions: Path, options: Options, columns: dict[str, str] | None, distance: float | None
) -> tuple[ReaderStudy, tuple[str, ...]]:
    found = read_marks(marks, lesions, columns=columns, distance=distance)
    figure = options.merit if options.merit in FREE_RESPONSE else "wAFROC"
    study = found.study
    if figure == "wAFROC" and study.diseased.all() and options.merit == "auc":
        figure = "wAFROC1"
    tests = analyse_free_response(study, figure=figure, random=options.random, level=options.level)
    anova = None
    if options.dbm:
        anova = free_response_anova(study, figure=figure, readers_fixed=options.random == "cases")
    return ReaderStudy(
        readings=None, tests=tests, standalone=None, reliance=None, merit=figure, network=None,
        network_scores=None, level=options.level, marks=study, anova=anova,
    ), found.sentences  # fmt: skip


def _rated(
    table: Path, truth: Path | None, columns: dict[str, str] | None, options: Options
) -> tuple[ReaderStudy, tuple[str, ...]]:
    frame, sentences = read_readings(table, columns=columns, truth=truth)
    merit = merit_called(options.merit, options.threshold, specificity_from=options.specificity_from)
    scores = _scores_of(frame, options)
    frame, network = _with_network(frame, options.network, scores)
    study, together = _study(frame, merit, network, scores, options)
    told = () if scores is None else scores.told
    if together is not None:
        study = replace(study, together=together.as_json(), side_by_side=together)
    return study, (*sentences, *told)


def _scores_of(frame: pd.DataFrame, options: Options) -> NetworkScores | None:
    """The network's scores from its table, or of the reader that is the network."""
    if options.network_scores is not None:
        return read_network_scores(
            options.network_scores, validation=options.validation_scores, threshold=options.network_threshold
        )
    if options.network is None or "rating" not in frame or options.network_threshold is None:
        return None
    own = frame[(frame["reader"] == options.network) & frame["rating"].notna()].drop_duplicates("case")
    limit = options.network_threshold
    told = f"The network calls a score of {limit:g} and more positive, as was said."
    return NetworkScores(
        dict(zip(own["case"], own["rating"], strict=True)), None, limit, "prespecified", (told,)
    )


def _study(
    frame: pd.DataFrame, merit: Merit, network: str | None, scores: NetworkScores | None, options: Options
) -> tuple[ReaderStudy, Together | None]:
    people = frame[frame["reader"] != network] if network is not None else frame
    tests: Analysis | None = None
    readings: Readings | None = None
    standalone: StandaloneComparison | None = None
    anova: PseudovalueAnova | None = None
    if "rating" in frame:
        rated = people.dropna(subset=["rating"])
        if rated.empty:
            raise DataRefused("no reading has a rating")
        readings = _readings(rated)
        tests = analyse(readings, merit=merit, random=options.random, level=options.level)
        if options.dbm:
            anova = analyse_pseudovalues(readings, merit=merit, readers_fixed=options.random == "cases")
        if network is not None:
            standalone = _against(frame, rated, network, merit, options)
    reliance = _reliance(people, options.level)
    together = work_together(people, threshold=options.threshold, scores=scores, level=options.level)
    if tests is None and reliance is None and together is None:
        raise DataRefused("the readings hold neither ratings nor first, machine and final decisions")
    own = None if network is None else _scores(frame, network)
    study = ReaderStudy(
        readings, tests, standalone, reliance, merit.name, network, own, options.level, anova=anova
    )
    return study, together


def _reliance(people: pd.DataFrame, level: float) -> Switching | None:
    if not {"initial", "machine", "final"} <= set(people.columns):
        return None
    columns = ["reader", "case", "initial", "machine", "final"]
    decided = people.dropna(subset=columns).drop_duplicates(columns)  # repeated beside each test
    if decided.empty:
        return None
    return switching(
        truth=decided["truth"], initial=decided["initial"], machine=decided["machine"],
        final=decided["final"], reader=decided["reader"], case=decided["case"], level=level,
    )  # fmt: skip


def _readings(rows: pd.DataFrame) -> Readings:
    return readings_from_columns(
        test=rows["test"].to_numpy(str), reader=rows["reader"].to_numpy(str),
        case=rows["case"].to_numpy(str), truth=rows["truth"].to_numpy(float),
        rating=rows["rating"].to_numpy(float),
    )  # fmt: skip


def _with_network(
    frame: pd.DataFrame, network: str | None, scores: NetworkScores | None
) -> tuple[pd.DataFrame, str | None]:
    """Readings with the network as one more reader."""
    if network is not None and network in set(frame["reader"]):
        return frame, network
    if scores is None:
        if network is not None:
            raise UsageError(
                f"no reader is called '{network}'; the readers are {', '.join(sorted(set(frame['reader'])))}"
            )
        return frame, None
    truth = frame.drop_duplicates("case").set_index("case")["truth"]
    missing = [case for case in truth.index if case not in scores.scores]
    if missing:
        raise DataRefused(
            f"the network's table has no score for {len(missing)} cases that were read, e.g. {missing[0]}"
        )
    name, test = network or "network", str(frame["test"].iloc[0])
    rows = [
        {"reader": name, "case": case, "test": test, "truth": truth[case], "rating": scores.scores[case]}
        for case in truth.index
    ]
    return pd.concat([frame, pd.DataFrame(rows)], ignore_index=True), name


def _against(
    frame: pd.DataFrame, rated: pd.DataFrame, network: str, merit: Merit, options: Options
) -> StandaloneComparison:
    """The network against readers without help: the first test, where readings are the readers' own."""
    test = str(rated["test"].iloc[0])
    alone = rated[rated["test"] == test]
    own = frame[(frame["reader"] == network) & frame["rating"].notna()].drop_duplicates("case")
    both = own[own["case"].isin(set(alone["case"]))].assign(test=test)
    return against_readers(
        _readings(pd.concat([both, alone], ignore_index=True)), network, merit=merit,
        cases_fixed=options.cases_fixed, level=options.level,
    )  # fmt: skip


def _scores(frame: pd.DataFrame, network: str) -> tuple[Any, Any]:
    own = frame[(frame["reader"] == network) & frame["rating"].notna()].drop_duplicates("case")
    return own["truth"].to_numpy(int), own["rating"].to_numpy(float)

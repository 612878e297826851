"""The content of ``analysis.json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.evaluation.readers.dbm import PseudovalueAnova
from thirdeye.evaluation.readers.result import Analysis, plain
from thirdeye.evaluation.readers.standalone import StandaloneComparison
from thirdeye.evaluation.readers.switching import Switching
from thirdeye.report.reader_study.study import ReaderStudy

ANALYSIS_VERSION = 1


def as_json(study: ReaderStudy, sentences: tuple[str, ...]) -> dict[str, Any]:
    """The content of ``analysis.json``."""
    return {
        "version": ANALYSIS_VERSION,
        "notice": RESEARCH_USE,
        "understood": list(sentences),
        "merit": study.merit,
        "level": study.level,
        "tests": None if study.tests is None else _tests_json(study.tests, study.cases),
        "dbm": None if study.anova is None else _anova_json(study.anova),
        "network": None if study.standalone is None else _network_json(study.standalone),
        "reliance": None if study.reliance is None else _reliance_json(study.reliance),
        "together": study.together,
    }


def _tests_json(found: Analysis, cases: int) -> dict[str, Any]:
    overall = found.overall
    parts = found.components
    return {
        "method": found.method,
        "covariance": found.covariance,
        "conclusion": found.conclusion,
        "arrangement": found.arrangement,
        "cases": cases,
        "readers": list(found.readers),
        "names": list(found.tests),
        "figures": [[plain(value) for value in row] for row in found.figures],
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


def _anova_json(found: PseudovalueAnova) -> dict[str, Any]:
    return {
        "kind": "F", "statistic": plain(found.statistic), "df_numerator": found.df_numerator,
        "df_denominator": plain(found.df_denominator), "p": plain(found.p),
        "difference_error": plain(found.difference_error), "readers_fixed": found.readers_fixed,
        "mean_squares": {name: plain(value) for name, value in found.mean_squares.items()},
        "variances": {name: plain(value) for name, value in found.variances.items()},
    }  # fmt: skip

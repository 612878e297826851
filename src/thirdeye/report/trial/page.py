"""Writes the report of a trial as one page."""

from __future__ import annotations

from thirdeye.report.html import render_html
from thirdeye.report.trial.compose import compose_trial
from thirdeye.report.trial.trial import Trial


def trial_page(trial: Trial) -> str:
    """The page, complete in itself: pictures inside, no script, no outside file."""
    return render_html(compose_trial(trial))

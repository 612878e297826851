"""``thirdeye validate``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.external_text import external_text
from thirdeye.cli.options import as_keywords, data_option, data_options, json_option
from thirdeye.cli.summary import evidence_text
from thirdeye.errors import UsageError

_EQUALS, _COMMA = (re.compile(rf"(?<!\\){sign}") for sign in "=,")


@click.command("validate")
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--on",
    type=click.Path(path_type=Path),
    metavar="DATA",
    help="Data from elsewhere, in any layout: external validation.",
)
@click.option("--name", help="With --on: what the set is called.  [name of DATA]")
@click.option(
    "--reason", metavar="TEXT", help="Why these cases are looked at again; needed from the second look on."
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OURS=THEIRS,...",
    help="With --on: classes that mean the same under another name, the reader's first.",
)
@click.option("--part", metavar="NAME", help="With --on: only the part of DATA that is called so (test).")
@click.option(
    "--same-patients", is_flag=True, help="With --on: equal patient ids are the same person on both sides."
)
@click.option(
    "--no-traditional",
    is_flag=True,
    help="With --on: leave out the traditional technique, which has to be fitted again.",
)
@click.option(
    "--subgroup",
    "subgroups",
    multiple=True,
    metavar="COLUMN",
    help="A column to group the cases by, beside those that are found; may be repeated.",
)
@click.option(
    "--cost-ratio",
    "cost_ratios",
    type=float,
    multiple=True,
    metavar="R",
    help="A missed case weighs as much as R false alarms: adds that operating point.",
)
@data_option
@json_option
@data_options
def command(
    study: Path,
    on: Path | None,
    name: str | None,
    reason: str | None,
    pairs: tuple[str, ...],
    part: str | None,
    same_patients: bool,
    no_traditional: bool,
    subgroups: tuple[str, ...],
    cost_ratios: tuple[float, ...],
    data: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Measure the reader of STUDY on its untouched test part, or with --on on data from elsewhere.

    Every look at cases is counted and logged; the second and each further one needs --reason.
    """
    from thirdeye.journey.validating import validate

    with Console() as console, Study(study).lock():
        found = validate(
            study, on=on, data=data, reason=reason, name=name, mapping=as_mapping(pairs), part=part,
            same_patients=same_patients, traditional=not no_traditional, subgroups=subgroups,
            cost_ratios=cost_ratios, tell=console, **as_keywords(given),
        )  # fmt: skip
    if as_json:
        click.echo(json_text(found.evidence))
    else:
        text = evidence_text(found.evidence) if on is None else external_text(found.evidence, found.part)
        click.echo(text)


def as_mapping(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    """``OURS=THEIRS,OURS=OTHERS`` as class of the reader to classes of the data.

    A text with one equals sign is one pair, so that its names may hold commas. Elsewhere a comma or an equals
    sign that belongs to a name has a backslash before it.

    Raises:
        UsageError: a pair has no equals sign, or one of its sides is empty.
    """
    mapping: dict[str, list[str]] = {}
    for pair in (part for text in pairs for part in _pairs(text) if part.strip()):
        ours, *others = (_bare(side) for side in _EQUALS.split(pair))
        if len(others) != 1 or not ours or not others[0]:
            raise UsageError(
                f"--map takes OURS=THEIRS, the reader's class first, got '{pair.strip()}'; a comma or an "
                "equals sign that belongs to a name has a backslash before it"
            )
        mapping.setdefault(ours, []).append(others[0])
    return mapping


def _pairs(text: str) -> list[str]:
    return [text] if len(_EQUALS.findall(text)) == 1 else _COMMA.split(text)


def _bare(side: str) -> str:
    return side.replace("\\,", ",").replace("\\=", "=").strip()

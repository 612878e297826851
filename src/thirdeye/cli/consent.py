"""``thirdeye consent``: where patients took part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option
from thirdeye.errors import UsageError

if TYPE_CHECKING:
    from thirdeye.journey.consenting import Trace

_PATH = click.Path(path_type=Path)


@click.group("consent")
def command() -> None:
    """Where patients took part. To leave patients out, give --consent TABLE to check, plan or run."""


@command.command("trace")
@click.argument("words", metavar="[PATIENT] FOLDER...", nargs=-1, required=True)
@click.option(
    "--withdrawn", type=_PATH, metavar="TABLE", help="All who have withdrawn, instead of a PATIENT."
)
@click.option("--scope", metavar="NAME", help="With --withdrawn: the purpose.")
@click.option("--as-of", metavar="DATE", help="With --withdrawn: the day.  [today]")
@click.option("--key", type=_PATH, help="Key of thirdeye deidentify, to follow its pseudonyms.")
@json_option
def trace(
    words: tuple[str, ...],
    withdrawn: Path | None,
    scope: str | None,
    as_of: str | None,
    key: Path | None,
    as_json: bool,
) -> None:
    """List the studies, models and de-identified copies in which a PATIENT occurs.

    Every FOLDER is searched at any depth. PATIENT may be "-" to be asked for it, so that it stays in no
    history. Names are never printed: patients are counted in the order of the table.
    """
    from thirdeye.journey.consenting import trace_consent, withdrawn_patients

    if withdrawn is not None:
        patients, places = withdrawn_patients(withdrawn, scope=scope, as_of=as_of), words
    else:
        patients, places = (words[0],), words[1:]
        if scope or as_of:
            raise UsageError("--scope and --as-of go with --withdrawn TABLE")
    if not places:
        raise UsageError("name at least one folder to search after the patient")
    if patients == ("-",):
        patients = (click.prompt("Patient", hide_input=True, err=True),)
    found = trace_consent(patients, places, key=key)
    if as_json:
        click.echo(json_text({"patients": len(patients), "traces": [one.as_json() for one in found]}))
    else:
        click.echo(_text(len(patients), found))


def _text(patients: int, found: tuple[Trace, ...]) -> str:
    asked = f"{patients:,} patient{'' if patients == 1 else 's'} asked for"
    if not found:
        return f"{asked}: in none of these folders."
    return "\n".join([f"{asked}:", *(line for trace in found for line in _lines(trace))])


def _lines(trace: Trace) -> list[str]:
    parts = ", ".join(f"{number:,} in {part}" for part, number in sorted(trace.images.items()))
    who = ", ".join(map(str, trace.patients))
    lines = [f"  {trace.place}: patient {who}; images: {parts}"]
    if trace.learnt:
        lines.append("    a model learnt from them; train it again without them, or retire it:")
        lines += [f"      {file}  sha256 {digest}" for file, digest in trace.models.items()]
    return lines

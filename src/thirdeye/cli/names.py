"""``thirdeye names``: what the classes of a study are called before people."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.names import LANGUAGES, ClassNames
from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option
from thirdeye.inference.wording import readable

_PATH = click.Path(path_type=Path)


@click.command("names")
@click.argument("study", type=_PATH)
@click.argument("file", required=False, type=_PATH)
@click.option(
    "--none", is_flag=True, help="Every class stands for itself, even where its list is well known."
)
@json_option
def command(study: Path, file: Path | None, none: bool, as_json: bool) -> None:
    """What the classes of STUDY are called on screens, opinions, reports and DICOM objects.

    FILE gives them names: CSV with the columns class,name (and fr), or JSON {"mel": "melanoma"}. Without it
    the names are shown as they are. Figures, files for programs and the model keep the classes themselves;
    `thirdeye report STUDY` writes the report anew, and a reading room takes the names when it is opened.
    """
    from thirdeye.journey.naming import class_names, name_classes

    if file is not None and none:
        raise click.UsageError("FILE gives names and --none takes them; leave one of them out")
    if file is not None or none:
        name_classes(study, file)
    classes, names = class_names(study)
    click.echo(json_text(names.as_json()) if as_json else _table(classes, names))


def _table(classes: tuple[str, ...], names: ClassNames) -> str:
    wide = max(map(len, classes))
    rows = [
        f"  {readable(name):<{wide}}  {' / '.join(dict.fromkeys(names.of(name, one) for one in LANGUAGES))}"
        for name in (*classes, *(one for one in names.by_class if one not in classes))
    ]
    return "\n".join([f"Names: {readable(names.source or 'each class stands for itself')}", *rows])

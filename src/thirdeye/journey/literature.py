"""`evidence`: the published studies as data, tables, figures and a page, and one's own study among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.literature_own import own_study
from thirdeye.recipes.literature.bundle import bundle_of, with_own
from thirdeye.recipes.literature.choose import Choice, Wanted, choose
from thirdeye.recipes.literature.read import studies, study
from thirdeye.recipes.literature.study import PublishedStudy
from thirdeye.report.literature.lines import Literature

PAGE_SUFFIXES = (".html", ".pdf")


@dataclass(frozen=True)
class Published:
    """The published evidence.

    Args:
        studies: those that were chosen, with every number and how it is known.
        shown: tables, figures' data, counts, contradictions, intervals; one's own study where one was given.
    """

    studies: tuple[PublishedStudy, ...]
    shown: Literature


def evidence(own: str | Path | None = None, **wanted: Unpack[Choice]) -> Published:
    """The 25 studies of the review of 2019, or some of them, and a study of one's own among them.

    Args:
        own: a validated study folder, to be set among all 25; None: the published ones alone.
        wanted: filters, see `Wanted`: specialty, year, network, task, origin, compared_with_doctors. With a
            study of one's own they say which published ones are near it; without any, those of its task are.

    Raises:
        UsageError: a filter has a value that no study has.
        StudyMismatch: `own` was not validated.
    """
    asked = Wanted(**wanted)
    chosen = choose(studies(), asked)
    if own is None:
        return Published(chosen, bundle_of(chosen, asked.words))
    found, points, does = own_study(Path(own))
    near = None if asked == Wanted() else chosen
    if near is not None:
        found = replace(found, related=asked.words)
    return Published(studies(), with_own(bundle_of(studies()), found, points, does, near))


def of_one(name: str) -> Published:
    """One published study by its id.

    Raises:
        UsageError: there is none; the near ones are named.
    """
    one = (study(name),)
    return Published(one, bundle_of(one))


def evidence_page(published: Published, out: str | Path) -> Path:
    """Write the page; HTML or PDF by the file's ending.

    Raises:
        UsageError: another ending, or nothing to show.
        StageFailed: the file cannot be written.
    """
    from thirdeye.report.html import render_html
    from thirdeye.report.literature.page import compose
    from thirdeye.report.pdf import render_pdf

    path = Path(out)
    if path.suffix.lower() not in PAGE_SUFFIXES:
        raise UsageError(f"'{path.name}': expected a file that ends in .html or .pdf")
    _some(published)
    document = compose(published.shown)
    content = render_pdf(document) if path.suffix.lower() == ".pdf" else render_html(document).encode()
    with Study(path.parent).writing(path.name) as part:
        part.write_bytes(content)
    return path


def evidence_figures(published: Published, out: str | Path) -> tuple[Path, ...]:
    """Write every figure as SVG and PNG at print size into a folder.

    Raises:
        UsageError: nothing to show, or `out` is a file.
        StageFailed: the folder cannot be written.
    """
    from thirdeye.report.literature.figures import figures
    from thirdeye.report.publication.print_figure import print_figure

    _some(published)
    if Path(out).is_file():
        raise UsageError(f"'{Path(out).name}' is a file; figures go into a folder, name one with --out")
    folder, written = Study(Path(out)), []
    for name, drawing in figures(published.shown).items():
        printed = print_figure(drawing)
        for suffix, content in () if printed is None else (("svg", printed.svg), ("png", printed.png)):
            with folder.writing(f"{name}.{suffix}") as part:
                part.write_bytes(content)
            written.append(folder.path(f"{name}.{suffix}"))
    return tuple(written)


def evidence_json(published: Published, *parts: str) -> dict[str, Any]:
    """JSON of some parts ("studies", "counts", "contradictions", "intervals", "shares", "own"), or of all."""
    from thirdeye.recipes.literature.document import document

    return document(published.studies, published.shown, *parts)


def evidence_csv(published: Published, table: str) -> str:
    """CSV of one table: "studies", "numbers", "counts", "contradictions", "intervals" or "shares"."""
    import csv
    import io

    from thirdeye.recipes.literature.table import columns, rows

    text = io.StringIO()
    writer = csv.DictWriter(text, columns(table), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(published.studies, published.shown, table))
    return text.getvalue()


def sourced_lines(one: PublishedStudy) -> dict[str, list[tuple[str, str]]]:
    """Every value of a study as words, with how it is known, under the titles of its groups."""
    from thirdeye.recipes.literature.lines import sourced_lines as lines

    return lines(one)


def place_words(published: Published) -> str:
    """Where one's own study stands, in a sentence; empty without one."""
    from thirdeye.report.literature.own import place_sentence

    own = published.shown.own
    return "" if own is None else place_sentence(published.shown, own)


def _some(published: Published) -> None:
    if not published.studies:
        raise UsageError("no study fits all filters together; leave one out")

"""What the reader knows nothing of: its edge, who is turned away, what of changed images it notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Figure, Paragraph, Section, Table
from thirdeye.report.figures.envelope import envelope_figure
from thirdeye.report.numbers import count, full_text
from thirdeye.report.sets import EvidenceSet, part_anchor

Json = Mapping[str, Any]
_HOW = (
    "An image is measured by the features of the network and by its plain appearance: layout, colour, edges, "
    "texture and symmetry. The mean of both distances counts. The edge was fixed on held-out development "
    "images so that at most about two known images in a hundred lie beyond it; the cases of this part had no "
    "say. Rules on size, colour, modality, view, body part, pixel spacing and age come on top where files or "
    "tables name them."
)
_LIMIT = (
    "The envelope notices images of another kind. It does not notice every case that the reader will get "
    "wrong, and a subtle change of machine or patients may stay within it: follow the stream of cases with "
    "thirdeye drift."
)


def envelope_section(part: EvidenceSet) -> Section | None:
    """The envelope on one part; None where it was not measured."""
    found = part.content.get("envelope")
    if not isinstance(found, Mapping) or not found.get("turned_away"):
        return None
    turned = found["turned_away"]
    blocks: list[Block] = [
        Paragraph(
            "Cases of this part on which the reader gives no opinion because they look unlike what it knows: "
            f"{full_text(turned)}."
        )
    ]
    held, distances = found.get("held_out") or (), found.get("distances") or ()
    if held and distances:
        blocks.append(_figure(held, distances, found, part))
    if found.get("changed"):
        blocks.append(_table(found["changed"]))
    blocks += [Paragraph(_HOW, "small"), Paragraph(_LIMIT, "small")]
    return Section(part_anchor("envelope", part), _title(part), tuple(blocks))


def _title(part: EvidenceSet) -> str:
    title = "When the reader should not be asked"
    return title if part.name == "test" else f"{title}: {part.title}"


def _figure(held: Any, distances: Any, found: Json, part: EvidenceSet) -> Figure:
    names = (
        f"Held-out development images (n = {int(found.get('n_held_out') or len(held)):,})",
        f"{part.title[:1].upper()}{part.title[1:]} (n = {int(found['turned_away']['n']):,})",
    )
    drawing = envelope_figure(list(map(float, held)), list(map(float, distances)), names=names)
    outside = full_text(found["turned_away"])
    return Figure(
        drawing,
        "How far images lie from what the reader knows. The line is the edge; images beyond three times the "
        "edge are drawn at the end.",
        f"Two histograms of distances with the edge at 1. Beyond it: {outside} of the cases of this part.",
        name="envelope",
    )


def _table(changed: Any) -> Table:
    columns = (
        Column("The same images, changed", weight=1.6),
        Column("AUROC against unchanged", numeric=True, weight=1.7),
        Column("Share beyond the edge", numeric=True, weight=1.7),
    )
    rows: list[tuple[str | Cell, ...]] = [
        (str(one["change"]), full_text(one["auroc"]), full_text(one["noticed"])) for one in changed
    ]
    n = int(changed[0]["noticed"]["n"])
    note = "By appearance alone. Pictures that look alike either way up stay inside when they are turned."
    return Table(columns, tuple(rows), f"What of changed images is noticed ({count(n, 'image')})", (note,))

"""Examples for the report: typical right answers and the most confident wrong ones, with heat maps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.explanation.mapped import Mapper, method_to_show
from thirdeye.explanation.opinion_pictures import pictures_of
from thirdeye.inference.opinion_text import opinion_text
from thirdeye.inference.second_opinion import Reading, SecondReader

EXAMPLES_FILE = "explanation/examples.json"
FOLDER = "explanation/examples"
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """One case chosen as an example.

    Args:
        position: its row.
        kind: binary: "true_positive", "true_negative", "false_positive", "false_negative"; else "right" or
            "wrong".
        label, predicted: class names (multi-label: joined by ``|``).
        probability: calibrated, of the positive class (binary) or of what was predicted.
    """

    position: int
    kind: str
    label: str
    predicted: str
    probability: float


def choose_examples(
    *,
    labels: NDArray[np.int64],
    probabilities: Table,
    classes: Sequence[str],
    task: str,
    positive: str | None,
    threshold: float = 0.5,
    per_kind: int = 3,
) -> tuple[Example, ...]:
    """The most confident wrong answers and the right ones nearest the median confidence, kind by kind.

    Args:
        labels: (n,) class index; multi-label: (n, K) of 0 and 1.
        probabilities: (n, K) calibrated.
        classes: K names.
        task: kind of decision.
        positive: the diseased class (binary).
        threshold: on the positive class's probability (binary) or on each label's (multi-label).
        per_kind: how many of each kind.
    """
    if task == "multilabel":
        everyone = _multilabel(labels, probabilities, classes, threshold)
    elif positive is not None:
        everyone = _binary(labels, probabilities, classes, classes.index(positive), threshold)
    else:
        everyone = _multiclass(labels, probabilities, classes)
    by_kind: dict[str, list[tuple[float, Example]]] = {}
    for confidence, example in everyone:
        by_kind.setdefault(example.kind, []).append((confidence, example))
    return tuple(one for kind in sorted(by_kind) for one in _picked(by_kind[kind], per_kind))


def write_examples(
    study: Study,
    examples: Sequence[Example],
    *,
    cases: Sequence[str],
    images: Sequence[str],
    load: Callable[[str], Image],
    reader: SecondReader,
) -> None:
    """Write thumbnails, heat maps and ``explanation/examples.json``.

    File names are numbers, never identities.

    Args:
        study: where to.
        examples: from `choose_examples`.
        cases, images: case and image reference of each row.
        load: reference to image.
        reader: of this study.
    """
    mapper = Mapper.of(study, reader, method_to_show(reader.manifest))
    entries = []
    for number, example in enumerate(examples, start=1):
        image = load(images[example.position])
        reading = mapper.over(Reading(reader.read_images([image])[0], image))
        pictures = pictures_of(reading, reader.manifest)
        drawn = {"thumbnail": pictures.plain, "heat_map": pictures.overlay}
        names = {
            kind: _written(study, f"{number:02d}_{kind}.png", content) for kind, content in drawn.items()
        }
        entries.append(
            {
                "case": cases[example.position],
                "image": images[example.position],
                "label": example.label,
                "predicted": example.predicted,
                "probability": example.probability,
                "kind": example.kind,
                "opinion": opinion_text(_nameless(reading.opinion)),
                **names,
            }
        )
    study.write_json(EXAMPLES_FILE, {"examples": entries})


def _nameless(opinion: Opinion) -> Opinion:
    """The opinion without the names of files and past cases, for a report that is passed on."""
    past = tuple(
        replace(one, case=f"past case {number}") for number, one in enumerate(opinion.similar, start=1)
    )
    return replace(opinion, source="A case of the test part", similar=past)


def _written(study: Study, name: str, content: bytes | None) -> str | None:
    if content is None:
        return None
    with study.writing(f"{FOLDER}/{name}") as path:
        path.write_bytes(content)
    return f"{FOLDER}/{name}"


def _picked(members: list[tuple[float, Example]], count: int) -> list[Example]:
    """Wrong: the most confident first. Right: those nearest the median, so that none is a show-piece."""
    confidence = np.array([value for value, _ in members])
    wrong = members[0][1].kind in ("false_positive", "false_negative", "wrong")
    away = -confidence if wrong else np.abs(confidence - np.median(confidence))
    return [members[k][1] for k in np.argsort(away, kind="stable")[:count]]


def _binary(
    labels: NDArray[np.int64], probabilities: Table, classes: Sequence[str], index: int, threshold: float
) -> Iterable[tuple[float, Example]]:
    for position, (label, row) in enumerate(zip(labels, probabilities, strict=True)):
        value = float(row[index])
        said = value >= threshold
        right = said == (label == index)
        kind = f"{'true' if right else 'false'}_{'positive' if said else 'negative'}"
        predicted = classes[index if said else 1 - index]
        yield abs(value - threshold), Example(position, kind, classes[label], predicted, value)


def _multiclass(
    labels: NDArray[np.int64], probabilities: Table, classes: Sequence[str]
) -> Iterable[tuple[float, Example]]:
    for position, (label, row) in enumerate(zip(labels, probabilities, strict=True)):
        best = int(row.argmax())
        value = float(row[best])
        kind = "right" if best == label else "wrong"
        yield value, Example(position, kind, classes[label], classes[best], value)


def _multilabel(
    labels: NDArray[np.int64], probabilities: Table, classes: Sequence[str], threshold: float
) -> Iterable[tuple[float, Example]]:
    for position, (truth, row) in enumerate(zip(labels, probabilities, strict=True)):
        said = row >= threshold
        label, predicted = (
            "|".join(name for name, on in zip(classes, flags, strict=True) if on) for flags in (truth, said)
        )
        kind = "right" if (said == (truth == 1)).all() else "wrong"
        value = float(np.where(said, row, 1 - row).prod())
        yield value, Example(position, kind, label, predicted, value)

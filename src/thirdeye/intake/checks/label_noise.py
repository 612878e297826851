"""Labels that a model contradicts which never saw the patient."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.confident import Suspects, find_suspects
from thirdeye.intake.probe.features import picture_features
from thirdeye.intake.probe.probe import Probe, ask_prepared, in_words
from thirdeye.intake.probe.softmax import probabilities
from thirdeye.intake.probe.target import Target, target_of
from thirdeye.intake.words import shown_name

NAME = "label.noise"
GOOD_ENOUGH = 0.80  # lower limit of the AUC, below which a contradiction means nothing
STRONG = 0.90  # from which many contradictions are a warning
MANY = 0.025
_SOURCE = "Confident learning: Northcutt, Jiang & Chuang 2021 (JAIR 70:1373)"


@register_check(NAME, title="Labels that the pictures contradict", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A list for a person to look at, the most suspicious first; nothing is corrected."""
    target = target_of(exhibits)
    if not target.exclusive:
        raise NotApplicable("an image may have several labels")
    model = ask_prepared(picture_features(exhibits, target), target, seed=exhibits.seed)
    if (model.overall.ci_low or 0.0) < GOOD_ENOUGH:
        raise NotApplicable(
            f"a simple model tells the classes too badly (AUC {in_words(model.overall)}) to accuse a label"
        )
    found = find_suspects(target.membership.argmax(axis=1), probabilities(model.scores, target.membership))
    if found.rows.size:
        yield _finding(exhibits, target, model, found)


def _finding(exhibits: Exhibits, target: Target, model: Probe, found: Suspects) -> Finding:
    images = tuple(target.rows.index[found.rows])
    given = [target.classes[c] for c in target.membership[found.rows].argmax(axis=1)]
    said = [target.classes[c] for c in found.other]
    many = (model.overall.ci_low or 0.0) >= STRONG and found.rows.size >= MANY * len(target)
    coarse = "" if exhibits.features_from else " It saw small pictures only, so that it misses fine detail."
    return Finding(
        check=NAME,
        severity="warning" if many else "info",
        message=f"{share(len(images), len(target))} labels are doubtful: a simple model that never saw the "
        f"patient is "
        f"confident of another one, most of all for '{shown_name(images[0])}' ({given[0]}, looks like "
        f"{said[0]}). Hard "
        f"cases look the same as wrong labels.{coarse}",
        cases=images,
        evidence={
            "auc": model.overall.as_json(),
            "features": exhibits.features_from or "thumbnails of 64 x 64 pixels",
            "about": {
                image: f"labelled {one} (probability {own:.2f}), looks like {other} ({p:.2f})"
                for image, one, own, other, p in zip(
                    images, given, found.own, said, found.other_probability, strict=True
                )
            },
            "table": _joint(target, found),
        },
        remedy="Let an expert read these images again, mixed with others and without seeing label or list; "
        "correct only what is wrong in the source",
        source=_SOURCE,
    )


def _joint(target: Target, found: Suspects) -> dict[str, object]:
    """Given labels (rows) against those that the model is confident of."""
    rows = [[name, *(int(n) for n in found.joint[c])] for c, name in enumerate(target.classes)]
    return {"columns": ["labelled", *(f"looks like {name}" for name in target.classes)], "rows": rows}

"""`explain`: heat maps of typical and wrong cases, and the exam that heat maps have to pass."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.explanation.exam.verdicts import for_reader, not_run
from thirdeye.explanation.examples import EXAMPLES_FILE, choose_examples, write_examples
from thirdeye.explanation.methods import METHODS
from thirdeye.inference.manifest import MANIFEST_FILE
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.intake.pixels import load_image
from thirdeye.journey.evaluated import validation_key
from thirdeye.journey.heat_map_regions import Regions
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.refuse import refuse_located
from thirdeye.journey.material import label_array, read_plan, read_study_dataset
from thirdeye.journey.results import Explained
from thirdeye.journey.training import training_key
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener, silent
from thirdeye.training.machine import prepare_process

SANITY_FILE = "explanation/sanity.json"
SHOWS_BY_ITSELF = "what it marks shows where it looked; see the drawn cases of its report"


def explain(
    study: str | Path,
    *,
    data: str | Path | None = None,
    methods: Sequence[str] = (),
    regions: str | Path | None = None,
    tell: Listener = silent,
) -> Explained:
    """Put every method of drawing heat maps to the exam, and draw examples right and wrong by the best.

    Args:
        study: folder with evidence.
        data: where the images lie; None: where they lay when the study was planned.
        methods: names of methods to examine whatever it costs ("all": every one); the others only as far as
            they fit into a run.
        regions: masks or boxes of what the maps should mark, see `thirdeye.journey.heat_map_regions.Regions`.
        tell: hears how it goes.

    Raises:
        UsageError: the reader says where something is, and needs no heat maps; a method is unknown; the
            regions are about other images.
        StudyMismatch: an earlier stage is missing, or one of its files was edited.
    """
    place = Study(Path(study))
    refuse_located(place, "explain", SHOWS_BY_ITSELF)
    asked = METHODS.names() if "all" in methods else [name for name in methods if METHODS.get(name)]
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("train", training_key(place))
    ledger.verify("validate", validation_key(place))
    tell(Event("stage", "Heat maps and their exam"))
    plan = read_plan(place)
    dataset = read_study_dataset(place, None if data is None else Path(data))
    with ledger.stage("explain", explanation_key(place)) as outputs:
        verdict = _exam(place, dataset, plan, asked, None if regions is None else Path(regions))
        place.write_json(SANITY_FILE, verdict)
        manifest = place.read_json(MANIFEST_FILE)
        ledger.rewrite_json("train", MANIFEST_FILE, manifest | {"sanity": for_reader(verdict)})
        _examples(place, dataset, plan)
        outputs += [SANITY_FILE, EXAMPLES_FILE]
    tell(Event("note", verdict["verdict"]))
    return Explained(place.folder, verdict["passed"], verdict["verdict"])


def explanation_key(study: Study) -> str:
    """What the heat maps depend on."""
    return key_of(study.sha256("model/model.onnx"), study.sha256("predictions.csv"))


def _exam(
    study: Study, dataset: Dataset, plan: Plan, asked: Sequence[str], regions: Path | None
) -> dict[str, Any]:
    """The exam on development images, so that the test part is left alone."""
    if find_spec("torch") is None:
        return not_run()
    prepare_process()
    from thirdeye.journey.heat_map_exam import take_exam

    marked = None if regions is None else Regions(regions, dataset, plan)
    return take_exam(study, dataset, plan, asked=asked, regions=marked)


def _examples(study: Study, dataset: Dataset, plan: Plan) -> None:
    table = pd.read_csv(
        study.path("predictions.csv"), dtype={"label": str}, keep_default_na=False,
        encoding_errors="surrogateescape",
    )  # fmt: skip
    table = table[(table["split"] == "test") & (table["source"] == "network")]
    rows = dataset.part("test").reset_index(drop=True)
    reader = SecondReader.load(study.folder)
    points = reader.manifest.operating_points
    examples = choose_examples(
        labels=label_array(rows, plan),
        probabilities=table[[f"probability_{name}" for name in plan.classes]].to_numpy(dtype=float),
        classes=plan.classes,
        task=plan.task,
        positive=plan.positive,
        threshold=float(points[0]["threshold"]) if points else 0.5,
    )

    def load(reference: str) -> Image:
        return load_image(dataset.root, reference)

    write_examples(
        study, examples, cases=rows["case"].tolist(), images=rows["image"].tolist(), load=load, reader=reader
    )

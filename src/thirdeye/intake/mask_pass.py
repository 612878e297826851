"""The pass over the masks: every one is decoded once, in a worker, and measured."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict

import pandas as pd

from thirdeye.intake.collection import Collection
from thirdeye.intake.mask_facts import MaskFacts, measure_mask
from thirdeye.intake.reference import as_path
from thirdeye.intake.workers import Lost, Task, each, limit_for


def facts_of_masks(collection: Collection) -> pd.DataFrame:
    """One row per mask of the collection, indexed by its reference; the columns of `MaskFacts`."""
    references = list(dict.fromkeys(collection.masks["mask"]))
    root = collection.root
    tasks = (Task((root, ref), limit_for(as_path(root, ref))) for ref in references)
    rows = []
    with closing(each(measure_mask, tasks)) as answers:
        for reference, answer in zip(references, answers, strict=True):
            lost = isinstance(answer, Lost)
            rows.append(asdict(MaskFacts(reference, error=answer.reason)) if lost else answer)
    columns = list(MaskFacts.__dataclass_fields__)
    return pd.DataFrame(rows, columns=columns).set_index("mask")

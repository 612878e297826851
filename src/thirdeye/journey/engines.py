"""`speed`: what each engine gains and loses on validation cases, and which one a study reads with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import StageFailed
from thirdeye.inference.engine import Engine
from thirdeye.inference.engines_file import ENGINES_FILE, ENGINES_VERSION, INT8_FILE, entry_of
from thirdeye.inference.hashed import verified
from thirdeye.inference.manifest import Manifest, read_manifest
from thirdeye.inference.quantise import MOST_IMAGES, quantise
from thirdeye.inference.runtime import REFERENCE, Runtime, has_openvino, runtime_of
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.engine_cases import EngineCases, engine_cases
from thirdeye.journey.engine_loss import Said, listen, measured
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.refuse import refuse_located
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset
from thirdeye.journey.training import training_key
from thirdeye.training.event import Event, Listener, silent

F32_ALONE = "its engine is chosen with thirdeye read --engine, and always computes in f32"


@dataclass(frozen=True)
class EngineChoice:
    """What `speed` found.

    Args:
        study: the folder.
        chosen: what the study reads with from now on.
        measured: one entry per engine and precision, as in ``engines.json``.
    """

    study: Path
    chosen: Runtime
    measured: tuple[dict[str, Any], ...]


def speed(
    study: str | Path,
    *,
    engine: str | None = None,
    precision: str | None = None,
    data: str | Path | None = None,
    threads: int | None = None,
    tell: Listener = silent,
) -> EngineChoice:
    """Measure the engines on validation cases and let the study read with one of them.

    Without a wish the fastest is taken whose AUC is at most 0.005 lower than that of ONNX Runtime in f32,
    by the upper limit of the 95 % interval of the difference (patients are the units). int8 is refused where
    its loss may be larger; bf16 can be asked for with whatever loss was measured, and every opinion says it.

    Args:
        study: a trained study of whole images.
        engine, precision: take these; None: the fastest that loses little.
        data: where the images lie; None: where they lay when the study was planned.
        threads: of one pass; None: as many as this process may use.
        tell: hears how it goes.

    Raises:
        UsageError: there is no such engine, or the reader says where something is.
        StageFailed: int8 is asked for and loses too much; what was measured is kept.
        StudyMismatch: the study is not trained, or was changed.
    """
    place = Study(Path(study))
    wish = _wish(engine, precision)
    refuse_located(place, "speed", F32_ALONE)
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("train", training_key(place))
    manifest = read_manifest(place)
    tell(Event("stage", "Images"))
    plan = read_plan(place)
    dataset = read_study_dataset(place, None if data is None else Path(data))
    material = gather(place, dataset, plan, "train", "validation")
    cases = engine_cases(manifest, material, member_splits(material.rows, plan), most_ranging=MOST_IMAGES)
    with ledger.stage("speed", key_of(manifest.onnx["sha256"])) as outputs:
        record = _measure(place, manifest, cases, threads or usable_cores(), tell)
        chosen = _take(record, wish)
        record["chosen"] = {"engine": chosen.engine, "precision": chosen.precision}
        place.write_json(ENGINES_FILE, record)
        outputs += [ENGINES_FILE, *([INT8_FILE] if "int8" in record else [])]
    _refuse_wish(record, wish)
    return EngineChoice(place.folder, chosen, tuple(record["measured"]))


def _wish(engine: str | None, precision: str | None) -> Runtime | None:
    if engine is None and precision is None:
        return None
    return runtime_of(engine or ("openvino" if precision == "bf16" else "onnxruntime"), precision or "f32")


def _measure(
    study: Study, manifest: Manifest, cases: EngineCases, threads: int, tell: Listener
) -> dict[str, Any]:
    """The content of ``engines.json`` but for the choice; the int8 network is written beside it."""
    network = verified(study, manifest.onnx)
    record: dict[str, Any] = {
        "version": ENGINES_VERSION,
        "network_sha256": manifest.onnx["sha256"],
        "measured_on": cases.as_json(),
        "threads": threads,
    }
    entries: list[dict[str, Any]] = []

    def run(runtime: Runtime, content: bytes) -> Said:
        tell(Event("stage", f"{runtime} on {len(cases.rows)} validation cases"))
        return listen(Engine(content, threads=threads, runtime=runtime), manifest, cases)

    reference = run(REFERENCE, network)
    for runtime in _plain_runtimes():
        said = reference if runtime == REFERENCE else run(runtime, network)
        entries.append(measured(runtime, reference, said, manifest, cases))
    tell(Event("stage", f"An int8 network from {len(cases.ranging)} images"))
    content = quantise(network, cases.ranging)
    for runtime in _int8_runtimes():
        entries.append(measured(runtime, reference, run(runtime, content), manifest, cases))
    study.path(INT8_FILE).unlink(missing_ok=True)
    if any(one["accepted"] for one in entries if one["precision"] == "int8"):
        with study.writing(INT8_FILE) as path:
            path.write_bytes(content)
        record["int8"] = {"file": Path(INT8_FILE).name, "sha256": hashlib.sha256(content).hexdigest()}
    for one in entries:
        tell(Event("note", one["verdict"]))
    return record | {"measured": entries}


def _plain_runtimes() -> list[Runtime]:
    found = [REFERENCE]
    return [*found, Runtime("openvino", "f32"), Runtime("openvino", "bf16")] if has_openvino() else found


def _int8_runtimes() -> list[Runtime]:
    found = [Runtime("onnxruntime", "int8")]
    return [*found, Runtime("openvino", "int8")] if has_openvino() else found


def _take(record: dict[str, Any], wish: Runtime | None) -> Runtime:
    """The wish where it may be had; else the fastest that is accepted."""
    if wish is not None:
        entry = entry_of(record, wish)
        may = entry is not None and (entry["accepted"] or wish.precision == "bf16")
        return wish if may else REFERENCE
    accepted = [one for one in record["measured"] if one["accepted"]]
    best = min(accepted, key=lambda one: one["ms_per_image"])
    return Runtime(best["engine"], best["precision"])


def _refuse_wish(record: dict[str, Any], wish: Runtime | None) -> None:
    entry = None if wish is None else entry_of(record, wish)
    if wish is not None and wish.precision == "int8" and entry is not None and not entry["accepted"]:
        raise StageFailed(f"{wish} is refused: {entry['verdict']}. The study reads with {REFERENCE}")

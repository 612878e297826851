"""How to cite, and how not to."""

from __future__ import annotations

from thirdeye.report.document import Block, Paragraph, Section, Verbatim
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.plan_words import network_words
from thirdeye.report.located.tasks import located_words
from thirdeye.report.sections.stages import members_trained


def cite_section(evidence: Evidence) -> Section:
    """A citation for the software and a sentence for the methods part of a paper."""
    versions = evidence.provenance.get("versions") or {}
    version = str(versions.get("thirdeye") or versions.get("thirdeye-imaging") or "version not recorded")
    year = str(evidence.provenance.get("started") or "")[:4]
    dated = f" ({year})" if year.isdigit() else ""
    blocks: tuple[Block, ...] = (
        Paragraph("The software", "label"),
        Verbatim(
            f"Third Eye{dated}. From a folder of labelled medical images to a validated second reader. "
            f"Version {version}. Apache License 2.0."
        ),
        *_original(evidence),
        Paragraph("A sentence for the methods section", "label"),
        Verbatim(methods_sentence(evidence, version)),
        Paragraph(
            "Cite the data and the starting weights under their own terms as well, and attach "
            "canvas.json and evaluation.json: they hold every number of this report with its interval.",
            "small",
        ),
    )
    return Section("cite", "How to cite", blocks)


def _original(evidence: Evidence) -> tuple[Block, ...]:
    sources = [str(one) for one in evidence.published.get("sources") or ()]
    if not sources:
        return ()
    return Paragraph("The published system that the study follows", "label"), *map(Verbatim, sources)


def methods_sentence(evidence: Evidence, version: str) -> str:
    """One or two sentences that a methods section can start from."""
    plan = evidence.plan_value
    architecture, size, folds = plan("architecture"), plan("image_size_px"), plan("folds")
    if architecture is None:
        return f"Images were analysed with Third Eye {version}."
    start = {"embedded": ", pre-trained on ImageNet,", "hub": ", pre-trained,"}
    scheme = (
        f"{folds}-fold cross-fitting within the development part{_unfinished(evidence)}"
        if plan("validation") == "cross_fitted"
        else "the validation part supplied with the data"
    )
    found = evidence.provenance.get("test_looks", 1)
    looks = "once" if found == 1 else f"{found} times"
    if located_words(evidence.task):
        return (
            f"A {network_words(architecture)} was trained with Third Eye {version}; what can be chosen was "
            f"chosen by {scheme}, and performance was measured {looks} on the test part."
        )
    return (
        f"The network {architecture}{start.get(str(plan('weights')), '')} was trained on images of "
        f"{size} × {size} pixels with Third Eye {version}; thresholds and calibration were chosen by "
        f"{scheme}, and performance was measured {looks} on the test part."
    )


def _unfinished(evidence: Evidence) -> str:
    trained = members_trained(evidence)
    return (
        ""
        if trained is None
        else f" (of which {trained[0]} of {trained[1]} folds were trained in the time allowed)"
    )

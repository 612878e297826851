"""How an opinion of this reader looks, on one example, and what it has not been validated on."""

from __future__ import annotations

import re

from thirdeye.errors import StudyMismatch
from thirdeye.inference.named_sentences import with_names
from thirdeye.inference.validated import VALIDATED_FILE
from thirdeye.report.clean import shorten, typeset
from thirdeye.report.document import Block, Bullets, Paragraph, Section
from thirdeye.report.evidence import Evidence

_LONGEST = 400  # letters of a sentence
_LEAD = (
    "What thirdeye read says of one case of the test part. The natural frequency counts validation cases "
    "that were read alike; sensitivity and specificity at each operating point are theirs as well."
)


def opinion_section(evidence: Evidence) -> Section | None:
    """One opinion in its own words and the gaps of the evidence; None where the study holds neither."""
    blocks: list[Block] = []
    sentences = _sentences(_example(evidence))
    if sentences:
        blocks += [Paragraph(_LEAD), Bullets(sentences)]
    gaps = _unvalidated(evidence)
    if gaps:
        blocks += [Paragraph("What the reader has not been validated on", "label"), Bullets(gaps)]
    title = "How an opinion reads" if sentences else "What opinions leave open"
    return Section("opinion", title, tuple(blocks)) if blocks else None


def _example(evidence: Evidence) -> str:
    """Of the first example that has one."""
    examples = evidence.examples.get("examples") or []
    found = (one.get("opinion") for one in examples if isinstance(one, dict))
    return next((text for text in found if isinstance(text, str) and text), "")


def _sentences(text: str) -> tuple[str, ...]:
    """Those of an opinion, without the line that names the case; wrapped lines are put together."""
    whole = re.sub(r"\n {4,}(?!for |against |outcome unknown)", " ", text)
    return tuple(typeset(line.strip()) for line in whole.splitlines()[1:])


def _unvalidated(evidence: Evidence) -> tuple[str, ...]:
    if not evidence.study.has(VALIDATED_FILE):
        return ()
    try:
        found = evidence.study.read_json(VALIDATED_FILE).get("unvalidated") or []
    except (StudyMismatch, AttributeError):
        return ()
    called = evidence.called
    named = [with_names(one, called, called.__getitem__) for one in found if isinstance(one, str)]
    return tuple(shorten(one, _LONGEST) for one in named)

"""``answers.json``: what only a person knows, asked once and used in every checklist and in the canvas."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused
from thirdeye.report.checklists.topics import TOPICS

ANSWERS_FILE = "answers.json"
ANSWERS_VERSION = 1
_LONGEST = 4000


def read_answers(study: Study) -> dict[str, str]:
    """Topic to answer; empty where nothing was answered yet.

    Raises:
        DataRefused: the file holds something else.
    """
    if not study.has(ANSWERS_FILE):
        return {}
    content = study.read_json(ANSWERS_FILE)
    if content.get("version") != ANSWERS_VERSION:
        raise DataRefused(
            f"{ANSWERS_FILE} has version {content.get('version')!r}; expected {ANSWERS_VERSION}"
        )
    return checked_answers(content.get("answers", {}), ANSWERS_FILE)


def write_answers(study: Study, answers: Mapping[str, str]) -> None:
    """Keep answers; those given before and not again stay."""
    merged = {**read_answers(study), **checked_answers(answers, "the answers")}
    kept = {topic: merged[topic] for topic in TOPICS if merged.get(topic)}
    study.write_json(ANSWERS_FILE, {"version": ANSWERS_VERSION, "answers": kept})


def load_answers(path: Path) -> dict[str, str]:
    """Answers from a YAML or JSON file: one ``topic: text`` each.

    Raises:
        DataRefused: not such a file, or a topic that does not exist.
    """
    import yaml

    text = path.read_text(encoding="utf-8")
    try:
        content = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        first = (str(error).splitlines() or ["?"])[0]
        raise DataRefused(f"{path.name} cannot be read: {first}") from error
    if isinstance(content, dict) and set(content) == {"version", "answers"}:
        content = content["answers"]
    return checked_answers(content, path.name)


def checked_answers(content: object, name: str) -> dict[str, str]:
    """Topic to text, without blanks.

    Raises:
        DataRefused: not a mapping of known topics to texts.
    """
    if not isinstance(content, Mapping):
        raise DataRefused(f"{name}: expected one 'topic: text' each, got {type(content).__name__}")
    answers = {}
    for topic, text in content.items():
        if topic not in TOPICS or not TOPICS[topic].asked:
            known = ", ".join(t for t in TOPICS if TOPICS[t].asked)
            raise DataRefused(f"{name}: nothing asks for '{topic}'; topics are {known}")
        if text is None:
            continue
        if not isinstance(text, str | int | float) or len(str(text)) > _LONGEST:
            raise DataRefused(f"{name}: the answer to '{topic}' must be a text of at most {_LONGEST} letters")
        answers[str(topic)] = str(text).strip()
    return answers


def ask(answers: Mapping[str, str], prompt: Callable[[str, str], str]) -> dict[str, str]:
    """Ask every question that has no answer yet.

    Args:
        answers: given so far.
        prompt: takes topic and question, gives the answer; "" leaves it open.
    """
    given = {}
    for topic in TOPICS.values():
        if topic.asked and not answers.get(topic.name):
            said = prompt(topic.name, topic.asked).strip()
            if said:
                given[topic.name] = said
    return given


def template(answers: Mapping[str, str]) -> str:
    """A YAML file with every question as a comment, to be filled in an editor."""
    lines = ["# Answers for the reporting checklists; delete the # before a line to give one.", ""]
    for topic in TOPICS.values():
        if topic.asked:
            lines.append(f"# {topic.asked}")
            known = answers.get(topic.name)
            lines += [
                f"{topic.name}: {json.dumps(known, ensure_ascii=False)}" if known else f"#{topic.name}: ",
                "",
            ]
    return "\n".join(lines)

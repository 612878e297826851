"""The basic profile and its options (PS3.15 E.2, E.3; codes of PS3.16 CID 7050)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from thirdeye.dicom.deidentify.table import Rule
from thirdeye.errors import UsageError

Action = Literal["X", "Z", "D", "U", "K", "C"]
BASIC_CODE = ("113100", "Basic Application Confidentiality Profile")
FULL_DATES = "retain-longitudinal-full-dates"
MODIFIED_DATES = "retain-longitudinal-modified-dates"
CLEAN_PIXELS = "clean-pixel-data"
CLEAN_TEXT = "clean-descriptors"
CLEAN_CONTENT = "clean-structured-content"
SAFE_PRIVATE = "retain-safe-private"
KEEP_UIDS = "retain-uids"
KEEP_DEVICE = "retain-device-identity"
KEEP_PATIENT = "retain-patient-characteristics"


@dataclass(frozen=True)
class Option:
    """One option of the standard.

    Args:
        code, meaning: of CID 7050.
        help: what it does here, in a few words.
        refused: why it cannot be done and what to do instead; "" where it can.
    """

    code: str
    meaning: str
    help: str
    refused: str = ""


OPTIONS: dict[str, Option] = {
    SAFE_PRIVATE: Option(
        "113111", "Retain Safe Private Option", "keep the private attributes that PS3.15 lists as safe"
    ),
    KEEP_UIDS: Option("113110", "Retain UIDs Option", "keep the original UIDs"),
    KEEP_DEVICE: Option(
        "113109", "Retain Device Identity Option", "keep serial numbers and names of devices"
    ),
    "retain-institution-identity": Option(
        "113112", "Retain Institution Identity Option", "keep the hospital's name and address"
    ),
    KEEP_PATIENT: Option(
        "113108",
        "Retain Patient Characteristics Option",
        "keep sex, age (90 and over as 90), size and weight",
    ),
    FULL_DATES: Option(
        "113106",
        "Retain Longitudinal Temporal Information Full Dates Option",
        "keep dates and times as they are",
    ),
    MODIFIED_DATES: Option(
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
        "move all dates of a patient by the same secret number of days",
    ),
    CLEAN_TEXT: Option(
        "113105",
        "Clean Descriptors Option",
        "keep of descriptions only words of a radiological vocabulary",
    ),
    CLEAN_CONTENT: Option(
        "113104",
        "Clean Structured Content Option",
        "keep codes, measurements and references of structured reports",
    ),
    CLEAN_PIXELS: Option(
        "113101",
        "Clean Pixel Data Option",
        "search for text in the pixels; a person decides on what is found",
    ),
    "clean-graphics": Option(
        "113103",
        "Clean Graphics Option",
        "",
        "overlays, curves and graphic annotations cannot be told apart into safe and unsafe ones; the basic "
        "profile removes them all",
    ),
    "clean-recognizable-visual-features": Option(
        "113102",
        "Clean Recognizable Visual Features Option",
        "",
        "faces are not removed from pixels here; use a defacing program (pydeface, mri_reface) first",
    ),
}
DEFAULT_OPTIONS = (MODIFIED_DATES, CLEAN_CONTENT)
# Of what the basic profile leaves to the IOD, the action after which most objects stay valid.
_BASIC: dict[str, Action] = {
    "X": "X",
    "Z": "Z",
    "D": "D",
    "U": "U",
    "X/Z": "Z",
    "X/D": "D",
    "Z/D": "D",
    "X/Z/D": "D",
    "X/Z/U*": "U",
}


@dataclass(frozen=True)
class Profile:
    """The basic profile with options.

    Args:
        options: names in `OPTIONS`.
    """

    options: frozenset[str] = frozenset(DEFAULT_OPTIONS)

    def has(self, option: str) -> bool:
        """Whether an option is on."""
        return option in self.options

    def action(self, rule: Rule) -> Action:
        """What to do with an attribute; an option that cleans comes before one that keeps."""
        chosen = {action for name, action in rule.options.items() if name in self.options}
        if "C" in chosen:
            return "C"
        return "K" if "K" in chosen else basic_action(rule)

    def codes(self) -> list[tuple[str, str]]:
        """Code value and meaning of the profile and each option, for DeidentificationMethodCodeSequence.

        Clean Pixel Data is left out: it is entered into a file only once a person has looked at it.
        """
        named = [option for name, option in OPTIONS.items() if self.has(name) and name != CLEAN_PIXELS]
        return [BASIC_CODE, *((option.code, option.meaning) for option in named)]


def basic_action(rule: Rule) -> Action:
    """What the basic profile does where no option speaks."""
    return _BASIC[rule.basic]


def make_profile(names: Iterable[str]) -> Profile:
    """A profile from option names.

    Raises:
        UsageError: an option does not exist, cannot be done, or two exclude each other.
    """
    wanted = frozenset(names)
    for name in sorted(wanted):
        if name not in OPTIONS:
            raise UsageError(f"no option of PS3.15 is called '{name}'; there are {', '.join(OPTIONS)}")
        if OPTIONS[name].refused:
            raise UsageError(f"the option '{name}' cannot be done: {OPTIONS[name].refused}")
    if {FULL_DATES, MODIFIED_DATES} <= wanted:
        raise UsageError(f"'{FULL_DATES}' and '{MODIFIED_DATES}' exclude each other; choose one")
    return Profile(wanted)

"""What a column of a table is, by the words of its name, and what single values in it say.

The one place that knows these words: groups of patients, clinical variables, covariate shift, the table of
characteristics and the check of who is in the set all ask here, so that a column is never an age in one place
and a mere number in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

Kind = Literal["sex", "age", "site", "device", "group", "anatomy", "other"]
AGE_CUTS = (18, 40, 65, 80)  # years at which age bands begin
_SAID: Mapping[str, str] = {
    "absent": """nan na n/a none null unknown unk undefined unspecified not-recorded not-available missing nat
        <na> ? - . #n/a""",
    "sex": "sex gender geschlecht sexe sexo sesso genero genre geslacht",
    "age": "age ages alter patientenalter edad eta idade leeftijd",
    "anatomy": """anatom anatomical anatomy localization localisation location laterality view body
        lokalisation lokalisierung seite projektion""",
    "site": """site hospital center centre institution institute clinic facility dataset source cohort
        krankenhaus spital klinik klinikum zentrum standort hopital etablissement ospedale clinica
        ziekenhuis""",
    "device": """device scanner manufacturer vendor machine modality gerat geraet hersteller modalitat
        modalitaet appareil fabricant modalite fabricante equipo apparecchio""",
    "group": "race ethnicity ethnic fitzpatrick phototype skin",
}
_WORDS = {name: frozenset(text.split()) for name, text in _SAID.items()}
_KINDS: tuple[Kind, ...] = ("sex", "age", "anatomy", "site", "device", "group")
_SEXES = {
    "m": "male", "male": "male", "man": "male", "f": "female", "female": "female", "w": "female",
    "woman": "female", "o": "other", "weiblich": "female", "männlich": "male", "maennlich": "male",
    "femme": "female", "homme": "male", "mujer": "female", "hombre": "male",
    "femmina": "female", "maschio": "male",
}  # fmt: skip
_YEARS = {"Y": 1.0, "M": 1 / 12, "W": 1 / 52.18, "D": 1 / 365.25}  # of the units of PS3.5, VR AS


def kind_of(column: str) -> Kind:
    """What a column is, by the words of its name."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", str(column))
    unaccented = "".join(c for c in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(c))
    words = set(re.split(r"[^a-z]+", unaccented.lower()))
    if words == {"m", "f"}:
        return "sex"
    return next((kind for kind in _KINDS if words & _WORDS[kind]), "other")


def is_absent(text: str) -> bool:
    """Whether a text says nothing: empty, "unknown", "N/A", "not recorded" and the like."""
    said = re.sub(r"[\s_]+", "-", text.strip().lower())
    return said == "" or said in _WORDS["absent"]


def years(text: str) -> float | None:
    """An age in years: a number, or DICOM's age string ("045Y", "006M"); None where it is neither."""
    said = text.strip()
    dicom = re.fullmatch(r"(\d{3})([YMWD])", said)
    try:
        return int(dicom[1]) * _YEARS[dicom[2]] if dicom else float(said)
    except ValueError:
        return None


def sex(text: str) -> str:
    """ "male", "female" or "other" for the usual ways to say so; any other text as it is."""
    return _SEXES.get(text.strip().casefold(), text)

"""Words of a header in a form that is short, comparable and names nobody."""

from __future__ import annotations

import datetime

SHORT_VIEWS = {
    "craniocaudal": "CC",
    "mediolateraloblique": "MLO",
    "mediolateral": "ML",
    "lateromedial": "LM",
    "anteroposterior": "AP",
    "posteroanterior": "PA",
}


def age_years(text: str) -> str:
    """ "045Y" is "45"; months, weeks and days are rounded down to years; "" for anything else."""
    number, unit = text[:3], text[3:4].upper()
    per_year = {"Y": 1, "M": 12, "W": 52, "D": 365}.get(unit)
    if not number.isdigit() or per_year is None:
        return ""
    return str(min(90, int(number) // per_year))


def iso_date(text: str) -> str:
    """ "20040119" is "2004-01-19"; "" for what is no date."""
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        return ""


_WEIGHTINGS = ("FLAIR", "T1", "T2", "PD", "DWI", "ADC", "SWI", "DTI", "TOF", "STIR")
_CONTRAST = ("POST", "GD", "GAD", "CONTRAST", "+C", "CE")


def weighting(description: str) -> str:
    """Weighting and contrast of an MR series from its description; free text itself is never kept."""
    text = description.upper()
    found = next((word for word in _WEIGHTINGS if word in text), "")
    words = text.replace("_", " ").replace("-", " ").split()
    with_contrast = "POST" in text or any(word in _CONTRAST for word in words)
    return f"{found} contrast" if found and with_contrast else found

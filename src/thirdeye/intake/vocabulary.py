"""Which of two classes is the disease: from words, never from the alphabet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thirdeye.intake.words import tokens, word_set

Meaning = Literal["positive", "negative", "unknown"]

# English, French, German, Spanish, Italian, Portuguese; without accents, as `tokens` gives them.
_SOUND = word_set(
    """
    normal normals healthy control controls benign negative neg unaffected unremarkable clear
    noncancer nontumor nonmalignant nopneumonia notumor nofinding nofindings uninfected nevus naevus
    nv sain saine sains temoin temoins benin benigne negatif negative normale normaux gesund
    kontrolle kontrollen gutartig negativ unauffaellig unauffallig sano sana sanos control benigno
    benigna negativo negativa sani controllo saudavel controle
    """
)
_ILL = word_set(
    """
    malignant malignancy cancer cancerous carcinoma melanoma mel tumor tumour tumors tumours glioma
    lymphoma pneumonia covid tuberculosis tb disease diseased ill sick abnormal abnormality
    abnormalities positive pos pathological pathologic pathology affected infected infection lesion
    lesions nodule nodules fracture fractured hemorrhage haemorrhage bleeding stroke ischemia
    pneumothorax effusion cardiomegaly edema oedema retinopathy glaucoma cataract drusen polyp
    polyps stenosis aneurysm parasitized metastasis metastatic dementia demented alzheimer impaired
    opacity hyperplasia referable malade malades maladie maligne malin cancer tumeur tumeurs anormal
    anormale positif positive pneumonie pathologique lesionnel infecte atteint fracture krank
    boesartig bosartig krebs tumor auffaellig auffallig positiv krankheit entzundung
    lungenentzundung enfermo enferma enfermedad maligno maligna anormal positivo positiva neumonia
    patologico malato malata malattia tumore anomalo polmonite patologia doente doenca anormal
    """
)
_NOT = word_set(
    """
    no non not without none absent absence free sans pas aucun aucune ohne kein keine sin sem senza
    """
)
_YES = word_set(
    """
    yes true oui ja si sim vrai wahr present
    """
)
_NO = word_set(
    """
    no false non nein nao faux falsch absent
    """
)


@dataclass(frozen=True)
class PositiveClass:
    """The diseased class of two, and the words that say why.

    Args:
        name: the class.
        reason: completes "X counts as positive: ...".
        is_certain: False for a bare 0/1, where only custom speaks for 1.
    """

    name: str
    reason: str
    is_certain: bool = True


def meaning(name: str) -> Meaning:
    """What a class name says by itself; a negation turns the word that follows it."""
    words = tokens(name)
    if len(words) == 1:
        if words[0] in _YES:
            return "positive"
        if words[0] in _NO or words[0] in _NOT:
            return "negative"
    sound, ill = _weigh(words)
    if sound:  # "benign tumour", "no finding": the word for soundness decides
        return "negative"
    return "positive" if ill else "unknown"


def _weigh(words: tuple[str, ...]) -> tuple[bool, bool]:
    sound = ill = False
    for position, word in enumerate(words):
        denied = any(earlier in _NOT for earlier in words[max(0, position - 2) : position])
        if word in _SOUND:
            sound, ill = sound or not denied, ill or denied
        elif word in _ILL or (denied and word in ("finding", "findings", "anomaly")):
            sound, ill = sound or denied, ill or not denied
    return sound, ill


def recognise_positive(classes: tuple[str, ...], label_name: str) -> PositiveClass | None:
    """The diseased one of two classes, or None where words do not tell.

    Args:
        classes: exactly two names.
        label_name: the column or folder that the labels came from; for 0/1 it may name the disease.
    """
    by_number = _by_number(classes, label_name)
    if by_number is not None:
        return by_number
    said = {name: meaning(name) for name in classes}
    ill = [name for name in classes if said[name] == "positive"]
    sound = [name for name in classes if said[name] == "negative"]
    if len(ill) == 1:
        return PositiveClass(ill[0], "its name says disease")
    if not ill and len(sound) == 1:
        other = next(name for name in classes if name not in sound)
        return PositiveClass(other, f"the other class, {sound[0]}, is the one without disease")
    return None


def _by_number(classes: tuple[str, ...], label_name: str) -> PositiveClass | None:
    values = {_as_number(name): name for name in classes}
    if set(values) != {0.0, 1.0}:
        return None
    said = meaning(label_name)
    if said == "positive":
        return PositiveClass(values[1.0], f"1 in '{label_name}' means that it is there")
    if said == "negative":
        return PositiveClass(values[0.0], f"0 in '{label_name}' means that it is not")
    return PositiveClass(values[1.0], "1 is taken for disease by custom", is_certain=False)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

"""Which column of a table plays which part, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from thirdeye.intake.words import plain

Role = Literal["image", "label", "patient", "split", "site"]

# Whole names, the most telling first. English, French, German, Spanish; compared by `plain`.
_NAMES: dict[Role, str] = {
    "image": """path file_path filepath image_path img_path relative_path file filename file_name image_file
        image_filename image_name img_name image img image_id imageid img_id image_index images files
        sop_instance_uid sopinstanceuid isic_id id_code fichier chemin nom_fichier datei dateiname archivo
        imagen id name case_id""",
    "label": """label labels class_label diagnosis dx class class_name classname category target finding
        findings finding_labels disease pathology outcome ground_truth gt truth y classe diagnostic etiquette
        klasse diagnose etiqueta diagnostico clase malignancy malignant benign_malignant cancer tumor tumour
        level grade stage severity diagnosis_class image_label retinopathy_grade kl_grade birads score""",
    "patient": """patient_id patientid patient pat_id patient_number patient_no patient_name pid subject_id
        subjectid subject participant_id participant person_id person mrn patient_uid anon_patient_id
        id_patient numero_patient patienten_id paciente id_paciente lesion_id lesionid lesion""",
    "split": """split suggested_split official_split partition set subset phase usage data_split dataset_split
        fold part dataset datensatz ensemble conjunto""",
    "site": """site site_id hospital hospital_id center centre center_id centre_id institution institute
        clinic facility hopital centre_hospitalier klinik krankenhaus standort etablissement clinica""",
}
# Single words that suffice inside a longer name ("nih_patient", "hospital_code").
_WORDS: dict[Role, frozenset[str]] = {
    "image": frozenset(["path", "file", "filename", "image"]),
    "label": frozenset(["label", "diagnosis", "dx", "class", "grade"]),
    "patient": frozenset(["patient", "patientid", "subject", "lesion"]),
    "split": frozenset(["split", "partition"]),
    "site": frozenset(["site", "hospital", "institution"]),
}


def candidates(columns: Sequence[str], role: Role) -> list[str]:
    """Columns whose names fit `role`, the most telling first."""
    names = _NAMES[role].split()
    exact = sorted((c for c in columns if plain(c) in names), key=lambda c: names.index(plain(c)))
    partial = [c for c in columns if c not in exact and _WORDS[role] & set(plain(c).split("_"))]
    return exact + partial

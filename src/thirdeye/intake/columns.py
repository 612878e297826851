"""Which column of a table plays which part, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from thirdeye.intake.words import plain, word_set

Role = Literal["image", "label", "patient", "split", "site"]

# Whole names, the most telling first; compared by `plain`. English, French, German, Spanish, Italian,
# Portuguese, Dutch.
_NAMES: dict[Role, str] = {
    "image": """path file_path filepath image_path img_path relative_path file filename file_name image_file
        image_filename image_name img_name image img image_id imageid img_id image_index images files
        sop_instance_uid sopinstanceuid isic_id id_code fichier chemin nom_fichier datei dateiname archivo
        imagen nombre_archivo ruta bild bilddatei bildname bildpfad bild_id aufnahme dateipfad pfad immagine
        nome_file percorso imagem arquivo caminho afbeelding bestand bestandsnaam id name case_id""",
    "label": """label labels class_label diagnosis dx class class_name classname category target finding
        findings finding_labels disease pathology outcome ground_truth gt truth y classe diagnostic etiquette
        klasse diagnose etiqueta diagnostico clase malignancy malignant benign_malignant cancer tumor tumour
        level grade stage severity diagnosis_class image_label retinopathy_grade kl_grade birads score
        befund klassifikation ergebnis histologie resultat classification diagnosi referto esito resultado
        classificacao rotulo uitslag""",
    "patient": """patient_id patientid patient pat_id patient_number patient_no patient_name pid subject_id
        subjectid subject participant_id participant person_id person mrn patient_uid anon_patient_id
        id_patient numero_patient patienten_id paciente id_paciente patientennummer
        patientennr patienten_nr patient_nr patnr pat_nr patientenkennung patientencode
        patientenname proband probanden_id probandennummer pseudonym n_patient no_patient code_patient
        identifiant_patient ipp numero_paciente codigo_paciente nhc paziente id_paziente codice_paziente
        patientnummer patientnr lesion_id lesionid lesion""",
    "split": """split suggested_split official_split partition set subset phase usage data_split dataset_split
        fold part dataset datensatz ensemble conjunto""",
    "site": """site site_id hospital hospital_id center centre center_id centre_id institution institute
        clinic facility hopital centre_hospitalier klinik krankenhaus spital standort etablissement clinica
        ospedale ziekenhuis""",
}
# Single words that suffice inside a longer name ("nih_patient", "hospital_code").
_WORDS: dict[Role, frozenset[str]] = {
    "image": frozenset(
        ["path", "file", "filename", "image", "fichier", "datei", "bild", "archivo", "imagen"]
    ),
    "label": frozenset(["label", "diagnosis", "dx", "class", "grade", "diagnose", "befund"]),
    "patient": frozenset(
        ["patient", "patientid", "subject", "lesion", "patienten", "paciente", "paziente", "proband"]
    ),
    "split": frozenset(["split", "partition"]),
    "site": frozenset(["site", "hospital", "institution"]),
}
# Words that make a longer name say something about the patient (the lesion, the place), not which one it is:
# "patient_age", "lesion_type", "anatom_site_general".
_ABOUT: dict[Role, frozenset[str]] = {
    "label": word_set("date datum age year id"),
    "patient": word_set(
        """
        age ages alter edad eta idade sex gender geschlecht sexe sexo sesso race ethnicity ethnie weight
        gewicht poids peso height size groesse grosse taille bmi position orientation history type kind class
        label diagnosis dx status state location localization localisation site side area volume diameter
        count color colour birth dob birthdate date group groups grade stage score comment comments notes
        complaint years year days
        """
    ),
    "site": word_set(
        """
        anatom anatomic anatomical anatomy body lesion lesions tumor tumour primary biopsy metastasis skin
        organ injection puncture
        """
    ),
}


def candidates(columns: Sequence[str], role: Role) -> list[str]:
    """Columns whose names fit `role`, the most telling first.

    Args:
        columns: names as in the table.
        role: which part to play.
    """
    names = _NAMES[role].split()
    exact = sorted((c for c in columns if plain(c) in names), key=lambda c: names.index(plain(c)))
    partial = [c for c in columns if c not in exact and _names(set(plain(c).split("_")), role)]
    return exact + partial


def _names(words: set[str], role: Role) -> bool:
    """A longer name holds a word of `role`, and none that makes it a description."""
    return bool(_WORDS[role] & words) and not _ABOUT.get(role, frozenset()) & words

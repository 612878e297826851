"""An opinion in words: every field of it is told, in both languages, and nothing else."""

from __future__ import annotations

import json
import string

import pytest

from thirdeye.reading_room.telling.foreign import foreign
from thirdeye.reading_room.telling.opinion import told
from thirdeye.reading_room.telling.speech import Speech
from thirdeye.reading_room.telling.statement import Findings, statement
from thirdeye.reading_room.web.words import words


def _form(**more):
    form = {
        "task": "binary", "positive": "ill", "predicted": "well", "probabilities": {"well": 0.6, "ill": 0.4},
        "verdicts": [], "heat_map": None, "regions": [], "boxes": [], "landmarks": [], "measurements": [],
        "looked_for": [], "frequencies": [], "sets": [], "familiarity": None, "certainty": None,
        "similar": [], "levels": {}, "unvalidated": [], "measured": [], "fused": None,
        "warnings": [], "abstained": None,
        "model": {"name": "small", "sha256": "ab"},
    }  # fmt: skip
    return form | more


def _plain(said) -> str:
    return json.dumps(said, ensure_ascii=False).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_both_languages_fill_in_the_same(language) -> None:
    fields = {
        one: {key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
              for key, text in words(one).items()}
        for one in ("en", language)
    }  # fmt: skip
    assert fields["en"] == fields[language]


def _signed(form, language="en") -> str:
    found = Findings(
        case="c", positive="ill", choice="keep", reason="", probability=0.4, answer=None,
        locked=0.4, locked_answer=None, how="first", values=(), opinion=form, opinion_sha256="ab",
        model_sha256="cd",
    )  # fmt: skip
    return _plain(statement(found, language)["sentences"])


def test_the_signed_statement_says_which_image_was_read_and_what_was_not() -> None:
    second = {"source": "image 2", "probabilities": {"ill": 0.5}, "predicted": "ill", "abstained": None}
    form = _form(source="image 1", images=[second], unread={"read": "planes", "number": 1})
    assert "That is about image 1 alone" in _signed(form)
    assert "machine reads single images: 1 file of this case." in _signed(form)
    assert "Cela concerne l'image 1 seule" in _signed(form, "fr")
    volume = _form(source="image 1", abstained="it is noise", unread={"read": "volume", "number": 3})
    assert "which begins with image 1. It says nothing of 3 other volumes" in _signed(volume)
    assert "ne dit rien de 3 autres volumes" in _signed(volume, "fr")
    assert "image 1" not in _signed(_form(source="image 1"))


def test_the_chance_in_words() -> None:
    assert "The machine puts the chance of “ill” at 40 %." in _plain(told(_form(), "en"))
    assert "La machine estime la probabilité de « ill » à 40 %." in _plain(told(_form(), "fr"))


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.004, "below 1 %"), (0.996, "above 99 %"), (1.0, "100 %"), (0.5, "50 %")],
)
def test_a_percentage_is_never_rounded_to_certainty(share, said) -> None:
    assert Speech("en").percent(share).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(("other", "higher"), [(0.9, True), (0.2, False)])
def test_of_several_images_it_is_told_which_one_the_rest_is_about(other, higher) -> None:
    second = {"source": "image 2", "probabilities": {"ill": other}, "predicted": "ill", "abstained": None}
    said = told(_form(source="image 1", images=[second]), "en")
    assert said["others"][0].endswith("all else on this page is about image 1.")
    assert f"{other:.0%}"[:-1] in said["others"][1]
    assert bool(said["higher"]) is higher
    alone = told(_form(), "en")
    assert (alone["others"], alone["higher"]) == ([], "")


def test_how_often_it_came_true() -> None:
    one = {"class": "ill", "n": 50, "k": 15, "low": 0.19, "high": 0.437, "from_probability": 0.33,
           "to_probability": 0.46, "patients": 40, "cluster": "patient"}  # fmt: skip
    (often,) = told(_form(frequencies=[one]), "en")["often"]
    assert (often["low"], often["middle"], often["high"]) == (19, 30, 44)
    assert "30 turned out to be “ill”" in often["text"]
    assert "50 cases of 40 patients" in often["text"]
    assert "between 19 and 44" in often["text"]


def test_an_abstention_gives_its_reasons_and_no_number() -> None:
    why = (
        "the image has too few pixels (28 x 28); the network has only seen images of 224 px and more; "
        "this is a grey picture; the network has only seen colour images"
    )
    said = told(_form(abstained=why, probabilities={}), "fr")
    assert len(said["abstained"]) == 2
    assert {one["lang"] for one in said["abstained"]} == {"fr"}
    assert "headline" not in said


@pytest.mark.parametrize(
    ("passed", "shown", "word"),
    [(True, True, "passed"), (False, False, "did not pass"), (None, False, "has not been")],
)
def test_a_heat_map_is_shown_after_it_has_passed_its_exam(passed, shown, word) -> None:
    said = told(_form(heat_map={"method": "cam", "class": "ill", "passed_sanity": passed}), "en")
    assert said["heat_map"]["shown"] is shown
    assert word in said["heat_map"]["text"]


def test_past_cases_speak_for_and_against_without_their_names() -> None:
    similar = [
        {"case": "ZZNAME/1", "image": "ZZNAME/1", "label": label, "similarity": 0.7, "duplicate": False,
         "rank": rank, "archive": None}
        for rank, label in enumerate(["ill", "well", "well", ""], 1)
    ]  # fmt: skip
    said = told(_form(similar=similar), "en")
    assert "ZZNAME" not in _plain(said)
    sides = said["past"]["sides"]
    assert [(one["title"], len(one["cases"])) for one in sides] == [
        ("Speak for “ill”", 1), ("Speak against “ill”", 2), ("Outcome unknown", 1),
    ]  # fmt: skip
    assert [one["picture"] for one in sides[1]["cases"]] == ["similar_1", "similar_2"]


def test_what_was_found_and_what_not() -> None:
    region = {"structure": "cyst", "size": 12.3, "size_unit": "mm2", "diameter": 4.5, "length_unit": "mm",
              "pieces": 2, "box": []}  # fmt: skip
    said = told(
        _form(task="segmentation", positive=None, predicted="cyst", probabilities={}, regions=[region],
              looked_for=["cyst", "stone"]), "fr",
    )  # fmt: skip
    (line,) = said["found"]["lines"]
    assert "12,3 mm²" in line["text"]
    assert "2 morceaux" in line["text"]
    assert said["found"]["absent"] == "Cherché et non trouvé : stone."


def test_nothing_found_is_an_answer() -> None:
    said = told(
        _form(task="detection", positive=None, predicted="", probabilities={}, looked_for=["a", "b"]), "en"
    )
    assert said["found"]["absent"] == "It looked for a and b and found none."


def test_many_points_are_folded_and_the_least_certain_named() -> None:
    points = [{"name": f"p{n}", "x": 1.0, "y": 2.0, "certainty": 0.9 - n / 20} for n in range(12)]
    said = told(_form(task="landmarks", positive=None, probabilities={}, landmarks=points), "en")
    assert said["found"]["lines"] == []
    assert len(said["found"]["more"]) == 12
    assert "p11" in said["found"]["absent"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Other hospitals and scanners: no data from elsewhere have been measured.",
        "Kinds of images other than those of the study; its files do not say how they were taken.",
        "Conditions other than cyst, stone: whatever a case has, it gets one of these answers.",
        "Places where ill is much rarer or more common than here (27 of 100 test cases): there the "
        "probabilities are off.",
        "Ages: under 18 (none), 80 and over (3 patients); the youngest was 21, the oldest 91.",
        "Sex: not recorded for 20 patients of 90.",
        "Devices (“scanner”) with too few cases to judge: A (2 patients).",
        "Patients as such: it is not known which images belong to one patient.",
        "With fewer than 10 cases in the test part: df (3).",
        "it looks unlike the images that the reader knows (1.4 times the distance that nearly all known "
        "images stay below)",
        "the image is nearly constant: there is nothing to see",
        "The image is noisier than the training images.",
        "Look again, the place is uncertain: point 1, point 2.",
        "the view is MLO; the network has only seen CC",
        "Shown upside down, it would look like the images that the reader knows: check the file.",
    ],
)  # fmt: skip
def test_the_sentences_of_the_reader_are_said_in_french(sentence) -> None:
    said = foreign(sentence, "fr")
    assert said is not None
    assert said != sentence
    assert "{" not in said


def test_class_names_are_not_translated() -> None:
    sentence = "Conditions other than normal or benign: whatever a case has, it gets one of these answers."
    assert "normal or benign" in (foreign(sentence, "fr") or "")


def test_an_unknown_sentence_stays_english_and_says_so() -> None:
    assert Speech("fr").passed_on("Something quite new.") == {"text": "Something quite new.", "lang": "en"}


def test_text_that_would_deceive_is_shown_as_text() -> None:
    said = told(_form(positive="ill\u202eabc{0}", probabilities={"ill\u202eabc{0}": 0.4}), "en")
    assert "\u202e" not in said["headline"]["text"]
    assert "{0}" in said["headline"]["text"]


def test_the_forms_of_the_small_study_are_told_in_both_languages(reader, house, tmp_path) -> None:
    case = house.case(tmp_path)
    from sqlalchemy import select

    from thirdeye.reading_room.store.tables import OPINION

    with house.room.database.reading() as connection:
        form = connection.execute(select(OPINION.c.form).where(OPINION.c.case_id == case)).scalar_one()
    said = told(form, "fr")
    assert all(one["lang"] == "fr" for one in [*said["unvalidated"], *said["notes"]])


def test_a_measurement_is_told_with_its_type() -> None:
    angle = {"name": "ANB", "value": 6.5, "unit": "deg", "type": "class II"}
    form = _form(task="landmarks", positive=None, probabilities={}, measurements=[angle])
    assert "6.50 degrees, class II" in _plain(told(form, "en"))
    assert "6,50 degrés, class II" in _plain(told(form, "fr"))

from __future__ import annotations

import random

import pytest

from stdspec.suggest import distance, nearest, same, slipped

KEYS = ["task", "loss", "optimizer", "schedule", "batch", "epochs", "max_steps", "lr", "label_smoothing"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("epcohs", "epochs"),  # two letters changed places
        ("epoch", "epochs"),
        ("optimiser", "optimizer"),
        ("Optimizer", "optimizer"),
        ("label-smoothing", "label_smoothing"),
        ("learning_rate", "lr"),
        ("batch_size", "batch"),
        ("num_epochs", "epochs"),
    ],
)
def test_the_word_that_was_meant(word: str, meant: str) -> None:
    assert nearest(word, KEYS) == meant


@pytest.mark.parametrize("word", ["", "x", "colour", "wholly_different"])
def test_nothing_is_guessed_from_afar(word: str) -> None:
    assert nearest(word, KEYS) is None


def test_of_two_equally_near_the_first_by_alphabet() -> None:
    assert nearest("max", ["mad", "map"]) == "mad"
    assert nearest("max", ["map", "mad"]) == "mad"


def test_no_candidates() -> None:
    assert nearest("epochs", []) is None


def test_an_alias_counts_only_where_its_word_stands() -> None:
    assert same("learning_rate", ["lr"]) == "lr"
    assert same("learning_rate", ["epochs"]) is None


@pytest.mark.parametrize(
    ("one", "two", "slips"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("ab", "abc", 1),
        ("abc", "abd", 1),
        ("ca", "abc", 3),
    ],
)
def test_distance_counts_slips(one: str, two: str, slips: int) -> None:
    assert distance(one, two, bound=5) == slips
    assert distance(two, one, bound=5) == slips


def test_distance_stops_beyond_the_bound() -> None:
    assert distance("kitten", "sitting", bound=1) == 2
    assert distance("a" * 10_000, "b", bound=2) == 3


@pytest.mark.parametrize(
    ("word", "candidates", "meant"),
    [
        ("cont", ["cost", "count"], "count"),  # a letter is left out more often than replaced
        ("hwo", ["how", "who"], "how"),
        ("adma", ["adam", "adamw"], "adam"),
    ],
)
def test_of_two_as_many_slips_away_the_one_with_the_same_letters(word: str, candidates: list[str], meant: str) -> None:
    assert nearest(word, candidates) == meant


def test_of_two_equally_near_the_one_that_is_not_there_yet() -> None:
    assert nearest("hwo", ["how", "who"], taken=["how"]) == "who"
    assert nearest("epcohs", ["epochs"], taken=["epochs"]) == "epochs"


def test_a_slip_is_no_other_tools_word() -> None:
    assert slipped("learning_rate", ["lr"]) is None
    assert slipped("knid", ["kind"]) == "kind"


def test_words_that_are_passed_over_unseen_are_none_that_was_meant() -> None:
    drawn = random.Random(5)
    words = ["".join(drawn.choices("abcdé_", k=drawn.randrange(1, 9))) for _ in range(60)]
    for _ in range(400):
        word = "".join(drawn.choices("abcdé_", k=drawn.randrange(1, 9)))
        known = drawn.sample(words, 12)
        bound = max(1, len(word) // 3) if len(word) > 1 else 0
        found = slipped(word, known)
        slips = {name: distance(word, name, bound) for name in known}
        near = min(slips.values())
        assert (found is None) == (near > bound)
        assert found is None or slips[found] == near

"""What the last lines of a run say of a clause that is not met."""

from stdspec.cli.outcome import _clause

FACTS = {"verdict": "fail", "id": "EVL009", "level": "should", "standard": "stdspec/base@1", "reason": "0.8, asked 0.9"}


def test_the_remedy_goes_on_with_the_sentence() -> None:
    text = _clause({**FACTS, "remedy": "Train with such inputs, or state the limit in the card."})
    assert text == (
        "fail  EVL009 (should, stdspec/base@1): 0.8, asked 0.9; train with such inputs, or state the limit in the card"
    )


def test_a_clause_without_a_remedy_says_the_reason_alone() -> None:
    assert _clause({**FACTS, "remedy": ""}) == "fail  EVL009 (should, stdspec/base@1): 0.8, asked 0.9"

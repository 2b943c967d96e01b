"""How the rows are shared out, against the known shares of the population."""

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")

from stdspec.errors import InputError
from stdspec.evidence import tree
from stdspec.run.data import node as data_node

ROWS = "age,sex,ward,smokes,left\n30,f,3,true,no\n41,m,3,false,yes\n29,f,4,true,no\n55,f,,false,yes\n"


@pytest.fixture
def found(node, context, csv, tmp_path):
    """What the data node records for a reference."""

    def run(reference, columns=None):
        out = tmp_path / "out"
        out.mkdir()
        unseen = {"ward": {"role": "ignore"}, **(columns or {})}  # it has a gap, and no model here learns from one
        data = {"source": csv(ROWS), "target": {"column": "left"}, "columns": unseen}
        data["population"] = {"reference": reference}
        records = data_node.execute(node({"data": data, "training": {"task": "classification"}}), {}, out, context)
        return tree(records)["run"]["data"].get("representation")

    return run


def test_the_share_of_rows_that_would_have_to_be_others(found):
    assert found({"sex": {"f": 0.5, "m": 0.5}}) == {
        "sex": {
            "total_variation": 0.25,
            "n": 4,
            "others": 0.0,
            "furthest": {"value": "f", "population": 0.5, "data": 0.75},
        }
    }


def test_a_value_that_the_population_lacks_counts(found):
    seen = found({"sex": {"f": 0.75, "x": 0.25}})["sex"]
    assert (seen["total_variation"], seen["others"]) == (0.25, 0.25)


def test_a_column_of_numbers_is_held_by_its_numbers_and_gaps_are_others(found):
    seen = found({"ward": {"3": 0.5, "4.0": 0.5}})["ward"]
    assert (seen["total_variation"], seen["others"]) == (0.25, 0.25)


def test_a_column_that_the_model_does_not_see_counts_all_the_same(found):
    assert found({"sex": {"f": 0.75, "m": 0.25}}, columns={"sex": {"role": "ignore"}})["sex"]["total_variation"] == 0


def test_true_and_false_and_the_target(found):
    seen = found({"smokes": {"true": 0.5, "false": 0.5}, "left": {"yes": 0.9, "no": 0.1}})
    assert (seen["smokes"]["total_variation"], seen["left"]["total_variation"]) == (0.0, 0.4)


def test_without_known_shares_nothing_is_recorded(found):
    assert found(None) is None


@pytest.mark.parametrize(
    ("reference", "words", "place"),
    [
        ({"sx": {"f": 1}}, "has no column 'sx'", "data.population.reference"),
        ({"sex": {"f": 0.5}}, "the shares add up to 0.5", "data.population.reference.sex"),
        ({"sex": {}}, "the shares add up to 0", "data.population.reference.sex"),
        ({"age": {"old": 1}}, "'old' is no number, and the column is of type float32", "data.population.reference.age"),
    ],
)
def test_a_reference_that_cannot_be_meant_is_refused(found, reference, words, place):
    with pytest.raises(InputError, match=words) as caught:
        found(reference)
    assert caught.value.place == place

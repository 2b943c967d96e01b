"""Batches against a reference: what drifts fires, what does not keeps, and the spec's own triggers decide."""

import copy
import json

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")
pytest.importorskip("scipy", reason="needs the run extra")
pytest.importorskip("onnxruntime", reason="needs the run extra")
pytest.importorskip("torch", reason="needs the run extra")

from toy_run import COLUMNS, MONITORING, Model, halves, reference, rows, table

from stdspec.errors import InputError
from stdspec.run.data.dataset import Dataset
from stdspec.run.monitor import batch as batches
from stdspec.run.monitor import text
from stdspec.run.monitor.compare import compare
from stdspec.run.monitor.kept import Reference

pytestmark = pytest.mark.run


def changed(**parts):
    found = copy.deepcopy(MONITORING)
    for key, value in parts.items():
        found[key] = value
    return found


@pytest.fixture
def look(batch):
    def run(values, kept=None, edit=lambda lines: lines, scorer=Model.scores):
        kept = kept or reference()
        return compare(batches.read(batch(values, edit=edit), kept), kept, scorer)

    return run


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("n", [20, 100, 400])
def test_a_batch_without_drift_keeps(look, n, seed):
    found = look(rows(n, seed))
    assert (found.decision, found.reasons, found.exit_code) == ("keep", (), 0)
    assert found.scored == found.rows == n


@pytest.mark.parametrize("n", [100, 400])
def test_injected_drift_in_one_number_fires_there(look, n):
    found = look(rows(n, 7, shift=1.5))
    status = {test.subject: test.status for test in found.tests}
    assert status["size"] == "alert"
    assert status["weight"] != "alert"
    assert status["score of yes"] == "alert"
    assert (found.decision, found.exit_code) == ("retrain", 1)
    assert found.reasons == ("drift alert: size, score of yes (trigger drift-alert)",)


def test_injected_drift_in_a_category_fires_there(look):
    found = look(rows(400, 8, shares=(0.1, 0.1, 0.8)))
    assert [test.subject for test in found.tests if test.status == "alert"] == ["colour"]


def test_the_triggers_decide(look):
    drifted = rows(400, 7, shift=1.5)
    assert look(drifted, reference(changed(update=None))).decision == "watch"
    assert look(drifted, reference(changed(update={"when": ["contract-violation"]}))).decision == "watch"
    mild = rows(2000, 9, shift=0.42)
    only_sizes = {"control": "none", "tests": {"size": {"statistic": "psi", "warn": 0.1, "alert": 0.5}}}
    assert look(mild, reference(changed(drift=only_sizes))).decision == "watch"
    asked = changed(drift=only_sizes, update={"when": ["drift-warning"]})
    found = look(mild, reference(asked))
    assert (found.decision, found.reasons) == ("retrain", ("drift warning: size (trigger drift-warning)",))
    assert [test.subject for test in found.tests] == ["size"]


def test_a_small_batch_is_insufficient_rather_than_an_alarm(look):
    found = look(rows(20, 1))
    unclear = [test for test in found.tests if test.status == "insufficient"]
    assert unclear
    assert all(test.warn < test.value <= test.chance for test in unclear)
    assert "send a larger batch" in found.notes[0]


@pytest.mark.parametrize("statistic", ["psi", "jensen-shannon", "ks", "chi-squared", "wasserstein"])
def test_every_statistic_tells_drift_from_none(look, statistic):
    limit = 0.001 if statistic in ("ks", "chi-squared") else 0.25
    test = {"statistic": statistic, "alert": limit}
    kept = reference(changed(drift={"control": "holm", "tests": {"features": test, "predictions": test}}))
    assert look(rows(500, 3), kept).decision == "keep"
    found = look(rows(500, 3, shift=3.0), kept)
    alerts = {test.subject for test in found.tests if test.status == "alert"}
    assert "size" in alerts
    assert alerts & {"score of yes", "predicted class"}


def test_no_declared_test_decides_nothing_and_says_so(look):
    found = look(rows(400, 7, shift=3.0), reference(changed(drift=None)))
    assert found.decision == "keep"
    assert "declares no drift tests" in found.notes[0]
    assert {test.status for test in found.tests} == {"ok"}


def test_without_a_model_the_features_are_compared_alone(look):
    found = look(rows(400, 7), scorer=None)
    assert found.scored is None
    assert "the run kept no model" in found.notes[0]
    assert {test.about for test in found.tests} == {"features"}


def test_cells_that_break_the_contract_are_counted_and_not_scored(look):
    def spoil(lines):
        lines[1] = "99,1,red"
        lines[2] = "word,1,red"
        lines[3] = ",1,red"
        lines[4] = "0.5,1,pink"
        return lines

    found = look(rows(300, 5), edit=spoil)
    said = {(item.column, item.clause): (item.count, item.first[0].rsplit(":", 1)[1]) for item in found.violations}
    assert said == {
        ("size", "range"): (1, "2"),
        ("size", "type"): (1, "3"),
        ("size", "nullable"): (1, "4"),
        ("colour", "categories"): (1, "5"),
    }
    assert found.scored == 297
    assert (found.decision, found.exit_code) == ("watch", 1)
    assert found.reasons == ("the batch breaks its contract 4 times",)


def test_undeclared_features_must_be_there_as_well(look):
    found = look(rows(300, 5), kept=reference(columns={}), edit=lambda lines: [lines[0], "1,,red", *lines[2:]])
    assert [(item.column, item.clause, item.count) for item in found.violations] == [("weight", "nullable", 1)]


def test_predictions_of_the_reference_are_of_rows_that_were_not_learnt():
    kept = reference()
    assert (kept.split, kept.n, kept.predicted_on) == ("train", 800, "validation")
    assert kept.predictions["score of yes"].n == 200


def test_the_reference_survives_its_file():
    kept = reference()
    assert Reference.from_json(json.loads(json.dumps(kept.as_json(), allow_nan=False))) == kept


def test_a_drift_test_of_no_feature_is_refused():
    tests = {"tests": {"sise": {"statistic": "psi", "alert": 0.2}}}
    with pytest.raises(InputError) as caught:
        reference(changed(drift=tests))
    assert caught.value.place == "monitoring.drift.tests.sise"
    assert caught.value.remedy == "did you mean 'size'?"


def test_a_split_without_rows_is_refused():
    from stdspec.run.monitor.reference import describe

    fold = halves(60)
    empty = type(fold)(fold.train, fold.validation, fold.test[:0])
    with pytest.raises(InputError) as caught:
        describe(table(60), empty, Model(), changed(reference="test"), COLUMNS)
    assert caught.value.place == "monitoring.reference"


def test_regression_compares_values(look):
    class Values:
        @staticmethod
        def scores(inputs):
            return inputs[:, 0] * 3

    from stdspec.run.monitor.reference import describe

    whole = table()
    numbers = Dataset("tabular", whole.inputs, whole.inputs[:, 0], (), whole.features)
    kept = describe(numbers, halves(len(numbers)), Values(), MONITORING, COLUMNS)
    found = look(rows(400, 7, shift=1.5), kept, scorer=Values.scores)
    assert ("predicted value", "alert") in {(test.subject, test.status) for test in found.tests}


def images(n, seed, level=8.0):
    random = np.random.default_rng(seed)
    return np.clip(random.normal(level, 3, (n, 1, 4, 4)), 0, 16).astype(np.float32)


@pytest.fixture
def pictures():
    pixels = images(600, 0)
    data = Dataset("image", pixels, np.arange(600) % 2, ("a", "b"), value_range=(0.0, 16.0))
    return reference(columns={"image": {"type": "float32", "range": [0, 16]}}, dataset=data)


def test_images_drift_by_their_brightness(tmp_path, pictures):
    for level, decision in ((8.0, "keep"), (11.0, "retrain")):
        np.save(tmp_path / "b.npy", images(200, 1, level))
        found = compare(batches.read(tmp_path / "b.npy", pictures), pictures, Model.scores)
        assert found.decision == decision
        assert not found.violations


def test_images_may_come_as_a_csv_of_pixels(tmp_path, pictures):
    pixels = images(50, 1)
    header = ",".join(f"pixel_{row}_{column}" for row in range(4) for column in range(4))
    np.savetxt(tmp_path / "b.csv", pixels.reshape(50, -1), delimiter=",", header=header, comments="", fmt="%.6f")
    assert np.allclose(batches.read(tmp_path / "b.csv", pictures).inputs, pixels, atol=1e-5)
    pixels[3] += 20
    np.save(tmp_path / "b.npy", pixels)
    broken = batches.read(tmp_path / "b.npy", pictures).violations
    assert [(item.clause, item.count, item.first[0].rsplit(", ", 1)[1]) for item in broken] == [("range", 1, "image 4")]


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("none.csv", None, "there is no such batch file"),
        ("a.csv", "", "the file is empty"),
        ("a.csv", "size,weight,colour\n", "a header and no rows"),
        ("a.csv", "size,weigth,colour\n1,2,red\n", "has no column 'weight'"),
        ("a.npy", "x", "the run takes a table"),
    ],
)
def test_a_file_that_is_no_batch_is_one_sentence(tmp_path, name, content, fact):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        batches.read(tmp_path / name, reference())
    assert fact in caught.value.message
    assert caught.value.place.endswith(name)


@pytest.mark.parametrize(
    ("values", "fact"),
    [
        (np.zeros((3, 1, 5, 4)), "the images are of shape 1 x 5 x 4, and the model takes 1 x 4 x 4"),
        (np.zeros((0, 1, 4, 4)), "the batch has no images"),
        (np.zeros((3, 4)), "is no set of images"),
        (np.full((2, 4, 4), np.nan), "some pixels are not finite"),
    ],
)
def test_arrays_of_another_shape_are_refused(tmp_path, pictures, values, fact):
    np.save(tmp_path / "b.npy", values)
    with pytest.raises(InputError) as caught:
        batches.read(tmp_path / "b.npy", pictures)
    assert fact in caught.value.message


def test_the_text_fits_eighty_columns_and_names_what_matters(look):
    def spoil(lines):
        lines[1] = "99,1,red"
        return lines

    shown = text.render(look(rows(400, 7, shift=1.5), edit=spoil))
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.startswith("decision    retrain\n")
    assert "alert  size: " in shown
    assert "column 'size': 1 cell outside the declared range" in " ".join(shown.split())

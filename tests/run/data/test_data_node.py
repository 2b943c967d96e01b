"""The data node on CSV files: types, roles, contract, quality, personal data; and every bad input with its place."""

import json

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")

from stdspec.errors import InputError
from stdspec.evidence import tree
from stdspec.run.data import node as data_node
from stdspec.run.data.dataset import Dataset

GOOD = "age,plan,churned\n30,a,no\n41.5,b,yes\n29,a,no\n55,b,yes\n"


@pytest.fixture
def execute(node, context, csv, tmp_path):
    """Execute the node on a CSV text; gives the data set, the records as a tree and the contract."""

    def run(text, task="classification", evaluation=None, **data):
        data = {"source": csv(text), "target": {"column": "churned"}, **data}
        out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        out.mkdir()
        config = {"data": data, "training": {"task": task}, "evaluation": evaluation or {}}
        records = data_node.execute(node(config), {}, out, context)
        contract = json.loads((out / "contract.json").read_text())
        return Dataset.load(out), tree(records)["run"]["data"], contract

    return run


def test_numbers_and_categories_become_the_matrix(execute):
    dataset, found, _ = execute(GOOD)
    assert [(item.name, item.type, item.categories) for item in dataset.features] == [
        ("age", "float32", ()),
        ("plan", "category", ("a", "b")),
    ]
    assert dataset.inputs.dtype == np.float32
    assert dataset.inputs.tolist() == [[30, 0], [41.5, 1], [29, 0], [55, 1]]
    assert dataset.classes == ("no", "yes")
    assert dataset.target.tolist() == [0, 1, 0, 1]
    assert list(dataset.column("plan")) == ["a", "b", "a", "b"]
    assert found["rows"] == 4
    assert list(found["digest"]) == ["train.csv"]


def test_declared_categories_give_the_order_of_the_classes(execute):
    dataset, _, _ = execute(GOOD, columns={"churned": {"type": "category", "categories": ["yes", "no"]}})
    assert dataset.classes == ("yes", "no")
    assert dataset.target.tolist() == [1, 0, 1, 0]


def test_numeric_labels_are_sorted_as_numbers(execute):
    dataset, _, _ = execute("x,churned\n1,10\n2,9\n3,10\n")
    assert dataset.classes == ("9", "10")


def test_the_task_says_whether_a_whole_number_is_a_class(execute):
    text = "x,churned\n1,0\n2,1\n3,1\n"
    as_class, _, _ = execute(text)
    as_value, _, _ = execute(text, task="regression")
    assert (as_class.classes, as_class.target.dtype) == (("0", "1"), np.int64)
    assert (as_value.classes, as_value.target.dtype) == ((), np.float32)


def test_roles_keep_columns_out_of_the_matrix(execute):
    text = "id,day,who,junk,x,churned\n1,2026-01-02,p,z,1,no\n2,2026-01-01,q,z,2,yes\n"
    columns = {
        "id": {"role": "id"},
        "day": {"type": "date", "role": "time"},
        "who": {"role": "group"},
        "junk": {"role": "ignore"},
    }
    dataset, _, _ = execute(text, columns=columns)
    assert [item.name for item in dataset.features] == ["x"]
    assert set(dataset.extra) == {"id", "day", "who"}
    assert str(dataset.extra["day"][0]) == "2026-01-02T00:00:00"
    assert list(dataset.extra["who"]) == ["p", "q"]


def test_a_column_that_a_slice_names_is_kept_though_ignored(execute):
    text = "site,x,churned\nn,1,no\ns,2,yes\n"
    sliced = {"slices": {"north": {"column": "site", "equals": "n"}}}
    dataset, _, _ = execute(text, evaluation=sliced, columns={"site": {"role": "ignore"}})
    assert list(dataset.column("site")) == ["n", "s"]
    assert [item.name for item in dataset.features] == ["x"]


def test_a_missing_category_is_a_category_of_its_own(execute):
    dataset, found, _ = execute("plan,x,churned\na,1,no\n,2,yes\n")
    assert dataset.features[0].categories == ("a", "")
    assert dataset.inputs[:, 0].tolist() == [0, 1]
    assert found["quality"]["missing_share"] == pytest.approx(1 / 6)


@pytest.mark.parametrize("columns", ["features", ["x"], ["?"]])
def test_a_missing_number_stays_missing_where_a_transform_fills_it(execute, columns):
    fill = {"fill": {"kind": "impute", "columns": columns}}
    dataset, found, _ = execute("x,churned\n1,no\n,yes\n3,no\n", transforms=fill)
    assert np.isnan(dataset.inputs[:, 0]).tolist() == [False, True, False]
    assert found["quality"]["missing_share"] == pytest.approx(1 / 6)


@pytest.mark.parametrize("transforms", [None, {"fill": None}, {"fill": {"kind": "impute", "columns": ["y"]}}])
def test_a_missing_number_that_nothing_fills_is_refused_at_its_line(execute, transforms, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        execute("x,y,churned\n1,1,no\n,2,yes\n3,3,no\n", transforms=transforms)
    assert str(caught.value) == (
        "train.csv:3: column 'x' has no value, and no model here learns from a missing number; fill it in, "
        "add data.transforms.fill: {kind: impute}, or give the column the role ignore"
    )


def test_violations_are_counted_with_their_first_places(execute, heard):
    text = "age,plan,code,churned\n30,,A1,no\n-4,b,A1,yes\n200,b,bad,no\n"
    columns = {
        "age": {"type": "float32", "range": [0, 120], "nullable": False},
        "plan": {"type": "category", "nullable": False},
        "code": {"type": "text", "pattern": "[A-Z][0-9]", "unique": True},
    }
    _, found, contract = execute(text, columns=columns)
    assert found["violations"] == 5
    said = {(item["column"], item["clause"]): (item["count"], item["first"][0]) for item in contract["violations"]}
    assert {key: (count, place.rsplit(":", 1)[1]) for key, (count, place) in said.items()} == {
        ("age", "range"): (2, "3"),
        ("plan", "nullable"): (1, "2"),
        ("code", "pattern"): (1, "4"),
        ("code", "unique"): (1, "3"),
    }
    assert "column 'age': 2 cells outside the declared range, first at " in heard[0].data["text"]


def test_the_data_card_says_ranges_and_counts(execute):
    _, _, contract = execute(GOOD, columns={"age": {"unit": "year", "type": "float32"}})
    age, plan = contract["columns"]["age"], contract["columns"]["plan"]
    assert (age["unit"], age["min"], age["max"], age["mean"]) == ("year", 29, 55, 38.875)
    assert plan["counts"] == {"a": 2, "b": 2}
    assert contract["columns"]["churned"]["role"] == "target"


def test_quality_is_held_against_its_limits(execute):
    text = GOOD + "30,a,no\n"
    limits = {"rows": {"at_least": 5}, "duplicate_rows": {"at_most": 0}, "class_share": {"at_least": 0.4}}
    _, found, _ = execute(text, quality=limits)
    assert found["quality"]["rows"] == 5
    assert found["quality"]["duplicate_rows"] == 1
    assert found["quality"]["class_share"] == pytest.approx(0.4)
    assert found["quality"]["within"] is False
    _, found, _ = execute(text, quality={**limits, "duplicate_rows": {"at_most": 1}})
    assert found["quality"]["within"] is True
    _, found, _ = execute(text)
    assert "within" not in found["quality"]


def test_freshness_counts_from_today(execute, monkeypatch):
    monkeypatch.setenv("STDSPEC_TODAY", "2026-03-11")
    text = "day,x,churned\n2026-03-01,1,no\n2026-02-01,2,yes\n"
    columns = {"day": {"type": "date", "role": "time"}}
    _, found, _ = execute(text, columns=columns, quality={"freshness": {"at_most": "7d"}})
    assert found["quality"]["freshness"] == 10 * 86400
    assert found["quality"]["within"] is False


def test_personal_data_are_counted_and_never_shown(execute):
    text = "contact,x,churned\nann@example.org,1,no\nno mail,2,yes\n"
    _, found, contract = execute(text, privacy={"scan": True}, columns={"contact": {"role": "id"}})
    assert found["pii"] == [{"column": "contact", "kind": "email", "count": 1}]
    assert "ann@" not in json.dumps(contract)
    _, found, _ = execute(GOOD, privacy={"scan": False})
    assert "pii" not in found


def test_the_same_source_gives_the_same_bytes(node, context, csv, tmp_path):
    config = {"data": {"source": csv(GOOD), "target": {"column": "churned"}}}
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        data_node.execute(node(config), {}, tmp_path / name, context)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert set(written[0]) == {"dataset.npz", "dataset.json", "contract.json", "profile.json"}


BAD = [
    (GOOD, {"target": {"column": "chuned"}}, "data.target.column", "has no column 'chuned'", "did you mean 'churned'?"),
    (GOOD, {"target": {"column": "???"}}, "data.target.column", "does not name the target", "name one"),
    (GOOD, {"columns": {"aeg": {}}}, "data.columns.aeg", "has no column 'aeg'", "did you mean 'age'?"),
    (GOOD, {"columns": {"mean *": {}}}, "data.columns.mean *", "has no column 'mean *'", "the columns are age, plan"),
    (GOOD, {"columns": {"age": {"type": "flot32"}}}, "data.columns.age.type", "no column type 'flot32'", "'float32'"),
    (
        GOOD,
        {"columns": {"plan": {"type": "float32"}}},
        ":2",
        "'a' in column 'plan' is not a finite number (and 3 more)",
        "declared as",
    ),
    (GOOD, {"columns": {"age": {"type": "int64"}}}, ":3", "'41.5' in column 'age' is not a whole number", "correct it"),
    (GOOD.replace("55", "old"), {}, ":5", "'old' in column 'age' is not a finite number", "taken as float32"),
    (GOOD.replace("55", "inf"), {}, ":5", "'inf' in column 'age' is not a finite number", "correct it"),
    (GOOD.replace("55", ""), {}, ":5", "column 'age' has no value", "role ignore"),
    (GOOD.replace("55,b,yes", "55,b,"), {}, ":5", "the target 'churned' is missing", "leave the row out"),
    (
        GOOD.replace("55,b,yes", "55,b,yess"),
        {"columns": {"churned": {"type": "category", "categories": ["yes", "no"]}}},
        ":5",
        "the label 'yess' of column 'churned' is none of the declared categories yes, no",
        "did you mean 'yes'?",
    ),
    (
        GOOD,
        {"columns": {"plan": {"type": "category", "categories": ["a"]}}},
        ":3",
        "'b' in column 'plan' is none of its categories a",
        "data.columns.plan.categories",
    ),
    ("x,churned\n1,no\n2,no\n", {}, "train.csv", "has the single class 'no'", "at least two"),
    (GOOD, {"target": {"column": "churned", "positive": "yep"}}, "data.target.positive", "'yep' is no class", "'yes'"),
    (
        GOOD,
        {"columns": {"age": {"role": "ignore"}, "plan": {"role": "ignore"}}},
        "data.columns",
        "no column is left",
        "feature",
    ),
    (
        "day,churned\n2026-01-01,no\n2026-01-02,yes\n",
        {"columns": {"day": {"type": "date"}}},
        "data.columns.day.role",
        "is a date and cannot be a feature",
        "time",
    ),
    (GOOD, {"modality": "image"}, "data.modality", "the source gives a table", ""),
    (
        GOOD,
        {"columns": {"plan": {"type": "text", "pattern": "["}}},
        "data.columns.plan.pattern",
        "no regular expression",
        "",
    ),
    (GOOD, {"quality": {"freshness": {"at_most": "7d"}}}, "data.quality.freshness", "this data cannot show it", "null"),
    (
        GOOD,
        {"quality": {"label_agreement": {"at_least": 0.8}}},
        "data.quality.label_agreement",
        "several labels",
        "null",
    ),
    (GOOD, {"sources": {"a": {}}}, "data.sources", "cannot be joined", "data.source"),
]


@pytest.mark.parametrize(("text", "data", "place", "fact", "remedy"), BAD, ids=[case[3][:40] for case in BAD])
def test_bad_input_is_one_sentence_with_its_place(execute, text, data, place, fact, remedy):
    with pytest.raises(InputError) as caught:
        execute(text, **data)
    assert caught.value.place.endswith(place)
    assert fact in caught.value.message
    assert remedy in (caught.value.remedy or "")
    assert "\n" not in str(caught.value)


def test_multilabel_is_refused(execute):
    with pytest.raises(InputError) as caught:
        execute(GOOD, task="multilabel")
    assert caught.value.place == "training.task"


def test_text_in_a_regression_target_is_refused_at_its_line(execute):
    with pytest.raises(InputError) as caught:
        execute("x,churned\n1,2.5\n2,many\n", task="regression")
    assert caught.value.place.endswith(":3")
    assert "'many' in column 'churned' is not a finite number" in caught.value.message


def test_digits_can_be_read_as_images_or_as_a_table(node, context, tmp_path):
    pytest.importorskip("sklearn", reason="needs the run extra")
    for modality, shape, name in (("image", (1, 8, 8), None), ("tabular", (64,), "pixel_7_7")):
        out = tmp_path / modality
        out.mkdir()
        data = {"source": {"kind": "sklearn", "name": "digits"}, "target": {"column": "digit"}, "modality": modality}
        data_node.execute(node({"data": data}), {}, out, context)
        dataset = Dataset.load(out)
        assert dataset.inputs.shape[1:] == shape
        assert dataset.classes == tuple("0123456789")
        assert [item.name for item in dataset.features][-1:] == ([name] if name else [])


def test_images_outside_their_declared_range_are_violations(node, context, tmp_path):
    pytest.importorskip("sklearn", reason="needs the run extra")
    (tmp_path / "o").mkdir()
    data = {
        "source": {"kind": "sklearn", "name": "digits"},
        "target": {"column": "digit"},
        "columns": {"image": {"type": "float32", "range": [0, 15]}},
    }
    found = tree(data_node.execute(node({"data": data}), {}, tmp_path / "o", context))["run"]["data"]
    dataset = Dataset.load(tmp_path / "o")
    assert found["violations"] == int((dataset.inputs.max(axis=(1, 2, 3)) > 15).sum())
    assert dataset.value_range == (0.0, 15.0)


@pytest.mark.parametrize(("role", "features"), [(None, ["x"]), ("feature", ["patient", "x"])])
@pytest.mark.parametrize("where", ["splits", "method"])
def test_a_column_that_rows_are_grouped_by_is_a_feature_only_where_it_says_so(
    role, features, where, csv, node, context, tmp_path
):
    source = csv("patient,x,y\np1,1,a\np1,2,b\np2,3,a\n")
    data = {"source": source, "target": {"column": "y"}, "columns": {"patient": {"role": role}} if role else {}}
    evaluation = {"method": {"kind": "grouped-k-fold", "k": 2, "group": "patient"}} if where == "method" else {}
    if where == "splits":
        data["splits"] = {"kind": "grouped", "group": "patient"}
    (tmp_path / "grouped").mkdir()
    data_node.execute(node({"data": data, "evaluation": evaluation}), {}, tmp_path / "grouped", context)
    found = Dataset.load(tmp_path / "grouped")
    assert [item.name for item in found.features] == features
    assert found.column("patient").tolist() == ["p1", "p1", "p2"]

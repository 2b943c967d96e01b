"""Dealing rows: what must hold of every split, whatever the data."""

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")
pytest.importorskip("sklearn", reason="needs the run extra")

from hypothesis import given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from stdspec.errors import InputError
from stdspec.run.data import folds, split_node
from stdspec.run.data.dataset import Dataset, Splits
from stdspec.run.data.identity import row_ids

PARTS = ("train", "validation", "test")
SHARES = {"train": 0.7, "validation": 0.15, "test": 0.15}
SEEDS = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)


def dataset(n, classes=2, seed=0, **extra):
    random = np.random.default_rng(seed)
    return Dataset(
        modality="tabular",
        inputs=random.normal(size=(n, 2)).astype(np.float32),
        target=random.permutation(np.arange(n) % classes).astype(np.int64),
        classes=tuple(map(str, range(classes))),
        extra={name: np.asarray(values) for name, values in extra.items()},
    )


def config(kind="random", method=None, seed=1, columns=None, **splits):
    shares = {} if kind == "predefined" else {"shares": SHARES}
    data = {"splits": {"kind": kind, **shares, **splits}, "columns": columns or {}}
    return {"seed": seed, "data": data, "evaluation": {"method": method or {"kind": "hold-out"}}}


def check(found, n, *, whole=True):
    """Sorted, disjoint, and (where nothing is left out) covering."""
    for name, fold in found.folds.items():
        rows = np.concatenate([getattr(fold, part) for part in PARTS])
        assert len(np.unique(rows)) == len(rows)
        assert not whole or len(rows) == n
        for part in PARTS:
            assert np.array_equal(getattr(fold, part), np.sort(getattr(fold, part)))
        assert len(fold.train)
        assert len(fold.validation)
        assert bool(len(fold.test)) == (name != "final")


@quick
@given(n=st.integers(20, 300), seed=SEEDS)
def test_random_parts_are_disjoint_and_cover_all_rows_in_their_shares(n, seed):
    found = folds.make(dataset(n), config(seed=seed))
    check(found, n)
    fold = found.folds["holdout"]
    assert (len(fold.validation), len(fold.test)) == (round(0.15 * n), round(0.15 * n))


@quick
@given(n=st.integers(60, 300), classes=st.integers(2, 5), seed=SEEDS)
def test_stratified_parts_have_each_class_within_one_row_of_its_share(n, classes, seed):
    data = dataset(n, classes, seed)
    found = folds.make(data, config("stratified", seed=seed))
    check(found, n)
    counts = np.bincount(data.target)
    for part in ("validation", "test"):
        rows = getattr(found.folds["holdout"], part)
        assert (np.abs(np.bincount(data.target[rows], minlength=classes) - len(rows) * counts / n) <= 1 + 1e-9).all()


@quick
@given(sizes=st.lists(st.integers(1, 12), min_size=6, max_size=30), seed=SEEDS)
def test_groups_are_never_divided(sizes, seed):
    groups = np.repeat([f"g{index}" for index in range(len(sizes))], sizes)
    data = dataset(len(groups), who=groups)
    found = folds.make(data, config("grouped", seed=seed, columns={"who": {"role": "group"}}))
    check(found, len(groups))
    fold = found.folds["holdout"]
    inside = [set(groups[getattr(fold, part)]) for part in PARTS]
    assert not inside[0] & inside[1] | inside[0] & inside[2] | inside[1] & inside[2]
    assert abs(len(fold.test) - 0.15 * len(groups)) <= max(sizes)


@quick
@given(times=st.lists(st.integers(0, 40), min_size=30, max_size=200), gap=st.sampled_from([None, "2s"]))
def test_time_is_never_turned_back(times, gap):
    moments = np.array(times, dtype="datetime64[s]")
    data = dataset(len(times), day=moments)
    asked = config("time", time="day", gap=gap)
    try:
        fold = folds.make(data, asked).folds["holdout"]
    except InputError:
        reject()  # too many equal moments leave a part empty
    wait = np.timedelta64(2 if gap else 0, "s")
    for early, late in ((fold.train, fold.validation), (fold.validation, fold.test)):
        first, last = moments[late].min(), moments[early].max()
        assert last < first
        assert last + wait <= first


@quick
@given(n=st.integers(40, 200), k=st.integers(2, 6), seed=SEEDS, stratify=st.booleans())
def test_every_row_is_tested_once_by_k_folds_and_never_by_the_final_fit(n, k, seed, stratify):
    data = dataset(n, 2, seed)
    found = folds.make(data, config(method={"kind": "k-fold", "k": k, "stratify": stratify, "seed": seed}))
    check(found, n)
    assert list(found.folds) == [*map(str, range(1, k + 1)), "final"]
    tested = np.concatenate([fold.test for fold in found.folds.values()])
    assert np.array_equal(np.sort(tested), np.arange(n))
    if stratify:
        counts = np.array([np.bincount(data.target[found.folds[str(i)].test], minlength=2) for i in range(1, k + 1)])
        assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()


def test_repeated_folds_test_every_row_once_a_repeat_with_other_folds():
    found = folds.make(dataset(60), config(method={"kind": "k-fold", "k": 3, "repeats": 2}))
    assert list(found.folds) == ["1", "2", "3", "4", "5", "6", "final"]
    assert np.array_equal(np.sort(np.concatenate([found.folds[str(i)].test for i in (4, 5, 6)])), np.arange(60))
    assert not np.array_equal(found.folds["1"].test, found.folds["4"].test)


@quick
@given(sizes=st.lists(st.integers(1, 8), min_size=9, max_size=30), k=st.integers(2, 5), seed=SEEDS)
def test_grouped_folds_keep_groups_together_in_all_parts(sizes, k, seed):
    groups = np.repeat(np.arange(len(sizes)).astype(float), sizes)
    data = dataset(len(groups), who=groups)
    found = folds.make(data, config(method={"kind": "grouped-k-fold", "k": k, "group": "who", "seed": seed}))
    check(found, len(groups))
    for fold in found.folds.values():
        inside = [set(groups[getattr(fold, part)]) for part in PARTS]
        assert not inside[0] & inside[1] | inside[0] & inside[2] | inside[1] & inside[2]


@quick
@given(n=st.integers(40, 150), k=st.integers(2, 5), seed=SEEDS)
def test_time_series_folds_go_forward(n, k, seed):
    moments = np.random.default_rng(seed).permutation(n).astype(float)
    found = folds.make(dataset(n, t=moments), config(method={"kind": "time-series", "k": k, "time": "t"}))
    check(found, n, whole=False)
    starts = []
    for name, fold in found.folds.items():
        assert moments[fold.train].max() < moments[fold.validation].min()
        if name != "final":
            assert moments[fold.validation].max() < moments[fold.test].min()
            starts.append(moments[fold.test].min())
    assert starts == sorted(starts)
    assert len(found.folds["final"].train) + len(found.folds["final"].validation) == n


@pytest.mark.parametrize("method", [{"kind": "hold-out"}, {"kind": "k-fold", "k": 3, "stratify": True}])
def test_the_seed_decides(method):
    data = dataset(90)
    one, again, other = (folds.make(data, config("stratified", method, seed)) for seed in (5, 5, 6))
    for name, fold in one.folds.items():
        assert all(np.array_equal(getattr(fold, part), getattr(again.folds[name], part)) for part in PARTS)
    first = next(iter(one.folds))
    assert not np.array_equal(one.folds[first].test, other.folds[first].test)


def test_predefined_parts_are_taken_and_validation_is_drawn_from_train():
    said = np.array(["train"] * 40 + ["test"] * 10)
    data = Dataset("tabular", np.zeros((50, 1), np.float32), np.arange(50) % 2, ("a", "b"), predefined=said)
    fold = folds.make(data, config("predefined", validation=0.25)).folds["holdout"]
    assert (len(fold.train), len(fold.validation), list(fold.test)) == (30, 10, list(range(40, 50)))
    with pytest.raises(InputError, match="the validation part would be empty"):
        folds.make(data, config("predefined", validation=None))


@pytest.mark.parametrize(
    ("asked", "place", "fact"),
    [
        (config(shares={"train": 0.9, "validation": 0.2, "test": 0.1}), "data.splits.shares", "add up to 1.2"),
        (config("grouped"), "data.splits.group", "no column has the role group"),
        (config("grouped", group="whoo"), "data.splits.group", "no column 'whoo'"),
        (config("grouped", group="two"), "data.splits.group", "there are 2 groups"),
        (config("time"), "data.splits.time", "no column has the role time"),
        (config("time", time="text"), "data.splits.time", "the time column is text"),
        (config("predefined"), "data.splits", "does not say which part"),
        (config(shares={"train": 0.99, "validation": 0.005, "test": 0.005}), "data.splits", "part would be empty"),
        (
            config("stratified", shares={"train": 0.9, "validation": 0.05, "test": 0.05}),
            "data.splits",
            "cannot be stratified",
        ),
        (config(method={"kind": "k-fold", "k": 31}), "evaluation.method.k", "30 rows cannot fill 31 folds"),
        (
            config(method={"kind": "k-fold", "k": 11, "stratify": True}),
            "evaluation.method.k",
            "10 rows of the rarest class",
        ),
        (
            config(method={"kind": "grouped-k-fold", "k": 5, "group": "two"}),
            "evaluation.method.k",
            "2 groups cannot fill 5",
        ),
        (
            config(method={"kind": "time-series", "k": 5, "time": "same"}),
            "evaluation.method.k",
            "too few different moments",
        ),
    ],
)
def test_what_cannot_be_dealt_is_said(asked, place, fact):
    names = np.array(["a", "b"] * 15)
    data = dataset(30, 3, two=names, text=names, same=np.zeros(30))
    with pytest.raises(InputError) as caught:
        folds.make(data, asked)
    assert caught.value.place == place
    assert fact in caught.value.message


def test_the_node_counts_equal_rows_and_groups_across_parts(tmp_path, node, context):
    data = dataset(40, 2, who=np.repeat(np.arange(20.0), 2), part=np.array(["train"] * 20 + ["test"] * 20))
    data.inputs[20], data.target[20], data.extra["who"][20] = data.inputs[0], data.target[0], data.extra["who"][0]
    data.inputs[1], data.target[1], data.extra["who"][1] = data.inputs[2], data.target[2], data.extra["who"][2]
    predefined = Dataset(**asdict(data) | {"predefined": data.extra["part"]})
    (tmp_path / "data").mkdir()
    (tmp_path / "out").mkdir()
    predefined.save(tmp_path / "data")
    asked = config("predefined", column="part", validation=0.2, columns={"who": {"role": "group"}}, seed=3)
    records = split_node.execute(node(asked, "split"), {"dataset": tmp_path / "data"}, tmp_path / "out", context)
    found = {record.path.removeprefix("run.split."): record.value for record in records}
    fold = Splits.load(tmp_path / "out").folds["holdout"]
    assert (found["train"], found["validation"], found["test"]) == (16, 4, 20)
    apart = (1 in fold.train) != (2 in fold.train)  # 0 and 20 always are: one trains or validates, one is tested
    assert found["overlap.records"] == (4 if apart else 2)
    who = data.extra["who"]
    parts = [set(who[getattr(fold, part)]) for part in PARTS]
    assert found["overlap.groups"] == len(parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2])


def test_rows_are_equal_by_all_columns_and_a_zero_has_no_sign():
    base = Dataset(
        "tabular",
        np.array([[0.0], [-0.0], [np.nan], [np.nan], [0.0]], np.float32),
        np.array([1, 1, 0, 0, 1]),
        ("a", "b"),
        extra={"id": np.array(["p", "p", "q", "q", "r"])},
    )
    ids = row_ids(base)
    assert ids[0] == ids[1]
    assert ids[2] == ids[3]
    assert ids[0] != ids[4]
    assert row_ids(base, ["id"])[0] == row_ids(base, ["id"])[4]


def test_a_glob_gives_the_role_of_a_group_to_the_column_it_fits():
    patient = [f"p{number // 5}" for number in range(60)]
    found = folds.make(dataset(60, patient=patient), config("grouped", columns={"pat*": {"role": "group"}}))
    fold = found.folds["holdout"]
    assert not set(np.array(patient)[fold.train]) & set(np.array(patient)[fold.test])
    assert (
        split_node.group_column(config(columns={"pat*": {"role": "group"}}), dataset(60, patient=patient)) == "patient"
    )

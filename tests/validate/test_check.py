"""One fault gives one finding: its code, its place in the file, and a sentence that says what to do."""

from __future__ import annotations

import math
from typing import Any

import pytest

from stdspec.compose import Composed, Origin
from stdspec.finding import COMMAND_LINE, Finding, Severity, Span
from stdspec.validate import check, check_data, check_part

from .cases import Compose, shipped

TOP = "defaults: [stdspec/base, data: breast_cancer, model: mlp, _self_]\n"

# what is written below TOP, and of the one finding: code, path, line, column, message
CASES: dict[str, tuple[str, tuple[str, str, int, int, str]]] = {
    "unknown key": (
        "training: {epcohs: 3}",
        ("SPC001", "training.epcohs", 2, 12, "unknown key 'epcohs'; did you mean 'epochs'?"),
    ),
    "unknown domain": (
        "modle:\n  kind: mlp",
        ("SPC001", "modle", 2, 1, "unknown key 'modle'; did you mean 'model'?"),
    ),
    "key of another level": (
        "training: {learning_rate: 0.1}",
        ("SPC001", "training.learning_rate", 2, 12, "unknown key 'learning_rate'; did you mean 'optimizer.lr'?"),
    ),
    "key that resembles nothing": (
        "owner: {shoe_size: 43}",
        ("SPC001", "owner.shoe_size", 2, 9, "unknown key 'shoe_size'; the keys here are team, contact and author"),
    ),
    "key of another kind": (
        "model: {channels: [8]}",
        ("SPC001", "model.channels", 2, 9, "unknown key 'channels'; it belongs to kind cnn, and the kind here is mlp"),
    ),
    "text for a number": (
        "training: {epochs: ten}",
        ("SPC002", "training.epochs", 2, 20, "'epochs' is the text 'ten' and must be a whole number or null"),
    ),
    "quoted number": (
        'training: {clip: "1.5"}',
        (
            "SPC002",
            "training.clip",
            2,
            18,
            "'clip' is the text '1.5' and must be a number or null; take the quotes away",
        ),
    ),
    "number for a text": (
        "version: 1.5",
        ("SPC002", "version", 2, 10, "'version' is 1.5 and must be text or null; put it in quotes"),
    ),
    "float for a whole number": (
        "training: {epochs: 10.0}",
        ("SPC002", "training.epochs", 2, 20, "'epochs' is 10.0 and must be a whole number or null; write 10"),
    ),
    "yes for a text": (
        "description: yes",
        ("SPC002", "description", 2, 14, "'description' is true and must be text or null; put it in quotes"),
    ),
    "scalar for a mapping": (
        "evaluation: {slices: coarse}",
        ("SPC002", "evaluation.slices", 2, 22, "'slices' is the text 'coarse' and must be a mapping"),
    ),
    "number for a kinded table": (
        "training: {optimizer: 5}",
        ("SPC002", "training.optimizer", 2, 23, "'optimizer' is 5 and must be a mapping"),
    ),
    "text for a domain": (
        "model: mlp",
        ("SPC002", "model", 2, 8, "'model' is the text 'mlp' and must be a mapping"),
    ),
    "number for a metric": (
        "evaluation: {metrics: {auroc: 0.9}}",
        (
            "SPC002",
            "evaluation.metrics.auroc",
            2,
            31,
            "'auroc' is 0.9 and must be a mapping or null; write {at_least: 0.9} or {at_most: 0.9}",
        ),
    ),
    "null where a decision is asked for": (
        "training: {optimizer: {lr: null}}",
        ("SPC002", "training.optimizer.lr", 2, 28, "'lr' is null and must be a number"),
    ),
    "below an open limit": (
        "training: {optimizer: {lr: -1}}",
        ("SPC003", "training.optimizer.lr", 2, 28, "'lr' is -1 and must be greater than 0"),
    ),
    "above a limit": (
        "data: {splits: {shares: {train: 1.2}}}",
        ("SPC003", "data.splits.shares.train", 2, 33, "'train' is 1.2 and must be at most 1"),
    ),
    "in a list": (
        "model: {hidden: [64, 0]}",
        ("SPC003", "model.hidden[1]", 2, 22, "'hidden[1]' is 0 and must be at least 1"),
    ),
    "list too short": (
        "data: {columns: {diagnosis: {range: [1]}}}",
        ("SPC003", "data.columns.diagnosis.range", 2, 37, "'range' has 1 entry and must have at least 2 entries"),
    ),
    "empty text": (
        'governance: {goal: ""}',
        ("SPC003", "governance.goal", 2, 20, "'goal' has 0 characters and must have at least 1 character"),
    ),
    "entry twice": (
        "standards: [stdspec/base@1, stdspec/base@1]",
        ("SPC003", "standards", 2, 12, "'standards' holds an entry twice; take one away"),
    ),
    "misspelt choice": (
        "stage: reserch",
        ("SPC004", "stage", 2, 8, "'stage' is 'reserch'; did you mean 'research'?"),
    ),
    "no such choice": (
        "evaluation: {judge: jury}",
        ("SPC004", "evaluation.judge", 2, 21, "'judge' is 'jury' and must be one of bound or point"),
    ),
    "number or a word": (
        "compute: {devices: all}",
        ("SPC004", "compute.devices", 2, 20, "'devices' is 'all' and must be a whole number or 'auto'"),
    ),
    "version of the language as a number": (
        "stdspec: 1",
        ("SPC004", "stdspec", 2, 10, "'stdspec' is 1 and must be 1; put it in quotes"),
    ),
    "size in another unit": (
        "compute: {limits: {memory: 4GB}}",
        (
            *("SPC005", "compute.limits.memory", 2, 28),
            (
                "'memory' is '4GB' and must be an amount of memory: a number and one of B, KiB, MiB, GiB, TiB,"
                " written together, such as 4GiB"
            ),
        ),
    ),
    "date out of the calendar": (
        'deployment: {retire_on: "2027-13-01"}',
        (
            *("SPC005", "deployment.retire_on", 2, 25),
            "'retire_on' is '2027-13-01' and must be a day: year-month-day, such as 2027-05-31",
        ),
    ),
    "key of a wrong form": (
        "compute: {secrets: {my token: {from: env}}}",
        (
            *("SPC005", "compute.secrets.my token", 2, 21),
            (
                "the key 'my token' must be the name of an environment variable: letters, digits and underscores,"
                " such as API_TOKEN"
            ),
        ),
    ),
    "missing key": (
        "monitoring: {performance: {metric: auroc}}",
        (
            *("SPC006", "monitoring.performance", 2, 14),
            "'performance' lacks 'floor'; add it: its limit, in its unit",
        ),
    ),
    "metric without a kind": (
        "evaluation: {metrics: {acuracy: {at_least: 0.9}}}",
        ("SPC006", "evaluation.metrics.acuracy", 2, 24, "'acuracy' names no kind; did you mean 'accuracy'?"),
    ),
    "unknown kind with a neighbour": (
        "evaluation: {shifts: {noise: {kind: gausian-noise, severity: 0.1}}}",
        (
            "SPC007",
            "evaluation.shifts.noise.kind",
            2,
            37,
            "unknown kind 'gausian-noise'; did you mean 'gaussian-noise'?",
        ),
    ),
    "unknown kind": (
        "evaluation: {shifts: {fog: {kind: fog, density: 2}}}",
        (
            *("SPC007", "evaluation.shifts.fog.kind", 2, 35),
            "unknown kind 'fog'; the kinds are gaussian-noise, missing and scale",
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_fault_one_finding(write: Compose, case: str) -> None:
    text, (code, path, line, column, message) = CASES[case]
    found = check(write(TOP + text))
    assert [(item.code, item.path, item.message) for item in found] == [(code, path, message)]
    assert found[0].severity is Severity.ERROR
    assert found[0].span is not None
    assert found[0].span.file.endswith("config.yaml")
    assert (found[0].span.line, found[0].span.column) == (line, column)


def test_every_code_is_shown_by_a_case() -> None:
    assert {expected[0] for _, expected in CASES.values()} == {f"SPC00{number}" for number in range(1, 8)}


def test_findings_come_in_the_order_of_the_file(write: Compose) -> None:
    found = check(write(TOP + "seed: -1\nname: x y\nstage: idea"))
    assert [(item.code, item.span and item.span.line) for item in found] == [
        ("SPC003", 2),
        ("SPC005", 3),
        ("SPC004", 4),
    ]


def test_a_finding_about_an_override_points_at_the_command_line() -> None:
    found = check(shipped("training.epochs=ten"))
    assert [(item.code, item.path, item.span and item.span.file) for item in found] == [
        ("SPC002", "training.epochs", COMMAND_LINE)
    ]


def test_a_spec_without_data_and_model_says_so(write: Compose) -> None:
    found = check(write("defaults: [stdspec/base, _self_]\nname: bare"))
    assert [item.message.split(";")[0] for item in found] == ["the spec lacks 'data'", "the spec lacks 'model'"]
    assert {(item.code, item.path) for item in found} == {("SPC006", "")}


def test_a_value_still_to_be_given_is_said_where_it_is_asked_for(write: Compose) -> None:
    found = check(write("defaults: [stdspec/base, data: csv, model: mlp, _self_]\ndata: {target: {column: y}}"))
    assert [(item.code, item.path) for item in found] == [("SPC006", "data.source.path")]
    assert found[0].message == "'path' has no value yet (???); give data.source.path a value"
    assert found[0].span is not None
    assert found[0].span.file.endswith("csv.yaml")


@pytest.mark.parametrize("value", ["${oc.env:EPOCHS}", "${nowhere}"])
def test_an_interpolation_is_accepted_for_any_type(value: str) -> None:
    composed = handmade(shipped().resolved | {"seed": value, "standards": value, "compute": value})
    assert check(composed) == []


def test_an_entry_of_an_option_can_be_taken_away_with_null(write: Compose) -> None:
    text = "evaluation: {metrics: {accuracy: null, auroc: {}}}\n"
    text += "data: {transforms: {scale: null}, columns: {'mean *': null}}"
    assert check(write(TOP + text)) == []


@pytest.mark.parametrize(
    ("value", "path"), [(math.nan, ("clip",)), (math.inf, ("clip",)), (-math.inf, ("optimizer", "lr"))]
)
def test_a_number_that_is_not_finite_is_refused(value: float, path: tuple[str, ...]) -> None:
    spec = shipped().resolved
    place = spec["training"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    found = check(handmade(spec))
    assert [(item.code, item.path) for item in found] == [("SPC003", ".".join(("training", *path)))]
    assert "is not a finite number" in found[0].message


def test_a_fault_that_reading_found_is_not_found_again() -> None:
    spec = shipped().resolved
    spec["training"]["clip"] = math.nan
    composed = handmade(spec)
    told = Finding("YML004", "not-finite", Severity.ERROR, "said", "training.clip", composed.span(("training", "clip")))
    assert check(handmade(spec, told)) == []


@pytest.mark.parametrize(("key", "said"), [(3, "3"), (True, "true"), (None, "null"), (1.5, "1.5")])
def test_a_key_that_is_no_text_is_refused(key: Any, said: str) -> None:
    found = check_data(shipped().resolved | {key: {}}, "spec", nowhere)
    assert [(item.code, item.path, item.message) for item in found] == [
        ("SPC002", said, f"the key {said} is no text; put it in quotes")
    ]


def test_what_is_no_plain_data_is_refused() -> None:
    found = check_data(shipped().resolved | {"description": b"\x00"}, "spec", nowhere)
    assert [(item.code, item.path) for item in found] == [("SPC002", "description")]


@pytest.mark.parametrize("value", [None, [], "text", 3])
def test_a_document_that_is_no_mapping_is_one_finding(value: Any) -> None:
    found = check_data(value, "spec", nowhere)
    assert [item.code for item in found] == ["SPC002"]
    assert found[0].message.startswith("the document is ")


@pytest.mark.parametrize("value", ["\ud800", "a" * 100_000, 10**400])
def test_odd_values_do_not_stop_the_check(value: Any) -> None:
    found = check_data(shipped().resolved | {"seed": value}, "spec", nowhere)
    assert [item.path for item in found] == ["seed"]
    assert len(found[0].message) < 200


def test_a_group_file_by_itself_may_lack_what_others_bring() -> None:
    assert check_part({"momentum": 0.5}, ("training", "optimizer"), nowhere) == []
    assert check_part({"kind": "sgd"}, ("training", "optimizer"), nowhere) == []
    assert check_part({"source": {"kind": "csv", "path": "???"}}, ("data",), nowhere) == []
    assert check_part({"seed": "${oc.env:SEED}"}, (), nowhere) == []


def test_a_group_file_by_itself_is_checked_at_its_own_lines() -> None:
    asked = []

    def locate(path: tuple[str | int, ...], key: bool) -> Span:
        asked.append((path, key))
        return Span("sgd.yaml", 2, 1, 2, 3)

    found = check_part({"kind": "sgd", "lr": 0, "nestrov": True}, ("training", "optimizer"), locate)
    assert [(item.code, item.path) for item in found] == [
        ("SPC001", "training.optimizer.nestrov"),
        ("SPC003", "training.optimizer.lr"),
    ]
    assert sorted(asked) == [(("lr",), False), (("nestrov",), True)]


def test_other_documents_are_checked_by_their_own_schema() -> None:
    record = {"path": "run.data.rows", "value": 3, "node": "data", "spec": "", "inputs": []}
    assert check_data(record, "record", nowhere) == []
    found = check_data(record | {"vaires": True}, "record", nowhere)
    assert [item.message for item in found] == ["unknown key 'vaires'; did you mean 'varies'?"]


def nowhere(path: tuple[str | int, ...], key: bool) -> None:
    return None


def handmade(spec: dict[str, Any], *findings: Finding) -> Composed:
    """A composition whose values all come from the first line of one file, each at a column of its own."""
    origins: dict[tuple[str | int, ...], tuple[Origin, ...]] = {}

    def note(value: Any, path: tuple[str | int, ...]) -> None:
        span = Span("/spec.yaml", 1, len(origins) + 1, 1, len(origins) + 2)
        origins[path] = (Origin(span, span, value, "config"),)
        if isinstance(value, dict):
            for key, item in value.items():
                note(item, (*path, key))

    note(spec, ())
    return Composed("spec.yaml", "/spec.yaml", spec, spec, origins, findings=findings)

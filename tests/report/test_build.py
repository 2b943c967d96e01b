import json
import math
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from stdspec import resources
from stdspec.errors import Bug
from stdspec.evidence import Record
from stdspec.report import assets as asset_files
from stdspec.report.assets import Assets
from stdspec.report.build import build, result_digest, sentence
from stdspec.standard.verdict import Verdict

from . import sample


@pytest.fixture(scope="module")
def report():
    return sample.report()


def judged(*verdicts, level="must"):
    (first, *_) = sample.judgements()
    return [replace(first, id=f"X{index}", verdict=verdict, level=level) for index, verdict in enumerate(verdicts)]


def built(judgements=(), records=(), found=None):
    return build(sample.plan(), sample.composed(), judgements, records, found or Assets())


def check(value):
    schema = json.loads((resources.schemas() / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(json.dumps(value, allow_nan=False)))
    return [("/".join(map(str, error.absolute_path)), error.message) for error in errors]


def test_a_full_report_is_what_the_schema_says(report):
    assert check(report) == []


def test_a_report_of_a_run_that_recorded_nothing_is_valid_and_claims_nothing():
    report = built()
    assert check(report) == []
    assert report["summary"]["outcome"] == "not-supported"
    assert report["summary"]["sentence"] == "No clause holds at stage candidate; nothing was judged."
    assert (report["weights"], report["evaluation"], report["deployment"]) == (None, None, None)
    assert report["data"]["rows"] is None


@pytest.mark.parametrize(
    "where", [(), ("summary",), ("clauses", 0), ("evaluation", "metrics", 0), ("data", "columns", 0)]
)
def test_the_schema_is_closed(report, where):
    changed = json.loads(json.dumps(report))
    inner = changed
    for key in where:
        inner = inner[key]
    inner["made_up"] = 1
    assert [("made_up" in message) for _, message in check(changed)] == [True]


def test_every_property_of_the_schema_is_described():
    schema = json.loads((resources.schemas() / "report.schema.json").read_text(encoding="utf-8"))

    def silent(node, where):
        for name, part in node.get("properties", {}).items():
            if "description" not in part:
                yield f"{where}/{name}"
            yield from silent(part, f"{where}/{name}")
        if isinstance(node.get("items"), dict):
            yield from silent(node["items"], f"{where}[]")

    found = list(silent(schema, ""))
    for name, part in schema["$defs"].items():
        found += silent(part, name)
    assert found == []


def test_the_sentence_counts_what_holds_and_never_claims_conformity(report):
    assert report["summary"]["sentence"] == (
        "Evidence supports 10 of 15 clauses that hold at stage candidate; 1 fails; 1 could not be judged; "
        "1 has no evidence; 1 has stale evidence; 1 is waived."
    )
    assert sentence(judged(Verdict.PASS), "research") == "Evidence supports 1 of 1 clause that holds at stage research."
    assert sentence(judged(Verdict.FAIL, Verdict.FAIL), "release").endswith("; 2 fail.")
    assert "compliant" not in json.dumps(report)
    assert "presumption" not in json.dumps(report)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.ERROR, Verdict.NO_EVIDENCE, Verdict.STALE])
def test_a_must_without_a_pass_is_not_supported(verdict):
    summary = built(judged(Verdict.PASS, verdict))["summary"]
    assert (summary["outcome"], summary["unmet"]) == ("not-supported", ["X1"])


def test_a_should_that_fails_stops_nothing_and_a_waiver_covers_a_must():
    judgements = [*judged(Verdict.PASS, Verdict.WAIVED), *judged(Verdict.FAIL, level="should")]
    summary = built(judgements)["summary"]
    assert (summary["outcome"], summary["unmet"]) == ("supported", [])
    assert summary["levels"]["should"]["fail"] == 1


def test_a_failed_gate_is_never_supported():
    report = built(judged(Verdict.PASS), [Record("run.evaluation.gate", False)])
    assert (report["summary"]["gate"], report["summary"]["outcome"]) == (False, "not-supported")


def test_coverage_is_the_share_of_what_holds_that_could_be_judged():
    verdicts = (Verdict.PASS, Verdict.NO_EVIDENCE, Verdict.ERROR, Verdict.FAIL, Verdict.NOT_APPLICABLE)
    assert built(judged(*verdicts))["summary"]["coverage"] == {"holding": 4, "judged": 2, "share": 0.5}


def test_a_clause_says_what_was_declared_observed_and_where(report):
    (clause,) = [item for item in report["clauses"] if item["id"] == "EVL007"]
    assert clause["verdict"] == "fail"
    assert (clause["declared"], clause["observed"]) == ({"sensitivity": 0.9}, 0.871)
    assert clause["place"] == "conf/config.yaml:23:5"
    assert clause["limit"] == {"run.evaluation.slices": {"each": {"is": "pass"}}}


def test_clauses_stand_in_the_order_of_the_domains(report):
    domains = [clause["domain"] for clause in report["clauses"]]
    assert list(dict.fromkeys(domains)) == [
        "data", "compute", "model", "training", "evaluation", "deployment", "monitoring", "governance",
    ]  # fmt: skip


def test_only_values_of_options_that_nobody_named_are_assumed(report):
    assert {(item["path"], item["value"], item["option"]) for item in report["assumed"]} == {
        ("training.optimizer.kind", "adamw", "training: default")
    }
    assert report["assumed"][0]["place"] == "conf/training/default.yaml:3:3"


def test_an_override_shows_what_it_beat_and_where_that_was_written(report):
    first = report["overrides"][0]
    assert (first["text"], first["path"], first["value"], first["in_force"]) == (
        "training.epochs=7",
        "training.epochs",
        7,
        True,
    )
    assert first["beat"] == [{"value": 30, "place": "conf/config.yaml:9:3", "layer": "config"}]


def test_an_override_that_chose_an_option_is_listed_too(report):
    second = report["overrides"][1]
    assert (second["text"], second["path"], second["value"]) == (
        "+experiment=breast_cancer",
        "experiment",
        "breast_cancer",
    )


def test_an_override_that_a_later_one_replaced_is_not_in_force(report):
    earlier, later = report["overrides"][2:]
    assert (earlier["value"], earlier["in_force"]) == (0.1, False)
    assert (later["value"], later["in_force"]) == (0.01, True)
    assert [beaten["place"] for beaten in later["beat"]] == [
        "<command line>: training.optimizer.lr=0.1",
        "conf/training/default.yaml:4:3",
    ]


def test_a_mismatch_shows_both_values(report):
    (found,) = report["mismatches"]
    assert (found["path"], found["declared"], found["observed"]) == ("run.compute.precision", "bf16-mixed", "32-true")


def test_compute_compares_what_was_declared(report):
    rows = {item["path"]: item for item in report["compute"]}
    assert rows["run.compute.precision"]["matches"] is False
    assert rows["run.compute.devices"]["matches"] is True
    assert rows["run.compute.accelerator"]["matches"] is None  # auto asks for nothing in particular
    assert rows["run.compute.seconds"]["varies"] is True


def test_the_result_digest_ignores_what_varies_and_nothing_else():
    base = [Record("run.a", 1), Record("run.t", 2.5, varies=True), Record("run.p", "x", declared="y", observed="x")]
    same = [base[0], Record("run.t", 9.9, varies=True), replace(base[2], node="other", inputs=("i",))]
    assert result_digest(base) == result_digest(same) == result_digest(list(reversed(base)))
    assert result_digest([*base[:2], replace(base[2], declared="x")]) != result_digest(base)
    assert result_digest([Record("run.a", 2), *base[1:]]) != result_digest(base)
    assert result_digest([*base, Record("run.b", None)]) != result_digest(base)


def test_of_two_records_with_one_path_the_later_counts():
    assert result_digest([Record("run.a", 1), Record("run.a", 2)]) == result_digest([Record("run.a", 2)])


def test_what_is_not_finite_is_text_or_null_and_never_breaks_the_json():
    found = replace(
        sample.assets(), histories={"train": {"epochs": [{"epoch": 1, "metrics": {"train/loss": math.nan}}]}}
    )
    report = built(records=[Record("run.x", math.inf)], found=found)
    assert report["training"][0]["epochs"] == [{"epoch": 1, "values": {"train/loss": None}}]
    assert report["observed"] == {"run": {"x": "inf"}}
    assert check(report) == []


def test_equal_runs_give_equal_reports():
    assert json.dumps(sample.report()) == json.dumps(sample.report())


def test_assets_are_read_from_the_folders_of_their_nodes(tmp_path: Path):
    for name, file in (("data", "contract.json"), ("train-1", "history.json"), ("gate", "metrics.json")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(json.dumps({"from": name}))
    folders = {name: tmp_path / name for name in ("data", "train-1", "gate")}
    found = asset_files.load(sample.plan(), folders)
    assert (found.contract, found.metrics, found.profile) == ({"from": "data"}, {"from": "gate"}, None)
    assert found.histories == {"train-1": {"from": "train-1"}}


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_document_that_is_no_json_object_is_our_fault(tmp_path: Path, text):
    (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(Bug, match=r"node 'gate' wrote a metrics\.json that is not"):
        asset_files.load(sample.plan(), {"gate": tmp_path})

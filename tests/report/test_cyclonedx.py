"""Reports and standards as CycloneDX 1.6: valid by the official schema, every name in them leading somewhere.

The schema knows nothing of names: that each is there once and that whatever refers to one finds it is checked here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

DEV = "needs the dev extra"
pytest.importorskip("cyclonedx", reason=DEV)
packageurl = pytest.importorskip("packageurl", reason=DEV)

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from license_expression import get_spdx_licensing

from stdspec import resources
from stdspec.cli import verdicts
from stdspec.cli.main import run as stdspec
from stdspec.report.assets import Assets
from stdspec.report.bom.document import of_materials, of_report
from stdspec.report.build import build
from stdspec.report.doubted import doubted
from stdspec.standard.verdict import Verdict
from tests.report import sample

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)
REPORT = sample.report()
CLAUSES = {clause["id"]: clause for clause in REPORT["clauses"]}
DIGEST = "sha256:" + "1f" * 32
WAIVER = {
    "clause": "TRN008",
    "for": {"spec": "breast-cancer-triage"},
    "owner": "Ana",
    "approver": "head-of-quality@example.org",
    "reason": "The accelerator has no bf16",
    "granted": "2026-10-01",
    "expires": "2027-02-28",
    "signed": True,
    "number": 3,
}
HOSTILE = ("urn:cdx:1/1#x", "", " ", "\ud800", "\u202e\x00\x1b[31m", "名/名", "a/b@1#2", '"]}', "x" * 3000)
REFERRING = ("ref", "target", "assessor", "requirement", "parent")
"""The keys whose text is the name of another part."""
LISTING = ("dependsOn", "dependencies", "evidence", "claims", "counterClaims", "mitigationStrategies", "requirements")
"""The keys whose list may hold such names."""


def document(report: Any = REPORT, lang: str = "en") -> Any:
    text = verdicts.render("cyclonedx", report, lang)
    checked(text)
    return json.loads(text)


def checked(text: str) -> None:
    """Holds a document against the official schema, its formats included, and follows every name."""
    faults = VALIDATOR.validate_str(text, all_errors=True)
    assert [str(fault) for fault in faults or ()] == []
    found = json.loads(text)
    assert found["specVersion"] == "1.6"
    names = [item["bom-ref"] for item in objects(found) if "bom-ref" in item]
    assert len(set(names)) == len(names)
    assert not any(name.startswith("urn:cdx:") for name in names)
    assert set(referred(found)) <= set(names)
    for item in objects(found):
        if "expression" in item:
            assert get_spdx_licensing().validate(item["expression"]).errors == []
        if "purl" in item:
            assert packageurl.PackageURL.from_string(item["purl"]).to_string() == item["purl"]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def referred(value: Any) -> Iterator[str]:
    for item in objects(value):
        yield from (item[key] for key in REFERRING if isinstance(item.get(key), str))
        for key in LISTING:
            listed = item.get(key)
            yield from (name for name in (listed if isinstance(listed, list) else ()) if isinstance(name, str))


def with_clauses(*clauses: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {**REPORT, "clauses": list(clauses), **others}


def mapped(found: Any, standard: str = "stdspec/base@1") -> dict[str, dict[str, Any]]:
    """What is said of each requirement of a standard, by its identifier."""
    names = {
        item["bom-ref"]: item["identifier"]
        for known in found["definitions"]["standards"]
        for item in known["requirements"]
        if f"{known['name']}@{known['version'].split('.')[0]}" == standard
    }
    entries = [entry for attestation in found["declarations"]["attestations"] for entry in attestation["map"]]
    return {names[entry["requirement"]]: entry for entry in entries if entry["requirement"] in names}


def named(found: Any, ref: str) -> dict[str, Any]:
    return next(item for item in objects(found) if item.get("bom-ref") == ref)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_full_report_is_valid_and_claims_what_passes_alone(lang):
    found = document(lang=lang)
    entries = mapped(found)
    assert list(entries) == list(CLAUSES)
    for name, entry in entries.items():
        verdict = CLAUSES[name]["verdict"]
        assert ("claims" in entry) == (verdict == "pass"), name
        assert ("counterClaims" in entry) == (verdict in ("fail", "waived")), name
        score = {"pass": 1, "not-applicable": None}.get(verdict, 0)
        assert entry["conformance"].get("score") == score, name
        assert CLAUSES[name]["reason"] in entry["conformance"]["rationale"]
    titles = {item["identifier"]: item["title"] for item in found["definitions"]["standards"][0]["requirements"]}
    assert titles == {name: clause["says"][lang] for name, clause in CLAUSES.items()}


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_is_said_for_what_it_is(verdict):
    entry = mapped(document(with_clauses({**CLAUSES["DAT002"], "verdict": str(verdict)})))["DAT002"]
    unknown = verdict in (Verdict.ERROR, Verdict.NO_EVIDENCE, Verdict.STALE)
    assert (entry.get("confidence", {}).get("score") == 0) == unknown
    assert (entry["conformance"].get("score") == 1) == (verdict is Verdict.PASS)


def test_a_claim_says_what_was_declared_and_observed():
    found = document()
    claim = named(found, mapped(found)["TRN001"]["claims"][0])
    assert claim["predicate"] == "Evidence supports: All seeds and the determinism policy are stated"
    evidence = named(found, claim["evidence"][0])
    shown = {item["name"]: json.loads(item["contents"]["attachment"]["content"]) for item in evidence["data"]}
    assert shown == {"declared": 20, "observed": 20}
    assert named(found, claim["target"])["name"] == REPORT["name"]


def test_it_never_says_that_a_law_is_met():
    text = verdicts.render("cyclonedx", REPORT, "en").casefold()
    assert not any(word in text for word in ("complian", "conformity", "certif", "i affirm"))


def test_what_the_model_is_made_of():
    found = document()
    model = found["metadata"]["component"]
    assert (model["type"], model["name"], model["version"]) == ("machine-learning-model", REPORT["name"], "0.1.0")
    assert model["hashes"] == [{"alg": "SHA-256", "content": "5e" * 32}]
    assert [(item["name"], item["hashes"][0]["content"]) for item in model["components"]] == [("model.onnx", "ab" * 32)]
    card = model["modelCard"]
    assert card["considerations"] == {"useCases": ["Ranking for review"], "technicalLimitations": ["Adults"]}
    metrics = {(item["type"], item.get("slice")): item for item in card["quantitativeAnalysis"]["performanceMetrics"]}
    assert metrics["sensitivity", None]["confidenceInterval"] == {"lowerBound": "0.9086", "upperBound": "0.9738"}
    assert metrics["sensitivity", "coarse"]["value"] == "0.91"
    assert metrics["auroc", "under the shift noise"]["value"] == "0.981"
    data, *packages = found["components"]
    assert (data["type"], data["version"]) == ("data", "1")
    assert data["licenses"] == [{"expression": "CC-BY-4.0", "acknowledgement": "declared"}]
    assert card["modelParameters"]["datasets"] == [{"ref": data["bom-ref"]}]
    assert {item["purl"] for item in packages} == {"pkg:pypi/torch@2.13.0", "pkg:pypi/lightning@2.6.6"}


def test_a_local_version_and_an_odd_name_make_a_package_url():
    report = {**REPORT, "environment": {**REPORT["environment"], "packages": {"A_b.c": "1.0+cpu", "none": None}}}
    purls = [item["purl"] for item in document(report)["components"] if "purl" in item]
    assert purls == ["pkg:pypi/a-b-c@1.0%2Bcpu", "pkg:pypi/none"]


def test_files_of_data_carry_their_digests():
    report = {**REPORT, "data": {**REPORT["data"], "digest": {"a.csv": DIGEST, "b.csv": "none"}}}
    files = document(report)["components"][0]["components"]
    assert [(item["name"], item.get("hashes")) for item in files] == [
        ("a.csv", [{"alg": "SHA-256", "content": "1f" * 32}]),
        ("b.csv", None),
    ]


def test_a_run_that_recorded_nothing_is_valid_and_declares_nothing():
    found = document(build(sample.plan(), sample.composed(), (), (), Assets()))
    assert "declarations" not in found
    assert [item["name"] for item in found["definitions"]["standards"]] == ["stdspec/base"]
    none = {**build(sample.plan(), sample.composed(), (), (), Assets()), "data": None, "owner": None, "standards": []}
    assert "components" not in document(none)


def test_a_waiver_is_a_mitigation_that_ends():
    clause = {**CLAUSES["TRN008"], "waiver": WAIVER}
    found = document(with_clauses(clause))
    entry = mapped(found)["TRN008"]
    (name,) = entry["conformance"]["mitigationStrategies"]
    waiver = named(found, name)
    assert (waiver["expires"], waiver["author"]) == ("2027-02-28T23:59:59Z", {"name": "Ana"})
    assert waiver["reviewer"] == {"email": "head-of-quality@example.org"}
    assert "The accelerator has no bf16" in waiver["description"]
    assert entry["conformance"]["score"] == 0
    assert "expires" not in named(document(with_clauses({**clause, "waiver": {**WAIVER, "expires": "soon"}})), name)


def test_requirements_that_tighten_one_have_verdicts_of_their_own():
    parts = [
        {"id": "DAT002", "standard": "stdspec/base@1", "verdict": "pass", "reason": "a licence is stated"},
        {"id": "ACM-1", "standard": "acme/own@2", "verdict": "waived", "reason": "waived until 2027-02-28"},
    ]
    clause = {**CLAUSES["DAT002"], "verdict": "waived", "parts": parts, "waiver": {**WAIVER, "clause": "ACM-1"}}
    found = document(with_clauses(clause))
    assert mapped(found)["DAT002"]["conformance"]["score"] == 1
    entry = mapped(found, "acme/own@2")["ACM-1"]
    assert (entry["conformance"]["score"], len(entry["conformance"]["mitigationStrategies"])) == (0, 1)
    assert named(found, entry["requirement"])["parent"] == mapped(found)["DAT002"]["requirement"]


def test_a_clause_that_only_what_tightens_it_asks_is_no_claim_of_its_own():
    parts = [
        {"id": name, "standard": "acme/own@2", "verdict": "pass", "reason": "it holds"} for name in ("ACM-1", "ACM-2")
    ]
    found = document(with_clauses({**CLAUSES["DAT002"], "parts": parts}))
    assert "claims" not in mapped(found)["DAT002"]
    assert all("claims" in entry for entry in mapped(found, "acme/own@2").values())


def test_what_was_changed_after_the_run_supports_nothing():
    parts = [
        {"id": name, "standard": "stdspec/base@1", "verdict": "pass", "reason": "it holds"} for name in ("TRN005", "X")
    ]
    report = with_clauses(CLAUSES["DAT002"], {**CLAUSES["TRN005"], "parts": parts})
    found = document(doubted(report, "records.jsonl is not as the run left it"))
    entries = mapped(found)
    assert [name for name, entry in entries.items() if "claims" in entry] == ["DAT002"]
    said = {item["name"]: item["value"] for item in found["metadata"]["properties"]}
    assert said["stdspec:doubt"] == "records.jsonl is not as the run left it"


def test_only_a_signed_approval_affirms():
    given = {"approver": "B. Lee", "role": "head of quality", "date": "2026-11-20", "signed": False}
    assert "affirmation" not in document({**REPORT, "approvals": [given]})["declarations"]
    found = document({**REPORT, "approvals": [given, {**given, "approver": "C. Wu", "role": None, "signed": True}]})
    affirmation = found["declarations"]["affirmation"]
    wanted = f"The state {REPORT['spec_digest']} of the spec was approved by C. Wu on 2026-11-20."
    assert affirmation["statement"] == wanted
    assert [item["name"] for item in affirmation["signatories"]] == ["C. Wu"]


def test_a_standard_is_known_by_its_text():
    fact = {"name": "stdspec/base@1", "version": "1.4.2", "owner": {"name": "QA"}, "goal": "Trust", "digest": DIGEST}
    found = document({**REPORT, "judged_by": [fact]})
    (standard,) = found["definitions"]["standards"]
    assert [standard[key] for key in ("name", "version", "owner", "description")] == [
        "stdspec/base",
        "1.4.2",
        "QA",
        "Trust",
    ]
    assert [(item["identifier"], len(item["requirements"])) for item in standard["levels"]] == [
        ("candidate", len(CLAUSES)),
        ("release", len(CLAUSES)),
    ]
    assert {"name": "stdspec:standard", "value": f"stdspec/base@1 1.4.2 {DIGEST}"} in found["metadata"]["properties"]


def test_what_is_cited_has_an_address_or_is_said_in_words():
    cites = [
        {"ref": "EU AI Act, article 15(4)", "relation": "supports", "status": "verified"},
        {"ref": "ML Test Score, Data 1", "relation": "supports", "status": "title-only"},
    ]
    (standard,) = document(with_clauses({**CLAUSES["DAT002"], "cites": cites}))["definitions"]["standards"]
    (requirement,) = standard["requirements"]
    (reference,) = requirement["externalReferences"]
    assert reference["url"] == "http://data.europa.eu/eli/reg/2024/1689/oj"
    assert reference["comment"] == "EU AI Act, article 15(4) (supports, read)"
    said = {item["name"]: item["value"] for item in requirement["properties"]}
    assert said["stdspec:cites"] == "ML Test Score, Data 1 (supports, known by its title)"


def test_equal_reports_give_equal_bytes_and_others_another_serial_number():
    assert verdicts.render("cyclonedx", REPORT, "en") == verdicts.render("cyclonedx", sample.report(), "en")
    serials = [
        document(report)["serialNumber"]
        for report in (REPORT, {**REPORT, "result_digest": DIGEST}, with_clauses(CLAUSES["DAT002"]))
    ]
    assert len(set(serials)) == 3
    assert "timestamp" not in document()["metadata"]


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_whatever_a_spec_is_called_the_document_is_valid(text):
    part = {"id": text, "standard": text, "verdict": "pass", "reason": text}
    clause = {**CLAUSES["DAT002"], "id": text, "standard": text, "says": {"en": text}, "reason": text, "path": text}
    clause |= {"declared": text, "remedy": text, "cites": [{"ref": text}], "limit": {text: {text: text}}}
    report = with_clauses(
        clause, clause, {**clause, "parts": [part, part, {**part, "id": "x"}]}, {**clause, "verdict": "waived"}
    )
    report |= {"name": text or "x", "version": text, "description": text, "standards": [text, text]}
    report["owner"] = {"team": text, "contact": f"{text}@{text}", "author": text}
    report["approvals"] = [{"approver": text, "role": text, "date": text, "signed": True}]
    report["environment"] = {**REPORT["environment"], "packages": {text: text, f"{text}-": text}}
    report["data"] = {**REPORT["data"], "digest": {text: DIGEST}, "origin": {text: text}}
    report["data"]["source"] = {"kind": text, "version": text}
    document(report)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab/"), st.sampled_from("ab/#2"), st.sampled_from(list(Verdict))), max_size=8)
)
def test_names_that_run_into_each_other_stay_apart(clauses):
    made = [{**CLAUSES["DAT002"], "standard": a, "id": b, "verdict": str(verdict)} for a, b, verdict in clauses]
    found = document(with_clauses(*made))
    claims = found.get("declarations", {}).get("claims", [])
    assert len(claims) == sum(verdict in (Verdict.PASS, Verdict.FAIL, Verdict.WAIVED) for *_, verdict in clauses)


def test_the_check_of_this_file_finds_a_name_that_leads_nowhere():
    found = of_report(REPORT, "en")
    found["declarations"]["claims"][0]["target"] = "nobody"
    with pytest.raises(AssertionError):
        checked(json.dumps(found))
    with pytest.raises(AssertionError):
        checked(json.dumps({**of_report(REPORT, "en"), "more": 1}))


def test_the_materials_alone_say_nothing_of_standards():
    found = of_materials(REPORT)
    checked(json.dumps(found))
    assert not {"definitions", "declarations"} & found.keys()
    assert not any(item["name"] in ("stdspec:judged_on", "stdspec:summary") for item in found["metadata"]["properties"])


@pytest.mark.parametrize("pack", sorted(path.stem for path in resources.packs().glob("*.yaml")))
def test_every_shipped_standard_can_be_handed_on(pack, capsys):
    assert stdspec(["standard", "show", f"stdspec/{pack}", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert stdspec(["standard", "show", f"stdspec/{pack}", "--format", "cyclonedx"]) == 0
    text = capsys.readouterr().out
    checked(text)
    found = {
        (f"{standard['name']}@{standard['version'].split('.')[0]}", item["identifier"]): item
        for standard in json.loads(text)["definitions"]["standards"]
        for item in standard["requirements"]
    }
    clauses = [part for clause in said["clauses"] for part in (clause, *clause["tightened_by"])]
    assert found.keys() == {(clause["standard"], clause["id"]) for clause in clauses}
    assert all(
        standard["owner"] and standard["description"] for standard in json.loads(text)["definitions"]["standards"]
    )

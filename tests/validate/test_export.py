"""The exported schemas say what lint says: of every file that ships, and of the same files with a fault in them."""

from __future__ import annotations

import copy
import shutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import jsonschema_rs
import pytest
import yaml

from stdspec import resources
from stdspec.compose import compose
from stdspec.lint.engine import lint
from stdspec.paths import MISSING, ConfigPath, select
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.validate import check_part, kinds
from stdspec.validate.export import DRAFTS
from stdspec.validate.export import documents as written
from stdspec.validate.export.defaults import groups
from stdspec.validate.export.walk import at, parts

from .cases import EXPERIMENTS

ROOT: Final = Path(__file__).parents[2]
JUDGES: Final[dict[str, Any]] = {"2020-12": jsonschema.Draft202012Validator, "7": jsonschema.Draft7Validator}
documents = cache(written)
NAMES: Final = sorted(documents("7"))
GROUPS: Final = [name for name in NAMES if name.startswith("group/")]
REPLACEMENTS: Final = ("${seed}", "a ${seed} b", "???", "zzz", "", -1, 1.5, True, None, [], ["zzz"], {}, {"zzz": 1})


@cache
def judge(draft: str, name: str) -> Any:
    return JUDGES[draft](documents(draft)[name])


@cache
def quick(draft: str, name: str) -> Any:
    return jsonschema_rs.validator_for(documents(draft)[name])


def schema_of(file: Path) -> str:
    group = file.relative_to(resources.conf()).parent.as_posix()
    return {".": "config", "experiment": "experiment", "stdspec": "experiment"}.get(group, f"group/{group}")


def shipped() -> Iterator[tuple[str, Path]]:
    yield from ((schema_of(file), file) for file in sorted(resources.conf().rglob("*.yaml")))
    for file in sorted((ROOT / "examples").rglob("*.yaml")):
        if "faulty" not in file.parts and "# @package" not in file.read_text(encoding="utf-8"):
            yield "config", file
    yield from (("standard", file) for file in sorted(resources.packs().glob("*.yaml")))


SHIPPED: Final = list(shipped())


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def test_there_is_one_for_each_kind_of_file() -> None:
    assert {"spec", "config", "experiment", "standard", "settings"} <= set(NAMES)
    domains = {group for group in groups() if group not in ("experiment", "stdspec")}
    assert {f"group/{group}" for group in domains} == set(GROUPS)
    assert "group/training/optimizer" in GROUPS


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_whole_in_itself_and_valid_in_its_draft(draft: str, name: str) -> None:
    document = documents(draft)[name]
    assert document["$schema"] == DRAFTS[draft][1]
    JUDGES[draft].check_schema(document)
    held = "definitions" if draft == "7" else "$defs"
    for node in nodes(document):
        if isinstance(node.get("$ref"), str):
            assert list(node) == ["$ref"], "draft 7 reads nothing beside a reference"
            where, _, key = node["$ref"].rpartition("/")
            assert where == f"#/{held}"
            assert key in document[held]


@pytest.mark.parametrize("name", NAMES)
def test_every_key_says_what_it_means(name: str) -> None:
    document = documents("7")[name]
    silent = [
        key
        for node in nodes({**document, "if": {}})
        for key, child in node.get("properties", {}).items()
        if isinstance(child, dict)
        and "description" not in child
        and child
        and set(child) != {"const"}
        and not (set(child) == {"anyOf"} and all("description" in way for way in child["anyOf"]))
        and child.get("$ref") != "#/definitions/defaults"
    ]
    assert silent == []


def test_the_unit_of_a_duration_is_said_where_it_is_used() -> None:
    document = documents("2020-12")["group/compute"]
    (time,) = at({"$defs": {}, **document}, ("limits", "time"))
    assert time["description"].startswith("Time of all trainings of the run")
    assert time["description"].endswith("such as 20ms or 180d.")


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize(("name", "file"), SHIPPED, ids=lambda item: item if isinstance(item, str) else item.stem)
def test_every_file_that_ships_is_valid(draft: str, name: str, file: Path) -> None:
    document = read(file)
    assert document.value
    assert [error.message for error in judge(draft, name).iter_errors(document.value)] == []


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_composed_experiment_is_valid_as_a_whole(draft: str, experiment: str) -> None:
    whole = compose(str(resources.conf()), "config", [f"+experiment={experiment}"])
    seed = whole["seed"]
    if whole["evaluation"]["method"].get("seed") == "${seed}":
        whole["evaluation"]["method"]["seed"] = seed
    assert [error.message for error in judge(draft, "spec").iter_errors(whole)] == []


@pytest.mark.parametrize("draft", DRAFTS)
def test_the_settings_that_ship_are_valid(draft: str) -> None:
    for text in (resources.project() / "stdspec.toml", ROOT / "examples" / "csv" / "stdspec.toml"):
        judge(draft, "settings").validate(tomllib.loads(text.read_text(encoding="utf-8")))


def test_the_schema_of_settings_names_every_setting_and_no_other() -> None:
    assert set(documents("7")["settings"]["properties"]) == {
        name.replace("_", "-") for name in Settings.__struct_fields__ if name not in ("root", "file")
    }


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("config", {"sede": 1}, ()),
        ("config", {"name": "My System"}, ("name",)),
        ("config", {"defaults": "stdspec/base"}, ("defaults",)),
        ("config", {"defaults": [{"data": "csv", "model": "mlp"}]}, ("defaults", 0)),
        ("config", {"stage": "prodution"}, ("stage",)),
        ("config", {"data": {"source": {"kind": "csv"}, "licence": "MIT"}}, ("data",)),
        ("config", {"data": {"source": {"kind": "cvs"}}}, ("data", "source", "kind")),
        ("experiment", {"training": {"epcohs": 5}}, ("training",)),
        ("experiment", {"training": {"epochs": "five"}}, ("training", "epochs")),
        ("experiment", {"training": {"kind": "nothing"}}, ("training", "kind")),
        ("experiment", {"training": {"optimizer": {"learning": 1}}}, ("training", "optimizer")),
        ("experiment", {"training": {"optimizer": {"lr": 0}}}, ("training", "optimizer", "lr")),
        ("experiment", {"compute": {"limits": {"time": "10 minutes"}}}, ("compute", "limits", "time")),
        ("experiment", {"evaluation": {"metrics": {"s": {"kind": "recal"}}}}, ("evaluation", "metrics", "s", "kind")),
        (
            "experiment",
            {"evaluation": {"metrics": {"accuracy": {"at_leats": 1}}}},
            ("evaluation", "metrics", "accuracy"),
        ),
        ("experiment", {"model": {"kind": "mlp", "channels": [3]}}, ("model",)),
        ("group/model", {"kind": "cnn", "kernel": 0}, ("kernel",)),
        ("group/data/splits", {"kind": "random", "group": "patient"}, ()),
        ("group/training/schedule", {"kind": "cosine", "warmup": -1}, ("warmup",)),
        ("group/training/optimizer", {"lr": 1, "lrr": 1}, ()),
        ("spec", {"stdspec": "1", "stage": "research", "name": "x", "data": {}, "model": {}}, ()),
        ("standard", {"standard": "acme/x", "clauses": {}}, ()),
        ("settings", {"allow-target": []}, ()),
        ("settings", {"fail-on": "info"}, ("fail-on",)),
    ],
)
def test_a_fault_is_refused_at_its_place(draft: str, name: str, value: dict[str, Any], place: ConfigPath) -> None:
    assert place in {tuple(error.absolute_path) for error in judge(draft, name).iter_errors(value)}


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("experiment", {"model": {"width": 64}}),  # an argument of own code that the primary chose
        ("experiment", {"data": {"batch": 8}}),
        ("experiment", {"model": {"hidden": [8]}, "training": {"optimizer": {"momentum": 0.5}}}),
        ("config", {"defaults": ["stdspec/base", {"optional data": "mine"}, {"/training/loss": ["a", "b"]}, "_self_"]}),
        ("config", {"hydra": {"sweeper": {"max_batch_size": 3}}}),
        ("config", {"data": {"_target_": "acme.data.Claims", "root": "/data"}, "seed": "${oc.env:SEED}"}),
        ("group/data", {"defaults": ["csv", {"splits": "time"}, "_self_"], "source": {"path": "train.csv"}}),
        ("group/training", {"defaults": [{"override /training/loss": "huber"}], "loss": {"delta": "${model.delta}"}}),
        ("group/training/schedule", {"warmup": 0.1}),
    ],
)
def test_what_a_file_may_leave_to_others_is_accepted(draft: str, name: str, value: dict[str, Any]) -> None:
    assert [error.message for error in judge(draft, name).iter_errors(value)] == []


def places(value: Any, path: ConfigPath = ()) -> Iterator[ConfigPath]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield from places(child, (*path, key))


def mutants(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The value with each of its parts replaced, and with each of its keys misspelt."""
    for path in places(value):
        for replacement in REPLACEMENTS:
            changed, holder = copied(value, path)
            holder[path[-1]] = replacement
            yield f"{path} = {replacement!r}", changed
        if isinstance(path[-1], str) and path[-1] != "kind":
            changed, holder = copied(value, path)
            holder[f"{path[-1]}zz"] = holder.pop(path[-1])
            yield f"{path} misspelt", changed


def copied(value: dict[str, Any], path: ConfigPath) -> tuple[dict[str, Any], Any]:
    changed = copy.deepcopy(value)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    return changed, holder


def refused_with_any_kind(value: dict[str, Any], package: ConfigPath) -> bool:
    """Whether a table without a kind holds what no kind has: lint says so once the file is composed."""
    for whole in (*kinds.GROUPS, ("data", "transforms", "scale")):
        path = whole[len(package) :]
        table = select(value, path) if path and whole[: len(package)] == package else MISSING
        if isinstance(table, dict) and "kind" not in table and "_target_" not in table:
            found = []
            for kind in choices("/".join(whole)):
                changed, holder = copied(value, path)
                holder[path[-1]] = {**table, "kind": kind}
                found.append(bool(check_part(changed, package, nowhere)))
            if found and all(found):
                return True
    return False


@cache
def choices(place: str) -> list[str]:
    """The kinds of a table, as the exported schema of its domain lists them."""
    document = documents("2020-12")["spec"]
    tables = at(document, tuple(place.split("/")))
    return [kind for table in tables[:1] for part in parts(table, document["$defs"]) for kind in kinds_of(part)]


def kinds_of(node: dict[str, Any]) -> list[str]:
    listed: list[str] = node.get("properties", {}).get("kind", {}).get("enum", [])
    return listed


def nowhere(path: ConfigPath, key: bool) -> None:
    """Only whether something is found matters here."""


@pytest.mark.parametrize(
    ("name", "file"), [item for item in SHIPPED if item[0] in GROUPS], ids=lambda item: getattr(item, "stem", item)
)
def test_of_every_fault_in_a_group_file_they_say_what_lint_says(name: str, file: Path) -> None:
    value = {key: child for key, child in read(file).value.items() if key != "defaults"}
    package = tuple(name.split("/")[1:])
    differ = []
    for said, mutant in mutants(value):
        refused = bool(check_part(mutant, package, nowhere)) or refused_with_any_kind(mutant, package)
        differ += [(draft, said, refused) for draft in DRAFTS if quick(draft, name).is_valid(mutant) == refused]
    assert differ == []


def test_where_an_editor_marks_an_experiment_lint_finds_a_fault(tmp_path: Path) -> None:
    """Lint composes and finds more; a mark that it does not share would be a false one."""
    conf = tmp_path / "conf"
    shutil.copytree(resources.conf(), conf)
    written = conf / "experiment" / "mutant.yaml"
    value = read(conf / "experiment" / "digits.yaml").value
    marked, false = 0, []
    for said, mutant in list(mutants({key: child for key, child in value.items() if key != "defaults"}))[::9]:
        if not quick("7", "experiment").is_valid(mutant):
            marked += 1
            text = yaml.safe_dump({"defaults": value["defaults"], **mutant}, sort_keys=False)
            written.write_text(f"# @package _global_\n{text}", encoding="utf-8")
            if not lint([str(written)]).findings:
                false.append(said)
    assert marked > 50
    assert false == []

"""What rules say of Hydra is held against the installed Hydra: refusals, overrides without effect, hidden files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stdspec.lint import catalog
from stdspec.lint.engine import lint
from stdspec.lint.project import ProjectCase
from stdspec.settings import Settings

hydra = pytest.importorskip("hydra")

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf


def _write(root: Path, case: ProjectCase) -> str:
    for name, text in case.files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return str(root / "conf")


def _composed(folder: str, *overrides: str) -> dict[str, Any]:
    with hydra.initialize_config_dir(folder, version_base="1.3"):
        composed = OmegaConf.to_container(hydra.compose("config", list(overrides), return_hydra_config=True))
    assert isinstance(composed, dict)
    return {str(key): value for key, value in composed.items()}


def _bad(code: str, index: int) -> ProjectCase:
    return catalog.load_project(code).bad[index]


@pytest.mark.parametrize(
    ("code", "index", "overrides"),
    [
        ("HYD033", 0, []),
        ("HYD033", 1, []),
        ("HYD033", 2, ["+experiment=e"]),
        ("HYD037", 0, []),
        ("HYD037", 1, []),
        ("HYD037", 2, []),
    ],
)
def test_hydra_refuses_it(code: str, index: int, overrides: list[str], tmp_path: Path) -> None:
    folder = _write(tmp_path, _bad(code, index))
    with pytest.raises((HydraException, ValueError)):
        _composed(folder, *overrides)


def test_what_this_hydra_takes_of_its_schema_is_no_fault(tmp_path: Path) -> None:
    _composed(_write(tmp_path, catalog.load_project("HYD033").good[0]))


def test_the_override_of_the_primary_config_wins(tmp_path: Path) -> None:
    composed = _composed(_write(tmp_path, _bad("HYD036", 0)), "+experiment=e")
    assert composed["db"] == {"x": 2}


def test_the_first_of_two_overrides_wins(tmp_path: Path) -> None:
    composed = _composed(_write(tmp_path, _bad("HYD018", 1)))
    assert composed["model"] == {"x": 2}


def test_hydras_own_option_hides_one_of_the_same_name(tmp_path: Path) -> None:
    composed = _composed(_write(tmp_path, _bad("HYD030", 1)))
    assert composed["hydra"]["help"]["app_name"] != "acme"


def test_a_placeholder_is_a_key(tmp_path: Path) -> None:
    composed = _composed(_write(tmp_path, _bad("HYD038", 1)))
    assert composed["_group_"] == {"_name_": {"x": 1}}


def test_an_option_with_a_folder_goes_to_its_group(tmp_path: Path) -> None:
    composed = _composed(_write(tmp_path, _bad("HYD034", 0)))
    assert composed["db"] == {"x": 1}


@pytest.mark.parametrize("code", ["HYD034", "HYD035", "HYD038"])
def test_the_way_to_write_it_composes_alike(code: str, tmp_path: Path) -> None:
    for index, case in enumerate(catalog.load_project(code).good):
        _composed(_write(tmp_path / str(index), case))


NAMES = [
    *("a", "a-b", "a.b", "3d", "0x1f", "01", "on", "a b", "a@b", "a%b", "-a", "1.2.3", "v1.5", "12:30", "1e", "a+b"),
    *("50", "1.5", "1e3", "1_000", "-3", "5.", "inf", "nan", "true", "False", "null", "Null"),
    *("a,b", "a=b", "a(b)", "a[b]", "a{b}", "a#b", "a&b", "a~b", "a!b", "é", "a<b", "a;b"),
]


@pytest.mark.parametrize("name", NAMES)
def test_an_option_is_told_when_an_override_does_not_give_its_name(name: str, tmp_path: Path) -> None:
    try:
        override = OverridesParser.create().parse_override(f"net={name}")
        plain = not override.is_sweep_override() and override.value() == name
    except HydraException:
        plain = False
    _write(tmp_path, ProjectCase({"conf/config.yaml": "defaults: [net: a, _self_]", "conf/net/a.yaml": "x: 1"}))
    (tmp_path / "conf" / "net" / f"{name}.yaml").write_text("x: 1", encoding="utf-8")
    found = [item for item in lint([str(tmp_path)], Settings(root=tmp_path)).findings if item.code == "HYD032"]
    assert (not found) == plain


@pytest.mark.parametrize(
    "name", ["net", "my-net", "_n", "a b", "3d", "a,b", "a@b", "a=b", "é", "a/b c", "a/3d", "a/b-c"]
)
def test_a_group_is_told_when_no_override_can_name_it(name: str, tmp_path: Path) -> None:
    try:
        plain = OverridesParser.create().parse_override(f"{name}=a").get_key_element() == name
    except HydraException:
        plain = False
    files = {"conf/config.yaml": "defaults: [db: a, _self_]", "conf/db/a.yaml": "x: 1", f"conf/{name}/a.yaml": "x: 1"}
    _write(tmp_path, ProjectCase(files))
    found = [item for item in lint([str(tmp_path)], Settings(root=tmp_path)).findings if item.code == "HYD032"]
    assert (not found) == (plain and "@" not in name)

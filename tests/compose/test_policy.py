"""What a lint composes without: no code is imported, no variable is read, and what would need it is a finding."""

import subprocess
import sys

import pytest

from stdspec.compose import Broken, Policy, compose, compose_with_origins
from stdspec.errors import ComposeError, InputError
from stdspec.settings import Settings, load

from .trees import write


def composed(folder, text, **words):
    conf = write(folder / "conf", {"config": text})
    settings = words.pop("settings", Settings(root=folder))
    return compose_with_origins(str(conf), "config", [], append_shipped=False, settings=settings, **words)


def said(result):
    return [(item.code, item.severity.value) for item in result.findings]


def test_a_package_of_the_settings_is_a_folder_of_the_search_path(tmp_path):
    write(tmp_path / "libs" / "acme" / "conf", {"db/oracle": "port: 1521"})
    (tmp_path / "stdspec.toml").write_text('[packages]\n"acme.conf" = "libs/acme/conf"\n')
    text = "defaults: [db: oracle]\nhydra: {searchpath: ['pkg://acme.conf']}"
    result = composed(tmp_path, text, settings=load(tmp_path))
    assert result.value == {"db": {"port": 1521}}
    assert said(result) == []


def test_a_package_of_the_settings_outside_the_project_is_found(tmp_path):
    write(tmp_path / "away", {"db/oracle": "port: 1521"})
    settings = Settings(root=tmp_path / "project", packages=(("acme", "../away"),))
    result = composed(
        tmp_path / "project", "defaults: [db: oracle]\nhydra: {searchpath: ['pkg://acme']}", settings=settings
    )
    assert ("HYD006", "error") in said(result)


@pytest.mark.parametrize("table", ["packages = 3", "[packages]\nacme = 1", "packages = ['a']"])
def test_packages_are_a_table_of_texts(tmp_path, table):
    (tmp_path / "stdspec.toml").write_text(table)
    with pytest.raises(InputError, match="the setting 'packages' must be a table of texts"):
        load(tmp_path)


def test_an_installed_package_is_found_and_never_imported(tmp_path):
    write(tmp_path / "site" / "acme" / "conf", {"db/oracle": "port: 1521"})
    for folder in ("acme", "acme/conf"):
        (tmp_path / "site" / folder / "__init__.py").write_text("raise SystemExit('it was imported')")
    write(tmp_path / "conf", {"config": "defaults: [db: oracle]\nhydra: {searchpath: ['pkg://acme.conf']}"})
    script = (
        "import sys; from pathlib import Path; from stdspec.compose import compose_with_origins; "
        "from stdspec.settings import Settings; "
        f"found = compose_with_origins({str(tmp_path / 'conf')!r}, 'config', [], settings=Settings(root=Path('.'))); "
        "print(found.value, [m for m in sys.modules if m.split('.')[0] in ('acme', 'hydra', 'omegaconf')])"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); {script}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "{'db': {'port': 1521}} []\n", done.stderr


def test_a_package_that_nobody_has_is_said_to_be_unseen(tmp_path):
    text = "hydra: {searchpath: ['pkg://none_such.conf']}\na: 1"
    result = composed(tmp_path, text)
    assert result.value == {"a": 1}
    assert said(result) == [("HYD014", "warning")]
    with pytest.raises(Broken) as caught:  # the option may stand in the package, so it is not said to be missing
        composed(tmp_path, f"defaults: [db: oracle, _self_]\n{text}")
    assert [item.code for item in caught.value.findings] == ["HYD014"]


def test_structured_configs_are_never_made(tmp_path):
    text = "hydra: {searchpath: ['structured://none_such']}\na: 1"
    assert said(composed(tmp_path, text)) == [("HYD005", "error")]
    with pytest.raises(ComposeError, match="exist only while code runs"):
        compose(str(tmp_path / "conf"), "config", [])


def test_what_stands_below_hydra_is_judged_by_hydra_where_it_may_be_asked(tmp_path):
    text = "hydra: {none_such: 1}\na: 1"
    assert composed(tmp_path, text).value == {"a": 1}
    with pytest.raises(ComposeError, match="Hydra refuses this composition"):
        composed(tmp_path, text, policy=Policy.HYDRA)


def test_a_file_that_is_selected_twice_at_the_top_needs_no_hydra(tmp_path):
    write(tmp_path / "conf", {"base": "a: {x: 1}", "other": "a: {x: 2}"})
    result = composed(tmp_path, "defaults: [base, other, base]")
    assert (result.value, said(result)) == ({"a": {"x": 2}}, [])
    assert compose(str(tmp_path / "conf"), "config", []) == result.value


@pytest.mark.parametrize("path", ["['${oc.env:NO_SUCH_VARIABLE,more}']", "'${oc.create:[more]}'"])
def test_a_search_path_that_a_resolver_computes_is_not_seen(tmp_path, path):
    rest = f"hydra: {{searchpath: {path}}}"
    with pytest.raises(Broken) as caught:
        composed(tmp_path, f"defaults: [db: oracle]\n{rest}")
    assert [(item.code, item.span.line) for item in caught.value.findings] == [("HYD014", 2)]
    result = composed(tmp_path, f"defaults: [optional db: oracle]\n{rest}\na: 1")
    assert result.value == {"a": 1}
    assert said(result) == [("HYD014", "warning")]


def test_a_search_path_that_names_another_value(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "more", {"db/oracle": "port: 1521"})
    result = composed(tmp_path, "defaults: [db: oracle, _self_]\nhydra: {searchpath: ['${root}']}\nroot: more")
    assert result.value["db"] == {"port": 1521}
    assert said(result) == []

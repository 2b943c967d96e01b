"""Which findings the settings and the options of the command line set aside or lower, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.errors import InputError
from stdspec.lint.aside import Choice
from stdspec.lint.engine import Report, lint

SPEC = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training:
  batch: {global: 100, micro: 16}
code: 012
description: None
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def look(root: Path, settings: str = "", **choice: object) -> Report:
    """What lint says under some settings; what it said of a folder is not remembered."""
    from stdspec.lint import checks

    (root / "stdspec.toml").write_text(settings, encoding="utf-8")
    checks._settings_of.cache_clear()
    return lint([str(root)], None, Choice(**choice))  # type: ignore[arg-type]


def codes(report: Report) -> list[str]:
    return [item.code for item in report.findings]


ALL = ["CMP003", "SPC001", "YML009", "YML023"]


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ("", ALL),
        ("[lint]\nselect = []\n", ALL),
        ('[lint]\nignore = ["YML009"]', ["CMP003", "SPC001", "YML023"]),
        ('[lint]\nignore = ["YML"]', ["CMP003", "SPC001"]),
        ('[lint]\nselect = ["YML"]', ["YML009", "YML023"]),
        ('[lint]\nselect = ["YML"]\nignore = ["YML023"]', ["YML009"]),
        ('[lint]\nselect = ["YML023"]\nignore = ["YML"]', ["YML023"]),
        ('[lint]\nselect = ["YML023", "S"]\nignore = ["YML023"]', ["SPC001"]),
        ('[lint.severity]\nYML = "off"', ["CMP003", "SPC001"]),
        ('[lint.severity]\nYML = "off"\nYML009 = "info"', ["CMP003", "SPC001", "YML009"]),
        ('[lint.per-path."conf/*.yaml"]\nignore = ["YML009"]', ["CMP003", "SPC001", "YML023"]),
        ('[lint.per-path.conf]\nignore = ["YML009", "SPC"]', ["CMP003", "YML023"]),
        ('[lint.per-path."conf/data/"]\nignore = ["YML009"]', ALL),
        ('[lint.per-path."*.yaml"]\nseverity = {YML009 = "off"}', ["CMP003", "SPC001", "YML023"]),
        ('[lint.severity]\nYML009 = "off"\n[lint.per-path.conf]\nseverity = {YML = "info"}', ALL),
    ],
)
def test_settings_choose_the_codes(root: Path, settings: str, left: list[str]) -> None:
    report = look(root, settings)
    assert sorted(codes(report)) == left
    assert sorted(codes(report) + [item.finding.code for item in report.aside]) == ALL
    assert {item.by for item in report.aside} <= {"settings"}


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({"select": ("YML",)}, ["YML023"]),
        ({"select": ("YML009", "CMP")}, ["CMP003", "YML009"]),
        ({"ignore": ("YML",)}, ["CMP003", "SPC001"]),
        ({"select": ("YML023",), "ignore": ("YML023",)}, []),
        ({"exclude": ("conf/*.yaml",)}, []),
        ({"exclude": ("config.yaml", "!conf/config.yaml")}, ["CMP003", "SPC001", "YML023"]),
    ],
)
def test_options_come_before_settings(root: Path, choice: dict[str, tuple[str, ...]], left: list[str]) -> None:
    assert sorted(codes(look(root, '[lint]\nignore = ["YML009"]', **choice))) == left


def test_what_is_set_aside_says_where_it_is_set(root: Path) -> None:
    settings = '[lint]\nignore = ["YML009"]\nseverity = {SPC = "off"}\n[lint.per-path.conf]\nignore = ["CMP003"]\n'
    reasons = {item.finding.code: item.reason for item in look(root, settings, ignore=("YML023",)).aside}
    assert reasons == {
        "YML009": "lint.ignore",
        "SPC001": "lint.severity",
        "CMP003": "lint.per-path.conf.ignore",
        "YML023": "--ignore",
    }


def test_a_severity_is_changed_and_what_became_milder_is_counted(root: Path) -> None:
    report = look(root, '[lint.severity]\nCMP003 = "warning"\nYML009 = "error"\n')
    assert {item.code: item.severity.value for item in report.findings} == {
        "CMP003": "warning",
        "SPC001": "error",
        "YML009": "error",
        "YML023": "info",
    }
    assert report.lowered == 1
    assert report.aside == ()


def test_pyproject_holds_the_same_table(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.stdspec.lint]\nignore = ["YML"]\n', encoding="utf-8")
    from stdspec.lint import checks

    checks._settings_of.cache_clear()
    assert sorted(codes(lint([str(root)]))) == ["CMP003", "SPC001"]


def test_a_file_that_is_excluded_is_not_looked_at(root: Path) -> None:
    (root / "conf" / "old").mkdir()
    (root / "conf" / "old" / "a.yaml").write_text("a: [1\n", encoding="utf-8")
    report = look(root, '[lint]\nexclude = ["conf/old/"]\n')
    assert str(root / "conf" / "old" / "a.yaml") not in report.files
    assert sorted(codes(report)) == ALL


@pytest.mark.parametrize(
    ("settings", "choice", "words"),
    [
        (
            '\n[lint]\nignore = ["YLM009"]\n',
            {},
            (
                "stdspec.toml:3: the setting 'lint.ignore' names 'YLM009', and no code begins like this; "
                "did you mean YML009?"
            ),
        ),
        (
            '[lint.per-path."conf/**"]\nignore = ["Q"]\n',
            {},
            (
                "stdspec.toml:2: the setting 'lint.per-path.conf/**.ignore' names 'Q', and no code begins like this; "
                "`stdspec rules` lists the codes"
            ),
        ),
        (
            '[lint.severity]\nCMP03 = "off"\n',
            {},
            (
                "stdspec.toml:2: the setting 'lint.severity' names 'CMP03', and no code begins like this; "
                "did you mean CMP003?"
            ),
        ),
        (
            "",
            {"select": ("HYD90",)},
            "--select names 'HYD90', and no code begins like this; `stdspec rules` lists the codes",
        ),
        ("", {"ignore": ("",)}, "--ignore names '', and no code begins like this; `stdspec rules` lists the codes"),
        (
            '[lint.severity]\nCMP003 = "mild"\n',
            {},
            "stdspec.toml:2: the severity of CMP003 is 'mild'; set it to error, warning, info, off",
        ),
        ('[lint]\nselect = "YML"\n', {}, "stdspec.toml:2: the setting 'lint.select' must be a list of texts"),
        ("[lint]\nper-path = {conf = 3}\n", {}, "stdspec.toml:2: the setting 'lint.per-path.conf' must be a table"),
        ("lint = 3\n", {}, "stdspec.toml:1: the setting 'lint' must be a table"),
        (
            "[lint]\nselct = []\n",
            {},
            (
                "stdspec.toml:2: there is no setting 'lint.selct'; the settings are lint.baseline, lint.exclude, "
                "lint.fail-on, lint.ignore, lint.per-path, lint.select, lint.severity"
            ),
        ),
        (
            'fail-on = "error"\n[lint]\nfail-on = "never"\n',
            {},
            "stdspec.toml:1: 'fail-on' is set twice; keep the one in the table lint",
        ),
        ('[lint]\nexclude = ["!"]\n', {}, "stdspec.toml:2: '!' is no pattern of files; write one as in a .gitignore"),
    ],
)
def test_what_is_set_wrongly_is_said_with_its_place(
    root: Path, settings: str, choice: dict[str, tuple[str, ...]], words: str
) -> None:
    with pytest.raises(InputError) as raised:
        look(root, settings, **choice)
    assert str(raised.value) == words


def test_fail_on_may_stand_in_the_table(root: Path) -> None:
    from stdspec.settings import load

    (root / "stdspec.toml").write_text('[lint]\nfail-on = "never"\n', encoding="utf-8")
    assert load(root).fail_on == "never"


def test_findings_of_each_project_go_by_its_own_settings(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other" / "stdspec.toml").write_text('[lint]\nselect = ["YML023"]\n', encoding="utf-8")
    (root / "other" / "config.yaml").write_text("code: 012\nname: None\n", encoding="utf-8")
    report = look(root, '[lint]\nselect = ["YML009"]\n')
    assert [(Path(item.span.file).parent.name, item.code) for item in report.findings if item.span] == [
        ("conf", "YML009"),
        ("other", "YML023"),
    ]


def test_without_settings_the_working_directory_is_the_root_of_what_lies_below(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from stdspec.settings import load

    (root / "a" / "b").mkdir(parents=True)
    assert load(root / "a" / "b").root == root
    assert load(root).root == root
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert load(elsewhere).root == elsewhere
    (root / "a" / "stdspec.toml").touch()
    assert load(root / "a" / "b").root == root / "a"

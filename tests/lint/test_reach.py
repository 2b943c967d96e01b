"""What a changed file reaches: the entry points that read it, and all of a project for what every spec rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.errors import InputError
from stdspec.lint import checks, engine, reach

FILES = {
    "stdspec.toml": "",
    "conf/config.yaml": "defaults: [net: small, optional debug: null, _self_]\nname: x\n",
    "conf/net/small.yaml": "width: 1\n",
    "conf/net/large.yaml": "defaults: [/part/wide, _self_]\ndepth: 2\n",
    "conf/net/unused.yaml": "width: 9\n",
    "conf/part/wide.yaml": "width: 9\n",
    "conf/experiment/plain.yaml": "# @package _global_\nname: plain\n",
    "conf/experiment/large.yaml": "# @package _global_\ndefaults: [override /net: large, _self_]\nname: large\n",
    "conf/experiment/broken.yaml": "# @package _global_\ndefaults: [override /net: none, _self_]\n",
    "acme.py": "x = 1\n",
    "standards/own.yaml": "x: 1\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reached(*changed: str) -> set[str]:
    return {Path(entry.file).stem for entry in reach.entry_points(changed, checks.settings_at)}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("changed", "points"),
    [
        (["conf/net/small.yaml"], {"config", "plain"}),
        (["conf/net/large.yaml"], {"large"}),
        (["conf/part/wide.yaml"], {"large"}),
        (["conf/net/unused.yaml"], set()),
        (["conf/experiment/plain.yaml"], {"plain"}),
        (["conf/experiment/plain.yaml", "conf/part/wide.yaml"], {"plain", "large"}),
        (["conf/config.yaml"], {"config", "plain", "large"}),
        (["acme.py"], {"config", "plain", "large"}),
        (["standards/own.yaml"], {"config", "plain", "large"}),
        (["stdspec.toml"], {"config", "plain", "large"}),
        (["conf"], {"config", "plain", "large"}),
        (["conf/part"], {"large"}),
    ],
)
def test_a_change_reaches_what_reads_it(changed: list[str], points: set[str]) -> None:
    assert reached(*changed) == points | {"broken"}  # what is refused may be refused because of any change


def test_the_entry_points_of_a_changed_option_are_linted(project: Path) -> None:
    (project / "conf" / "part" / "wide.yaml").write_text("width: ${nowhere}\n", encoding="utf-8")
    report = engine.lint(["conf/part/wide.yaml"], changed=True)
    assert [Path(name.split("=")[-1]).name for name in report.entries] == ["broken", "large"]
    assert "HYD002" in {item.code for item in report.findings}
    assert not any(item.code == "HYD002" for item in engine.lint(["conf/part/wide.yaml"]).findings)


@pytest.mark.usefixtures("project")
def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="conf/gone"):
        reached("conf/gone.yaml")

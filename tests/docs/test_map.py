"""The example of a map in the docs: that it is as short as it says, and gives the verdicts that it shows."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from stdspec import clock
from stdspec.lint.against import forecast, specs
from stdspec.lint.checks import settings_at
from stdspec.standard.load import load

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("STDSPEC_HYDRA_CORPUS", ROOT.parent / "shared" / "hydra-corpus"))
CONFIGS = CORPUS / "corpus" / "ashleve+lightning-hydra-template" / "configs"
PAGE = (ROOT / "docs" / "how-to" / "map.md").read_text(encoding="utf-8")
MAP = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[-1]
ROW = re.compile(r"^\| ([A-Z]{3}[0-9]{3}.*?), (?:an? |)(?:must|should)s? \| ([a-z ]+) \| ([a-z ]+) \|", re.MULTILINE)


def _shown() -> list[dict[str, str]]:
    """What the table says of each clause, for each of the two experiments."""
    rows = [(code, first, second) for codes, first, second in ROW.findall(PAGE) for code in codes.split(", ")]
    return [{code: first for code, first, _ in rows}, {code: second for code, _, second in rows}]


def test_the_map_has_at_most_30_lines() -> None:
    assert len(MAP.splitlines()) == 30
    assert "30 lines" in PAGE


@pytest.mark.skipif(not CONFIGS.is_dir(), reason="the configs of other projects are not beside this tree")
def test_the_verdicts_are_those_that_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CONFIGS, tmp_path / "configs")
    (tmp_path / "pyproject.toml").write_text(MAP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    standard = load("stdspec/base@1", settings_at("configs"))
    found = forecast(standard, specs("configs"), clock.today())
    assert [item.name for item in found.experiments] == ["configs/train.yaml", "configs/experiment/example.yaml"]
    for experiment, shown in zip(found.experiments, _shown(), strict=True):
        assert {miss.clause.id for miss in experiment.misses} == {
            code for code, said in shown.items() if said == "fail"
        }
        assert {miss.clause.id for miss in experiment.unsaid} == {
            code for code, said in shown.items() if said == "not said"
        }
        assert experiment.judged == sum(said != "not said" for said in shown.values())

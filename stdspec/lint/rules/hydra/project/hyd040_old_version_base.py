"""HYD040: a program that composes by the rules of an older Hydra, which Hydra 1.4 no longer has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot

_NEWEST: Final = (1, 3)


def check(project: Project) -> Iterator[Spot]:
    """Calls with an older `version_base`, and calls without one, for the configs that were composed here."""
    folders = {entry.config_dir for entry, _ in project.compositions}
    for start in project.programs().starts if folders else ():
        if start.folder not in folders:
            continue
        if start.version is None:
            message = "without version_base Hydra 1.3 composes by the rules of 1.1; write version_base='1.3'"
            yield Spot(start.span, message, note=True)
        elif _older(start.version):
            yield Spot(start.span, f"Hydra 1.4 refuses version_base='{start.version}'; write '1.3', and run your tests")


def _older(version: str) -> bool:
    numbers = tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2])
    return len(numbers) == len(_NEWEST) and numbers < _NEWEST


RULE = ProjectRule(
    code="HYD040",
    slug="old-version-base",
    summary="A program composes by the rules of an older Hydra",
    why="`version_base='1.1'`, or none at all, has Hydra 1.3 keep rules that 1.4 has dropped: it changes the working "
    "folder, fills in `_group_`, reads `.yml`. Findings here hold for version base 1.3. Hydra 1.4 refuses 1.2 and "
    "older, and warns of any other.",
    check=check,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "a: 1",
                "main.py": "import hydra\n@hydra.main(config_path='conf', config_name='config', version_base=None)\n"
                "def main(cfg): ...\n",
            }
        ),
        ProjectCase(
            {
                "conf/config.yaml": "a: 1",
                "main.py": "from hydra import initialize\ninitialize('conf', version_base='1.3')\n"
                "initialize(config_path='other')\ninitialize('conf', **more)\n",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {
                "conf/config.yaml": "a: 1",
                "main.py": "import hydra\n@hydra.main(version_base='1.2', config_path='conf', config_name='config')\n"
                "def main(cfg): ...\n",
            },
            "main.py:2",
            "Hydra 1.4 refuses version_base='1.2'; write '1.3', and run your tests",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "tests/test_a.py": "import hydra\nwith hydra.initialize('../conf'):\n    ..."},
            "tests/test_a.py:2",
            "without version_base Hydra 1.3 composes by the rules of 1.1; write version_base='1.3'",
        ),
    ),
)

"""The keys below `hydra:` are read from Hydra's source as its own dataclasses have them, and nothing is imported."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

from stdspec.lint import hydra_schema
from stdspec.lint.hydra_schema import Keys

_SOURCE = """
from dataclasses import dataclass, field
from typing import Any, Dict, Optional
import typing as t

@dataclass
class Run:
    dir: str = "out"

@dataclass
class Job:
    @dataclass
    class Config:
        width: int = 3
    config: Config = field(default_factory=Config)
    env: Dict[str, str] = field(default_factory=dict)

@dataclass
class HydraConf:
    run: Run | None = None
    job: Optional[Job] = None
    again: t.Optional[Run] = None
    sweeper: Any = None
"""


def _same(keys: Keys, kind: Any) -> None:
    fields = {item.name: item.default_factory for item in dataclasses.fields(kind)}
    assert set(fields) <= set(keys.names)
    for name, below in keys.names.items():
        made = fields.get(name, dict)
        closed = dataclasses.is_dataclass(made)
        assert (below is not None) == closed, name
        if below is not None:
            _same(below, made)


def test_the_keys_are_those_of_the_installed_hydra() -> None:
    from hydra.conf import HydraConf

    known = hydra_schema.known()
    assert known is not None
    _same(known, HydraConf)
    assert set(known.names) - {item.name for item in dataclasses.fields(HydraConf)} <= {"env", "output"}


def test_hydra_is_not_imported() -> None:
    code = "import sys; from stdspec.lint.hydra_schema import known; known(); sys.exit('hydra' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_optional_and_nested_types_are_followed_and_the_others_are_open(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text(_SOURCE, encoding="utf-8")
    (tmp_path / "hydra" / "env").mkdir(parents=True)
    run = Keys({"dir": None})
    job = Keys({"config": Keys({"width": None}), "env": None})
    assert hydra_schema.read(tmp_path) == Keys({"env": None, "run": run, "job": job, "again": run, "sweeper": None})


def test_a_source_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert hydra_schema.read(tmp_path) is None
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "__init__.py").write_text("class HydraConf(:\n", encoding="utf-8")
    assert hydra_schema.read(tmp_path / "a") is None
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "__init__.py").write_text("x = 1\n", encoding="utf-8")
    assert hydra_schema.read(tmp_path / "b") is None

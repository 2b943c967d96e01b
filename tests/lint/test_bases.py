"""Whether an own class is a `LightningModule` is told by the sources of the project, through imports and bases."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.lint.bases import is_lightning_module

FILES = {
    "acme/__init__.py": "from .nets import Deep as Renamed\n",
    "acme/base.py": "import lightning.pytorch as pl\n\n\nclass Base(pl.LightningModule): ...\n",
    "acme/nets.py": (
        "import pytorch_lightning as pl\nfrom lightning import LightningModule as Module\nfrom torch import nn\n\n"
        "from acme.base import Base\nfrom . import base, missing\n\n\n"
        "class Old(pl.LightningModule): ...\nclass Direct(Module): ...\nclass Deep(Base): ...\n"
        "class Deeper(base.Base, nn.Module): ...\nclass Plain(nn.Module): ...\nclass Made(make()): ...\n"
        "class Lost(missing.Base): ...\nclass Loop(Loop): ...\n"
    ),
}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *((f"acme.nets.{name}", True) for name in ("Old", "Direct", "Deep", "Deeper")),
        ("acme.Renamed", True),
        *((f"acme.nets.{name}", False) for name in ("Plain", "Made", "Lost", "Loop", "Absent")),
        ("torch.nn.Linear", False),
    ],
)
def test_it_is_seen_where_the_sources_tell(name: str, said: bool, tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    assert is_lightning_module(name, (tmp_path,)) is said

"""YML003: the same key stands twice in one mapping."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML003",
    summary="The same key stands twice in one mapping",
    why=(
        "Some parsers keep the first value, some the last, and Hydra refuses both. Whoever reads the file "
        "sees only one of them. Remove one."
    ),
    found_by=("stdspec.source.merging:_second_keys",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
model: {lr: 0.2}
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
base: &base {lr: 0.1}
mine:
  <<: *base
  lr: 0.2
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
seed: 3
lr: 0.2
"""
            },
            "conf/config.yaml:3:1",
            "the key 'lr' stands twice, first in line 1; keep one",
        ),
        FormCase(
            {"conf/config.yaml": "model: {width: 3, depth: 2, width: 4}\n"},
            "conf/config.yaml:1:29",
            "the key 'width' stands twice, first in line 1; keep one",
        ),
    ),
)

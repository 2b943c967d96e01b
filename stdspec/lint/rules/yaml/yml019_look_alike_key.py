"""YML019: two keys look alike, or a key mixes alphabets."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML019",
    summary="Two keys look alike, or a key mixes alphabets",
    why=(
        "Keys are compared letter by letter. `LR` beside `lr` is a second key, and a Cyrillic letter that "
        "looks like a Latin one makes a key that no program asks for."
    ),
    found_by=(
        "stdspec.source.hygiene:_key",
        "stdspec.source.hygiene:_keys",
    ),
    severity=Severity.WARNING,
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
lr_min: 0.01
"""
            }
        ),
        FormCase({"conf/config.yaml": "ключ: 1\nnaïve: 2\n"}),
        FormCase(
            {
                "conf/config.yaml": """\
a: {lr: 1}
b: {LR: 1}
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
LR: 0.2
"""
            },
            "conf/config.yaml:2:1",
            "the key 'LR' looks like 'lr' in line 1, and is another; keep one, or give them names that differ",
        ),
        FormCase(
            {"conf/config.yaml": "l\u0435arning_rate: 0.1\n"},
            "conf/config.yaml:1:1",
            "the key 'lеarning_rate' mixes letters of two alphabets that look alike; type it again in one",
        ),
        FormCase(
            {"conf/config.yaml": "model: {width: 3, wi\uff44th: 4}\n"},
            "conf/config.yaml:1:19",
            ("the key 'wiｄth' looks like 'width' in line 1, and is another; keep one, or give them names that differ"),
        ),
    ),
)

"""YML008: a config file holds something else than a mapping at its top."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML008",
    summary="A config file holds something else than a mapping at its top",
    why=(
        "Configs are merged key by key, so that each file is a mapping of keys to values. A list or a single "
        "word cannot be merged with anything."
    ),
    found_by=("stdspec.source.reader:_Reading._top",),
    good=(
        FormCase({"conf/config.yaml": "steps: [1, 2]\n"}),
        FormCase(
            {
                "conf/config.yaml": """\
# nothing to say yet
seed: 3
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/data/mine.yaml": """\
- a.csv
- b.csv
"""
            },
            "conf/data/mine.yaml:1:1",
            "the file holds a list; write 'key: value' lines",
        ),
        FormCase(
            {"conf/data/mine.yaml": "seed\n"},
            "conf/data/mine.yaml:1:1",
            "the file holds a single value; write 'key: value' lines",
        ),
    ),
)

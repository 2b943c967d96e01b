"""YML001: the text is not YAML."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML001",
    summary="The text is not YAML",
    why=(
        "Nothing can be read of a file that is not YAML, so nothing else is said about it. The place is where"
        " the construct begins that is not closed or does not fit. A template below a folder with a placeholder"
        " in its name is meant as one, and an info."
    ),
    found_by=(
        "stdspec.source.merging:_entries",
        "stdspec.source.reader:_Reading._key",
        "stdspec.source.reader:_Reading._value",
        "stdspec.source.not_yaml:not_yaml",
        "stdspec.source.tree:TreeReader._scalar",
        "stdspec.source.tree:_only_plain_tag",
        "stdspec.source.tree:_pairs",
        "stdspec.source.tree:_path",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
label: 'a: b'
"""
            }
        ),
        FormCase({"conf/config.yaml": "steps: [1, 2]\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
label: a: b
"""
            },
            "conf/config.yaml:2:9",
            "a second ':' stands where a value is expected; quote the value",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
steps: [1, 2
seed: 3
"""
            },
            "conf/config.yaml:2:8",
            "a list that begins with '[' is not closed; add ',' or ']'",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
lr: 0.1
  momentum: 0.9
"""
            },
            "conf/config.yaml:2:3",
            "the line is indented below 'lr: 0.1', which holds a value; indent it like that line",
        ),
        FormCase(
            {"conf/config.yaml": "epochs: 3\ntraining: {epochs: ${epochs}, clip: 1}\n"},
            "conf/config.yaml:2:20",
            "a reference between brackets or braces needs quotes; write '${…}'",
        ),
        FormCase(
            {"conf/config.yaml": "lr: 0.1\nname: {{ project }}\n"},
            "conf/config.yaml:2:7",
            "a placeholder of a template is no YAML before it is filled in; quote it, or lint what the template makes",
        ),
    ),
)

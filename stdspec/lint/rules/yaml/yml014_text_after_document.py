"""YML014: text follows after the end of the document."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML014",
    summary="Text follows after the end of the document",
    why=(
        "A config file holds one document. What stands below a line `---` or `...`, or after a closed "
        "mapping, would be read by nobody; Hydra refuses the file."
    ),
    found_by=(
        "stdspec.source.not_yaml:not_yaml",
        "stdspec.source.tree:TreeReader.read",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
---
seed: 3
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
seed: 3
...
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
seed: 3
---
lr: 0.1
"""
            },
            "conf/config.yaml:2:1",
            "the file holds a second document (a line '---'); keep one document per file",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
{seed: 3}
lr: 0.1
"""
            },
            "conf/config.yaml:2:1",
            "text follows after the end of the document; put all of it into one mapping",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
seed: 3
...
lr: 0.1
"""
            },
            "conf/config.yaml:3:1",
            "text follows after the end of the document; put all of it into one mapping",
        ),
    ),
)

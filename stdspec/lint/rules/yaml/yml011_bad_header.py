"""YML011: the `# @package` comment at the top of a file is not one that Hydra understands."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML011",
    summary="The `# @package` comment at the top of a file is not one that Hydra understands",
    why=(
        "Hydra reads comments of this form as a command: where the values of the file go. Two words are what it takes."
    ),
    found_by=("stdspec.source.reader:_Reading._header",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
# @package _global_
seed: 3
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
# the package is chosen elsewhere
seed: 3
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
# @package
seed: 3
"""
            },
            "conf/config.yaml:1:1",
            "'# @package' is not a header Hydra takes; write '# @package name'",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
# @package a b
seed: 3
"""
            },
            "conf/config.yaml:1:1",
            "'# @package a b' is not a header Hydra takes; write '# @package name'",
        ),
    ),
)

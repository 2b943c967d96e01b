"""YML002: a tab stands where YAML takes only spaces."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML002",
    summary="A tab stands where YAML takes only spaces",
    why=(
        "How wide a tab is differs from editor to editor, so YAML takes none for indentation. Set the editor "
        "to spaces for YAML."
    ),
    found_by=("stdspec.source.not_yaml:not_yaml",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
model:
  width: 3
"""
            }
        ),
        FormCase({"conf/config.yaml": 'note: "a\\tb"\n'}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "model:\n\twidth: 3\n"},
            "conf/config.yaml:2:1",
            "a tab stands where YAML takes only spaces; replace it by spaces",
        ),
        FormCase(
            {"conf/config.yaml": "model:\n  width: 3\n \t depth: 2\n"},
            "conf/config.yaml:3:2",
            "a tab stands where YAML takes only spaces; replace it by spaces",
        ),
    ),
    fixable="safe",
)

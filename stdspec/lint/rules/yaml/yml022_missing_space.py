"""YML022: a key in braces has no space after its colon."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML022",
    summary="A key in braces has no space after its colon",
    why=("`{lr:0.1}` is a key named `lr:0.1` without a value, and not a key `lr`. YAML wants a space after the colon."),
    found_by=("stdspec.source.hygiene:_key",),
    severity=Severity.WARNING,
    good=(
        FormCase({"conf/config.yaml": "optimizer: {lr: 0.1}\n"}),
        FormCase({"conf/config.yaml": 'sources: {https://example.org/a: 1, "b":2}\n'}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "optimizer: {lr:0.1}\n"},
            "conf/config.yaml:1:13",
            "'lr:0.1' is a key without a value; write a space after the colon: lr: 0.1",
        ),
        FormCase(
            {"conf/config.yaml": "optimizer: {kind: sgd, lr:0.1}\n"},
            "conf/config.yaml:1:24",
            "'lr:0.1' is a key without a value; write a space after the colon: lr: 0.1",
        ),
    ),
    fixable="unsafe",
)

"""HYD003: interpolations refer to each other in a circle."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD003",
    summary="Interpolations refer to each other in a circle",
    why="None of them has a value. Write the value once, and refer to it from the other places.",
    found_by=("stdspec.compose.resolve:_cycle",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
a: 1
b: '${a}'
c: '${b}'
"""
            }
        ),
        FormCase({"conf/config.yaml": "a: {b: 1, c: '${a.b}'}\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
a: '${b}'
b: '${a}'
"""
            },
            "conf/config.yaml:1:4",
            "${b} leads back to itself; write the value once and refer to it from one side",
        ),
        FormCase(
            {"conf/config.yaml": "a: x${a}\n"},
            "conf/config.yaml:1:4",
            "the reference to a leads back to itself; write the value once and refer to it from one side",
        ),
    ),
)

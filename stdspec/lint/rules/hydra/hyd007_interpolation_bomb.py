"""HYD007: interpolations expand to more than can be held."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD007",
    summary="Interpolations expand to more than can be held",
    why=(
        "Ten lines that each name the one above ten times stand for ten thousand million values. They are not"
        " filled in."
    ),
    found_by=(
        "stdspec.compose.resolve:Resolver._collection",
        "stdspec.compose.resolve:Resolver._text",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
a: [1, 2]
b: ['${a}', '${a}']
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a: xx
b: ${a}${a}
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
a0: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
a1: ${a0}${a0}${a0}${a0}${a0}${a0}${a0}${a0}${a0}${a0}
a2: ${a1}${a1}${a1}${a1}${a1}${a1}${a1}${a1}${a1}${a1}
a3: ${a2}${a2}${a2}${a2}${a2}${a2}${a2}${a2}${a2}${a2}
a4: ${a3}${a3}${a3}${a3}${a3}${a3}${a3}${a3}${a3}${a3}
a5: ${a4}${a4}${a4}${a4}${a4}${a4}${a4}${a4}${a4}${a4}
a6: ${a5}${a5}${a5}${a5}${a5}${a5}${a5}${a5}${a5}${a5}
a7: ${a6}${a6}${a6}${a6}${a6}${a6}${a6}${a6}${a6}${a6}
a8: ${a7}${a7}${a7}${a7}${a7}${a7}${a7}${a7}${a7}${a7}
"""
            },
            "conf/config.yaml:6:5",
            "its references expand to more than 1000000 characters; refer to smaller parts",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a0: {x: 1}
a1: {k0: '${a0}', k1: '${a0}', k2: '${a0}', k3: '${a0}', k4: '${a0}'}
a2: {k0: '${a1}', k1: '${a1}', k2: '${a1}', k3: '${a1}', k4: '${a1}'}
a3: {k0: '${a2}', k1: '${a2}', k2: '${a2}', k3: '${a2}', k4: '${a2}'}
a4: {k0: '${a3}', k1: '${a3}', k2: '${a3}', k3: '${a3}', k4: '${a3}'}
a5: {k0: '${a4}', k1: '${a4}', k2: '${a4}', k3: '${a4}', k4: '${a4}'}
a6: {k0: '${a5}', k1: '${a5}', k2: '${a5}', k3: '${a5}', k4: '${a5}'}
a7: {k0: '${a6}', k1: '${a6}', k2: '${a6}', k3: '${a6}', k4: '${a6}'}
a8: {k0: '${a7}', k1: '${a7}', k2: '${a7}', k3: '${a7}', k4: '${a7}'}
a9: {k0: '${a8}', k1: '${a8}', k2: '${a8}', k3: '${a8}', k4: '${a8}'}
"""
            },
            "conf/config.yaml:8:5",
            "its references expand to more than 100000 values; refer to smaller parts",
        ),
    ),
)

"""YML006: a file is so large, deep or self-referring that reading it would exhaust the machine."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML006",
    summary="A file is so large, deep or self-referring that reading it would exhaust the machine",
    why=(
        "Two hundred bytes of aliases can stand for billions of values. Such a text is refused for the price "
        "of its own bytes; nothing of it is expanded."
    ),
    found_by=(
        "stdspec.source.reader:read",
        "stdspec.source.tree:TreeReader._alias",
        "stdspec.source.tree:TreeReader._node",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
base: &base [1, 2]
all: [*base, *base]
"""
            }
        ),
        FormCase({"conf/config.yaml": "a: [[[[[1]]]]]\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
"""
            },
            "conf/config.yaml:5:4",
            "the text expands to more than 100000 values; use fewer aliases",
        ),
        FormCase(
            {"conf/config.yaml": "a: " + "[" * 61 + "]" * 61 + "\n"},
            "conf/config.yaml:1:63",
            "values are nested more than 60 deep; flatten them",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a: &a
  again: *a
"""
            },
            "conf/config.yaml:2:10",
            "the anchor &a contains itself; write the value out",
        ),
    ),
)

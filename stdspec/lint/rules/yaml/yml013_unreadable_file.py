"""YML013: a file is there and may not be read."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML013",
    summary="A file is there and may not be read",
    why="Nothing is known of a file that cannot be read, so that nothing can be said of what it is part of.",
    found_by=("stdspec.source.reader:read",),
    good=(
        FormCase({"conf/config.yaml": "seed: 3\n"}),
        FormCase({"conf/config.yaml": "seed: 3\n", "conf/data/mine.yaml": "x: 1\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "seed: 3\n"},
            "conf/config.yaml:1:1",
            "the file cannot be read: Permission denied; allow it, or take the file out",
            locked=("conf/config.yaml",),
        ),
        FormCase(
            {"conf/config.yaml": "seed: 3\n", "conf/data/mine.yaml": "x: 1\n"},
            "conf/data/mine.yaml:1:1",
            "the file cannot be read: Permission denied; allow it, or take the file out",
            locked=("conf/data/mine.yaml",),
        ),
    ),
)

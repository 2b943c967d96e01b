"""STD018: an entry of standards/feedback.yaml that is not in order."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FILE = "standards/feedback.yaml"
ENTRY = (
    '  - {{"date": "2026-11-24", "standard": "stdspec/base@1", "version": "1.0.0", "clause": "DAT002", '
    '"kind": "{kind}", "says": "Is a contract a licence?"{more}}}\n'
)


def _file(kind: str, more: str = "") -> str:
    return f"feedback:\n{ENTRY.format(kind=kind, more=more)}"


GOOD = _file("unclear")

FORM = Form(
    code="STD018",
    summary="An entry of feedback on clauses is not in order",
    why=(
        "What somebody says of a clause is worth something to its owner when it names the clause, the version that "
        "was read, and the day. An entry that does not is shown nowhere; the others are. `stdspec feedback` writes "
        "entries that are in order."
    ),
    found_by=("stdspec.standard.papers:_coded",),
    good=(
        FormCase({FILE: GOOD}),
        FormCase({FILE: _file("wrong", ', "by": "A. Meyer"')}),
    ),
    bad=(
        FormCase({FILE: _file("bad")}, f"{FILE}:2:106", "unknown kind 'bad'; the kinds are wrong and unclear"),
        FormCase(
            {FILE: GOOD + ENTRY.format(kind="wrong", more=', "note": "x"')},
            f"{FILE}:3:151",
            "unknown key 'note'; the keys here are date, standard, version, clause, kind, says and by",
        ),
        FormCase(
            {FILE: "feedback:\n  - DAT002 is wrong\n"},
            f"{FILE}:2:5",
            "'feedback[0]' is the text 'DAT002 is wrong' and must be a mapping",
        ),
        FormCase(
            {FILE: GOOD.replace("2026-11-24", "2026-02-30")},
            f"{FILE}:2:14",
            "'date' is 2026-02-30, and that month has the days 01 to 28; write a day that exists",
        ),
    ),
)

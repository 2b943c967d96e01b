"""SPC005: the text has not the form that its key takes."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC005",
    summary="The text has not the form that its key takes",
    why=(
        "Units, versions, digests, dates and names have a grammar each, so that they compare by what they "
        "mean: 4GiB and 4096MiB are one size."
    ),
    found_by=("stdspec.validate.translate:_malformed",),
    good=(
        FormCase({"conf/compute/mine.yaml": "limits: {memory: 4GiB, time: 10min}\n"}),
        FormCase({"conf/deployment/mine.yaml": "retire_on: '2027-12-31'\n"}),
    ),
    bad=(
        FormCase(
            {"conf/compute/mine.yaml": "limits: {memory: 4 gigabytes}\n"},
            "conf/compute/mine.yaml:1:18",
            (
                "'memory' is '4 gigabytes' and must be an amount of memory: a number and one of B, KiB, MiB, GiB, "
                "TiB, written together, such as 4GiB"
            ),
        ),
        FormCase(
            {"conf/deployment/mine.yaml": "retire_on: end of 2027\n"},
            "conf/deployment/mine.yaml:1:12",
            "'retire_on' is 'end of 2027' and must be a day: year-month-day, such as 2027-05-31",
        ),
        FormCase(
            {"conf/deployment/mine.yaml": "retire_on: 2027/5/31\n"},
            "conf/deployment/mine.yaml:1:12",
            "'retire_on' is '2027/5/31' and must be a day: year-month-day, such as 2027-05-31",
        ),
        FormCase(
            {"conf/deployment/mine.yaml": "retire_on: 2027-02-30\n"},
            "conf/deployment/mine.yaml:1:12",
            "'retire_on' is 2027-02-30, and that month has the days 01 to 28; write a day that exists",
        ),
    ),
    fixable="safe",
)

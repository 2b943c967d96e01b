"""MAP003: it is not known which clauses hold for an experiment."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

_STAGE = 'conf = "conf"\n[map]\nstage = {from = "env", words = {dev = "research"}}\n'

FORM = Form(
    code="MAP003",
    summary="It is not known which clauses hold for an experiment that a map reads",
    why=(
        "The standards and the stage say what is asked of an experiment. Where the language has no form for what the "
        "config says of them, or only a run can tell, less would be asked than holds, and the experiment would seem to "
        "pass. Give a word for it in `words` of the map's line, or say `{value = …}` for all experiments."
    ),
    found_by=("stdspec.lint.mapped:_undecided",),
    good=(
        FormCase({"stdspec.toml": _STAGE, "conf/config.yaml": "env: dev\n"}),
        FormCase({"stdspec.toml": _STAGE, "conf/config.yaml": "seed: 1\n"}),
    ),
    bad=(
        FormCase(
            {"stdspec.toml": _STAGE, "conf/config.yaml": "env: prod\n"},
            "conf/config.yaml:1:6",
            "'stage' is 'prod' and must be one of research, candidate or release; it decides what is asked, so give it "
            "a word or a value in the map",
        ),
        FormCase(
            {"stdspec.toml": _STAGE, "conf/config.yaml": "env: ${oc.env:STAGE}\n"},
            "conf/config.yaml:1:6",
            "stage is left to the run; it decides what is asked, so give it a word or a value in the map",
        ),
    ),
)

"""What a composition finds: open values, interpolations that lead nowhere, what Hydra allows and stdspec does not."""

import time

import pytest

from stdspec.compose import LINT, Broken, Policy, compose_with_origins
from stdspec.compose.refusal import Refused
from stdspec.errors import ComposeError
from stdspec.finding import Span
from stdspec.settings import Settings

from .trees import write


def compose(folder, text, *overrides, allow_env=(), files=None, policy=LINT):
    conf = write(folder / "conf", {"config": text, **(files or {})})
    settings = Settings(root=folder, allow_env=allow_env)
    return compose_with_origins(str(conf), "config", overrides, append_shipped=False, settings=settings, policy=policy)


def found(composed):
    return [(item.code, item.path, item.span.line, item.span.column) for item in composed.findings if item.span]


def test_a_clean_spec_has_no_findings(tmp_path):
    composed = compose(tmp_path, "a: 1\nb: ${a}\nc: x-${a}-${d.e[1]}\nd: {e: [1, '${..f}'], f: g}\ni: ${d}")
    assert composed.findings == ()
    assert composed.resolved == {
        "a": 1,
        "b": 1,
        "c": "x-1-g",
        "d": {"e": [1, "g"], "f": "g"},
        "i": {"e": [1, "g"], "f": "g"},
    }
    assert composed.value["b"] == "${a}"


def test_types_survive_and_texts_are_joined(tmp_path):
    values = ["a: 1.5", "b: true", "n: null", "l: [1]", "k: a"]
    references = ["ra: ${a}", "rb: ${b}", "rn: ${n}", "rl: ${l}", "t: ${a}/${b}/${n}", "esc: \\${a}", "nested: ${${k}}"]
    text = "\n".join([*values, *references])
    resolved = compose(tmp_path, text).resolved
    assert [resolved[key] for key in ("ra", "rb", "rn", "rl", "t", "esc", "nested")] == [
        1.5,
        True,
        None,
        [1],
        "1.5/True/None",
        "${a}",
        1.5,
    ]


def test_a_missing_value_is_found_unless_it_is_given(tmp_path):
    composed = compose(tmp_path, "a:\n  b: ???\nc: ${a.b}")
    assert found(composed) == [("HYD001", "a.b", 2, 6)]
    assert composed.resolved["c"] == "${a.b}"
    assert compose(tmp_path, "a:\n  b: ???\nc: ${a.b}", "a.b=3").findings == ()


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        (
            "alpha: 1\nb: ${alhpa}",
            ("HYD002", "b", 2, 4),
            "${alhpa} names nothing: there is no 'alhpa' at the top; did you mean 'alpha'?",
        ),
        (
            "a: {x: 1}\nb: ${a.x.y}",
            ("HYD002", "b", 2, 4),
            "${a.x.y} names nothing: a.x is no mapping; correct the name",
        ),
        ("a: [1]\nb: ${a[1]}", ("HYD002", "b", 2, 4), None),
        ("b: ${...a}", ("HYD002", "b", 1, 4), None),
        ("a: ${b}\nb: ${a}", ("HYD003", "a", 1, 4), None),
        ("a: x${a}", ("HYD003", "a", 1, 4), None),
        ("a: {b: '${a}'}", ("HYD003", "a.b", 1, 8), None),
        ("a: ${oc.env:SECRET_TOKEN}", ("HYD004", "a", 1, 4), None),
        (
            "a: [x, '${now:%Y}']",
            ("HYD004", "a[1]", 1, 8),
            "the resolver 'now' is not allowed in a spec; write the value",
        ),
        ("a: ${oc.decode:'{}'}", ("HYD004", "a", 1, 4), None),
        ("hydra: {job_logging: {version: 1}}", ("HYD005", "hydra.job_logging", 1, 9), None),
        ("hydra: {callbacks: {x: {_target_: os.system}}}", ("HYD005", "hydra.callbacks", 1, 9), None),
        ("hydra: {searchpath: [/tmp]}", ("HYD006", "hydra.searchpath", 1, 22), None),
    ],
)
def test_finding_has_place_and_words(tmp_path, text, expected, words):
    composed = compose(tmp_path, text)
    assert found(composed) == [expected]
    assert words is None or composed.findings[0].message == words


def test_an_environment_variable_stays_as_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("PLACE", "hunter2")
    text = (
        "model: {_target_: acme.Net, token: '${oc.env:PLACE}', kind: own}\n"
        "data: {source: {path: '${.root}/${oc.env:UNSET, a b}.csv', root: x}}"
    )
    composed = compose(tmp_path, text, allow_env=("PLACE", "UNSET"))
    assert composed.resolved["model"]["token"] == "${oc.env:PLACE}"
    assert composed.resolved["data"]["source"]["path"] == "x/${oc.env:UNSET, a b}.csv"
    assert found(composed) == []
    assert "hunter2" not in repr(composed)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("seed: ${oc.env:PLACE}", "seed"),
        ("model: {_target_: '${oc.env:PLACE}'}", "model._target_"),
        ("model: {kind: '${oc.env:PLACE}'}", "model.kind"),
        ("model: {_target_: acme.Net, card: {limits: '${oc.env:PLACE}'}}", "model.card.limits"),
        ("data: {source: {path: a.csv, kind: '${oc.env:PLACE}'}}", "data.source.kind"),
        ("name: x-${oc.env:PLACE}", "name"),
    ],
)
def test_an_environment_variable_stands_only_where_it_is_filled_in(tmp_path, monkeypatch, text, path):
    monkeypatch.setenv("PLACE", "hunter2")
    composed = compose(tmp_path, text, allow_env=("PLACE",))
    assert [(item.code, item.path) for item in composed.findings] == [("HYD004", path)]
    assert "an environment variable may stand in data.source.path" in composed.findings[0].message
    assert "hunter2" not in repr(composed)


def test_an_environment_variable_chooses_no_reference(tmp_path, monkeypatch):
    monkeypatch.setenv("PLACE", "hunter2")
    composed = compose(tmp_path, "a: {b: 1}\nc: ${a.${oc.env:PLACE}}", allow_env=("PLACE",))
    assert found(composed) == [("HYD002", "c", 2, 4)]
    assert "hunter2" not in composed.findings[0].message


RESOLVED = ("defaults: [db: '${oc.env:PLACE}']", "defaults: ['db/${oc.env:PLACE}']")


@pytest.mark.parametrize("text", RESOLVED)
def test_no_resolver_is_called_for_an_option(tmp_path, monkeypatch, text):
    monkeypatch.setenv("PLACE", "mysql")
    composed = compose(tmp_path, text, files={"db/mysql": "x: 1"})
    assert composed.value == {}
    assert found(composed) == [("HYD004", "defaults", 1, 12)]


@pytest.mark.parametrize("text", RESOLVED)
def test_what_a_resolver_computes_is_not_said(tmp_path, monkeypatch, text):
    monkeypatch.setenv("PLACE", "hunter2")
    with pytest.raises(ComposeError) as caught:
        compose(tmp_path, text, files={"db/mysql": "x: 1"}, policy=Policy.HYDRA)
    assert "hunter2" not in str(caught.value)


def test_an_option_outside_the_project_is_found(tmp_path):
    write(tmp_path / "elsewhere", {"secret": "a: 1"})
    project = tmp_path / "project"
    composed = compose(project, "defaults: [db: ../../../elsewhere/secret]", files={"db/mysql": "x: 1"})
    assert found(composed) == [("HYD006", "", 1, 12)]
    link = project / "conf" / "db" / "link.yaml"
    link.symlink_to(tmp_path / "elsewhere" / "secret.yaml")
    assert found(compose(project, "defaults: [db: link]")) == [("HYD006", "", 1, 12)]


def test_a_broken_file_outside_the_project_shows_none_of_its_text(tmp_path):
    write(tmp_path / "elsewhere", {"secret": "token hunter2: ["})
    with pytest.raises(Broken) as caught:
        compose(tmp_path / "project", "defaults: [db: ../../../elsewhere/secret]", files={"db/mysql": "x: 1"})
    outside = Span(str(tmp_path / "elsewhere" / "secret.yaml"), 1, 1, 1, 1)
    assert [(item.code, item.span) for item in caught.value.findings] == [("HYD006", outside)]
    assert caught.value.message == "this leads to a file outside the project; put a copy in its place"


def test_an_option_that_a_resolver_computes_is_found(tmp_path):
    composed = compose(
        tmp_path, "defaults: [db: '${oc.env:NONE_SUCH,mysql}']", files={"db/mysql": "x: 1"}, policy=Policy.HYDRA
    )
    assert composed.value == {"db": {"x": 1}}
    assert found(composed) == [("HYD004", "defaults", 1, 12)]


def test_warnings_of_the_files_are_passed_on_once(tmp_path):
    composed = compose(tmp_path, "defaults: [db@a: m, db@b: m]", files={"db/m": "flag: no"})
    assert [item.code for item in composed.findings] == ["YML009"]


def test_an_empty_entry_point(tmp_path):
    assert [item.code for item in compose(tmp_path, "# nothing").findings] == ["YML010"]


def test_a_file_with_faults_breaks_the_composition_and_says_all_of_them(tmp_path):
    with pytest.raises(Broken) as caught:
        compose(tmp_path, "defaults: [db: m]\n1: x", files={"db/m": "a: .nan\n2: b"})
    assert sorted((item.code, item.span.line) for item in caught.value.findings) == [
        ("YML004", 2),
        ("YML004", 2),
        ("YML005", 1),
    ]


@pytest.mark.parametrize("override", ["a=nan", "a=[inf]", "+b={1: x}"])
def test_command_line_values_that_no_spec_may_hold(tmp_path, override):
    with pytest.raises(Broken, match="<command line>"):
        compose(tmp_path, "a: 1", override)


def grown(first, form):
    """Twelve values, each of which refers eight times to the one before it."""
    return "\n".join([f"a0: {first}", *(f"a{n}: {form([f'${{a{n - 1}}}'] * 8)}" for n in range(1, 12))])


BOMBS = {"values": grown("[1, 1, 1, 1]", lambda items: str(items)), "text": grown("x" * 16, "".join)}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_interpolation_bombs_are_stopped(tmp_path, text):
    begin = time.process_time()
    composed = compose(tmp_path, text)
    assert {item.code for item in composed.findings} == {"HYD007"}
    assert time.process_time() - begin < 2


def test_configs_that_select_themselves_are_refused(tmp_path):
    with pytest.raises(ComposeError, match="selected below itself"):
        compose(tmp_path, "defaults: [/db@x: m]", files={"db/m": "defaults: [/db@x: m]"})


def test_defaults_bombs_are_refused(tmp_path):
    files = {f"db/m{n}": f"defaults: [/db@a: m{n + 1}, /db@b: m{n + 1}]" for n in range(30)}
    with pytest.raises(ComposeError, match="select more than 10000 configs"):
        compose(tmp_path, "defaults: [db: m0]", files={**files, "db/m30": "x: 1"})


@pytest.mark.parametrize(
    ("item", "message", "instead"),
    [
        ("override db: b", "there is no choice of experiment/db to override", ("db", "/db")),
        ("db: b", "there is no group 'experiment/db'", ("db", "/db")),
        ("/db: b", "the group db is chosen twice: a and b", None),
    ],
)
def test_a_choice_in_a_group_is_refused_where_it_stands_with_its_remedy(tmp_path, item, message, instead):
    files = {"experiment/x": f"# @package _global_\ndefaults: [{{{item}}}]", "db/a": "x: 1", "db/b": "x: 2"}
    with pytest.raises(Refused) as caught:
        compose(tmp_path, "defaults: [db: a, _self_]", "+experiment=x", files=files)
    error = caught.value
    assert error.message == message
    assert error.instead == instead
    assert (error.span.file.rpartition("/")[2], error.span.line) == ("x.yaml", 2)
    assert error.remedy.startswith("write /db, for" if instead else "write 'override /db: b' to change")

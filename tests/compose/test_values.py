"""Values are what OmegaConf and Hydra's override grammar make of them: merges, overrides, interpolations, YAML."""

import io
import random
import subprocess
import sys
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import GrammarParseError, OmegaConfBaseException
from omegaconf.grammar_parser import parse as omegaconf_parse
from yaml import YAMLError

from stdspec.compose import ComposeError, Policy, compose, compose_with_origins
from stdspec.compose.hydra_adapter import OverrideSyntaxError, parse_override
from stdspec.compose.interpolation import GrammarError, check
from stdspec.compose.override import parse_all
from stdspec.compose.resolve import Resolver
from stdspec.compose.verify import first_difference
from stdspec.settings import Settings
from stdspec.source.reader import read

from .places import false_origins
from .trees import disagreement, write

MERGES = {
    "what is referred to was merged just before": ("a: ${b}", "b: {x: 1}\na: {y: 2}"),
    "reference inside what was copied": ("a: {x: 1}\nd: ${a}\nb: {c: ${d}}", "b: {c: {y: 1}}\nd: {x: {z: 1}}"),
    "copied mapping with a reference in it": ("c: {x: ${d}}\nd: {y: 1}\na: ${c}", "a: {x: {z: 2}}"),
    "relative reference moves with the copy": ("b: {u: {n: 1}, v: '${.u}'}\na: ${b}", "a: {u: {m: 2}, v: {k: 3}}"),
    "reference to what holds it": ("a: {b: '${a}'}", "a: {b: {c: 1}}"),
    "reference to what holds it through another": ("a: {c: '${b}'}\nb: ${a}", "a: {c: {d: 1}}"),
    "resolver that gives a mapping": ("a: '${oc.create:{x: 1}}'", "a: {y: 2}"),
    "resolver that gives a mapping meets a list": ("a: '${oc.create:{x: 1}}'", "a: [1]"),
    "missing over a reference": ("a: ${b}\nb: {x: 1}", "a: ???"),
    "null over a mapping": ("a: {x: 1}", "a: null"),
    "mapping over null": ("a: null", "a: {x: 1}"),
    "list over null": ("a: null", "a: [1]"),
    "mapping over a scalar": ("a: 3", "a: {x: 1}"),
    "mapping over missing": ("a: ???", "a: {x: ???}"),
    "empty mapping": ("a: {x: 1}", "a: {}"),
    "list over a list": ("a: [1, {x: 1}]", "a: [{y: 1}]"),
    "list over a mapping": ("a: {x: 1}", "a: [1]"),
    "numbers as keys": ("1: {a: 1}\ntrue: x", "1: {b: 2}\n1.0: y"),
}


def layers(folder, *texts):
    files = {f"f{number}": text for number, text in enumerate(texts)}
    return write(folder, {**files, "config": f"defaults: [{', '.join(files)}]"})


@pytest.mark.parametrize("texts", MERGES.values(), ids=MERGES.keys())
def test_merge(tmp_path, texts):
    assert disagreement(layers(tmp_path, *texts), "config", []) is None


TREE = """
    a: {b: '${c}', x: 1}
    c: 1
    l: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    n: null
    m: ???
    i: ${a}
    broken: ${none}
    1: one
    li: ['${c}', {k: v}]
"""
OVERRIDES = [
    "~a={b:1,x:1}", "~a={b:2,x:1}", "~a={x:1,b:1}", "~a={b:${c},x:1}", "~c=1.0", "~c=true", "~l.0", "~li=[1,{k:v}]",
    "~i", "~i.x", "~i.y", "~i={b:1,x:1}", "~m", "~n", "~n=null", "~broken", "+broken={}", "+broken=[1]",
    "+broken.x={y:1}", "++broken={}", "++broken.x=1", "l.1_0=5", "+l.1_1=5", "++l.10.x=3", "l.10.x=3", "+l.11=1",
    "l.01=2", "l={a:1}", "+l=[1]", "a=[]", "a={z:1}", "++a={z:1}", "a={b:{q:1}}", "+a={b:{q:1}}", "i={x:2}",
    "++i.x=2", "i.x=2", "+i.y=2", "1=two", "+1.a=2", "m.x=1", "++m.x=1", "li.1={z:1}", "++li.1={z:1}", "c=???",
    "c={y:???}", "~c=???",
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return write(tmp_path_factory.mktemp("conf"), {"config": TREE})


@pytest.mark.parametrize("text", OVERRIDES)
def test_override(tree, text):
    assert disagreement(tree, "config", [text]) is None


WORDS = [
    "a",
    "-",
    "1",
    "0",
    "_",
    ".",
    "/",
    "+",
    "e",
    "x",
    "null",
    "True",
    "inf",
    "nan",
    "é",
    "٣",
    "$",
    "*",
    " ",
    ":",
    "=",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["a=", "+a.b=", "++x/y=", "a.0="]), st.lists(st.sampled_from(WORDS), max_size=4))
def test_override_text(key, words):
    text = key + "".join(words)
    try:
        wanted = parse_override(text)
    except OverrideSyntaxError:
        with pytest.raises(ComposeError):
            parse_all([text])
        return
    found = parse_all([text])[0]
    assert (found.action.value, found.key, found.package) == wanted[:3]
    assert first_difference(wanted[3], found.value, ()) is None


PARTS = [
    "${",
    "}",
    "a",
    "b-1",
    ".",
    "[",
    "]",
    ":",
    ",",
    "{",
    "'",
    '"',
    "\\",
    "$",
    " ",
    "\t",
    "\n",
    "1e3",
    "é",
    "=",
    "null",
]
WHOLE = ["${a}", "${oc.env:X}", "\\${", "\\\\${a}", "'x'", "[1, 2]", "{a: 1}", "${a.${b}}"]


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(["${", "${a:", "${a.", "x${oc.env:", ""]), st.lists(st.sampled_from(PARTS + WHOLE), max_size=8))
@example("${", ["now", ":", "%Y-%m-%d", "}"])
@example("${", ["a", ".", "${b}", "}"])
@example("${a:", ['"', "${b}", "\\", '"', '"', "}"])
@example("${a:", ["{", "x", ":", "[", "1", ",", ",", "]", "}", "}"])
@example("${", ["[", "a", "]", "[", "b-1", "]", "}"])
@example("${", ["a", "\n", "}"])
def test_interpolation_is_valid_where_omegaconf_takes_it(begin, parts):
    text = begin + "".join(parts)
    if "${" not in text:
        return
    try:
        omegaconf_parse(text)
    except GrammarParseError:
        with pytest.raises(GrammarError):
            check(text)
    else:
        check(text)


def test_deep_nesting_is_refused_and_no_crash():
    for text in ("${" * 5_000, "${a:" + "[" * 5_000, "${a:" + "{a:" * 5_000):
        with pytest.raises(GrammarError):
            check(text)


VALUES = [
    "1", "a", "null", "'${b}'", "'${a.b}'", "'${.c}'", "'${..b}'", "'x${a}'", "'${c[0]}'", "'${none}'", "'${a.${b}}'",
    "'${.${.a}}'", "'${c.${e}}'", "'\\${a}'", "'${a}${b}'", "'${...a}'", "'${c.+0}'", "'${c.-1}'", "[]", "{}", "0", "b",
]  # fmt: skip


def some_value(draw: random.Random, depth: int = 0) -> str:
    kind = draw.random() if depth < 3 else 1
    if kind < 0.3:
        inner = (f"{key}: {some_value(draw, depth + 1)}" for key in draw.sample("abcde", draw.randint(0, 3)))
        return "{" + ", ".join(inner) + "}"
    if kind < 0.5:
        return "[" + ", ".join(some_value(draw, depth + 1) for _ in range(draw.randint(0, 3))) + "]"
    return draw.choice(VALUES)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_references_are_filled_in_as_omegaconf_does(seed):
    draw = random.Random(seed)
    plain = read("/x.yaml", "\n".join(f"{key}: {some_value(draw)}" for key in "abcde").encode()).value
    resolver = Resolver(plain)
    found = resolver.all()
    try:
        wanted = OmegaConf.to_container(OmegaConf.create(plain), resolve=True)
    except OmegaConfBaseException:
        assert resolver.problems
    else:
        assert resolver.problems == []
        assert first_difference(wanted, found, ()) is None


def test_a_number_cannot_be_a_part_of_a_name():
    resolver = Resolver({"list": [1, 2], "at": 0, "x": "${list.${at}}"})
    resolver.all()
    assert [(item.path, item.message) for item in resolver.problems] == [
        (("x",), "a part of the name is to be a text and is 0; quote the value")
    ]


YAML = {
    "tab behind a value": "a: 1\t\nb: 2",
    "tab before a comment": "a: 1\t# c",
    "tab as the only value": "a:\t1",
    "byte order mark": "\ufeffa: 1",
    "next line": "a: x\x85b: 1",
    "anchor twice": "a: &x 1\nb: &x 2",
    "equals sign as a key": "=: 1",
    "equals sign as a value": "a: =",
    "taken over before its keys were looked at": "b: &b {x: 1}\na: {d: &d {<<: *b, x: 2}}\ne: {<<: *d}",
    "taken over after its keys were looked at": "b: &b {x: 1}\nd: &d {<<: *b, x: 2}\ne: {<<: *d}",
    "merge of a list": "b: &b {x: 1, y: 1}\nc: &c {x: 2}\nd: {<<: [*b, *c], z: 3, y: 4}",
    "two merge keys": "b: &b {x: 1}\nc: &c {x: 2}\nd: {<<: *b, <<: *c}",
    "text with YAML in it": "'a: 1'",
    "text that is empty": "''",
    "text over lines": "a\n\n  b",
    "null as a key in a list": "- ~: 1",
    "tag without a name": "a: ! 12\nb: ! '12'",
    "number with a text": "a: !!int '3'\nb: !!float 1\nc: !!str 1\nd: !!bool yes",
    "not a number": "a: !!int x",
    "ordered mapping": "a: !!omap [b: 1, c: 2]\nd: !!pairs [b: 1, b: 2]",
    "set": "a: !!set {b, c}",
    "timestamp": "a: !!timestamp 2026-01-01",
    "path": "a: !!python/object/apply:pathlib.PosixPath [b, c]",
    "call": "a: !!python/object/apply:os.system [ls]",
    "name": "a: !!python/name:os.system",
    "tuple": "a: !!python/tuple [1]",
    "comment behind a block's head": "a: |#c\n  x",
    "directive": "%YAML 1.1\n---\na: 012",
    "second document": "a: 1\n---\nb: 2",
    "end of document": "a: 1\n...",
    "control character": "a: \x07",
    "zero": "a: \0",
}


@pytest.mark.parametrize("text", YAML.values(), ids=YAML.keys())
def test_yaml(text):
    document = read("/x.yaml", text.encode())
    wanted = loaded(text)
    assert document.readable == (wanted is not None), document.findings
    if wanted is not None:
        assert first_difference(wanted, document.value, ()) is None
        assert list(wanted) == list(document.value)


def loaded(text):
    """What OmegaConf reads; None when it refuses, with whatever exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return OmegaConf.to_container(OmegaConf.load(io.StringIO(text)))
        except (YAMLError, OmegaConfBaseException, ValueError, IndexError, OSError):
            return None


def test_a_tab_behind_a_value_is_found_where_it_stands():
    found = read("/x.yaml", b"a: 1\nb: 2\t\n").findings[0]
    assert (found.code, found.span.line, found.span.column) == ("YML002", 2, 5)
    assert found.message == "a tab stands where YAML takes only spaces; replace it by spaces"


AGAIN = {
    "changed by another": ["base", "other", "base"],
    "changed by two": ["base", "other", "third", "base"],
    "again inside a package": ["base", "other", "base@p"],
    "three times": ["base", "other", "base", "third", "base"],
    "first inside a package": ["base@p", "other", "base"],
    "another changes it at last": ["other", "base", "third", "other"],
}


@pytest.mark.parametrize("items", AGAIN.values(), ids=AGAIN.keys())
def test_a_file_that_is_selected_again(tmp_path, items):
    files = {
        "base": "a: {x: 1, l: [1, {k: 1}], s: {t: 1}}\nb: ${a}\nn: 1",
        "other": "a: {x: 2, l: [3], s: 5, y: 1}\nb: {z: 1}\nn: 2",
        "third": "a: {s: {u: 7}, x: {deep: 1}}\nc: {d: 1}",
    }
    write(tmp_path, {**files, "config": f"defaults: [{', '.join(items)}]"})
    assert disagreement(tmp_path, "config", []) is None
    words = {"append_shipped": False, "settings": Settings(root=tmp_path)}
    count, wrong = false_origins(compose_with_origins(str(tmp_path), "config", [], **words, policy=Policy.HYDRA))
    assert wrong == []
    assert count > 3
    assert compose_with_origins(str(tmp_path), "config", [], **words).value == compose(str(tmp_path), "config", [])


def test_a_lint_of_unusual_interpolations_imports_no_omegaconf(tmp_path):
    text = """
        defaults: [db: '${oc.env:DB}', _self_]
        dir: ${now:%Y-%m-%d}/${now:%H-%M-%S}
        key: ${a.${b}}
        quoted: "${oc.env:X,'a ${b} \\\\' c'}"
        list: '${sum:[1, 2],{x: 1}}'
        bad: ${a b}
    """
    write(tmp_path, {"config": text, "db/mysql": "name: ${eval:'1 + ${a}'}"})
    command = [sys.executable, "-X", "importtime", "-m", "stdspec", "lint", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "stdspec" in imported
    assert not imported & {"omegaconf", "antlr4", "hydra"}
    assert "bad holds no valid interpolation" in " ".join(done.stdout.split())

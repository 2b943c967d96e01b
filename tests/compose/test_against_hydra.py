"""Every composition is what the installed Hydra composes, or is refused when Hydra refuses it."""

import pytest

from stdspec import resources

from .trees import TREE, disagreement, write

CASES = [
    (name, overrides)
    for name, groups in {
        "config": [
            [],
            ["db=postgres"],
            ["db=sqlite", "db.file=x"],
            ["db=missing"],
            ["db=[mysql,postgres]"],
            ["+experiment=fast"],
            ["+experiment=fast", "db=sqlite"],
            ["+experiment=nested/slow"],
            ["+experiment=packaged"],
            ["+experiment=[fast,packaged]"],
            ["experiment=fast"],
            ["+experiment=slow"],
            ["~server"],
            ["~server=apache"],
            ["~server=nginx"],
            ["~pair"],
            ["server/log=verbose"],
            ["server/log=loud"],
            ["+db@more=mysql"],
            ["+db@_global_=mysql"],
            ["db@backup=mysql"],
            ["db@none=mysql"],
            ["+server=apache"],
            ["++server=apache"],
            ["nothing=1", "open=2", "flags=[c]"],
            ["port=eighty", "name=null", "flags=null"],
            ["flags=3"],
            ["flags={a: 1}"],
            ["db=3"],
            ["db=null"],
            ["db={host: x}"],
            ["db={new: x}"],
            ["+db={new: x, user: {age: 3}}"],
            ["++db.user.name=q", "++db.user.age=3"],
            ["db.user.age=3"],
            ["+db.user.age=3", "db.user.age=4"],
            ["+port=3"],
            ["+nothing=3"],
            ["+open=3"],
            ["+new.deep.key=1", "new.deep.key=2"],
            ["port.deep=1"],
            ["+port.deep=1"],
            ["++port.deep=1"],
            ["~port"],
            ["~port=80"],
            ["~port=81"],
            ["~nothing"],
            ["~db.user"],
            ["~db.user.name=root"],
            ["~none.such"],
            ["~flags.0"],
            ["flags.0=z"],
            ["flags[1]=z"],
            ["flags.2=z"],
            ["flags.x=z"],
            ["text='${port}'"],
            ["text='${flags}'", "+text.x=1"],
            ["text='${flags}'", "+text.5=1"],
            ["text='${db}'", "+text.new=1"],
            ["text='${db}'", "+text.host=1"],
            ["text='${none}'", "+text.host=1"],
            ["text='${port'"],
            ["+text2=${a:b,c}"],
            ["+x='a b'", '+y="q\'q"', "+z=a\\,b", "+w=${db.port}"],
            ["+n=[1,[2,{a: 3}]]", "+m={a: {b: c}, d: [1.5, null, true]}"],
            ["+n={1: 2, true: 3, 1.5: x}"],
            ["+f=1_000", "+g=1e3", "+h=-0", "+i=+5", "+j=007", "+k=.5", "+l=0x1F", "+o=inf"],
            ["+a=TRUE", "+b=Null", "+c=nan", "+d=yes", "+e=on", "+g=True_"],
            ["+a=a/b.c", "+b=a-b", "+c=a:b", "+d=2026-01-01", "+e=20ms", "+f=", "+g=1.2.3"],
            ["+a=int(3.7)", "+b=str([1,2])", "+c=sort(3,1,2)"],
            ["+a=1,2"],
            ["+a=range(1,3)"],
            ["a b=1"],
            ["port"],
            ["=1"],
            ["hydra.run.dir=x"],
            ["hydra.nothing=x"],
            ["+hydra.nothing=x"],
            ["hydra/job_logging=disabled"],
            ["hydra/job_logging=none_such"],
            ["hydra.searchpath=[/does/not/exist]"],
            ["hydra.searchpath=3"],
        ],
        "self_first": [[], ["db=postgres"], ["db.own=2"]],
        "no_defaults": [[], ["a.b=1"], ["a.b={d: 1}"], ["++a.b={d: 1}"], ["l.0.x=2"], ["l[0]={y: 1}"], ["+db=mysql"]],
        "packages": [[], ["db@first=sqlite"], ["db@second.inner=mysql"], ["db=mysql"], ["~db@first"]],
        "lists": [[], ["db=sqlite"], ["server=nginx"], ["server=apache", "+experiment=fast"], ["+extra=x"]],
        "overriding": [[], ["server/log=short"], ["server=nginx"]],
        "computed": [[], ["db=postgres"], ["db=sqlite"], ["pair=mysql_nginx"]],
        "global_file": [[], ["db=sqlite"]],
        "must_choose": [[], ["db=mysql"]],
        "through_interpolation": [[], ["db=mysql"], ["db.deep.x=2"]],
        "none_such": [[]],
    }.items()
    for overrides in groups
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return write(tmp_path_factory.mktemp("conf"), TREE)


@pytest.mark.parametrize(("name", "overrides"), CASES, ids=[f"{name} {' '.join(words)}" for name, words in CASES])
def test_same_result_or_same_refusal(tree, name, overrides):
    assert disagreement(tree, name, overrides) is None


@pytest.mark.parametrize("overrides", [[], ["+a.b=1"], ["a=1"], ["+db=mysql"]])
def test_without_a_primary_config(tree, overrides):
    assert disagreement(tree, None, overrides) is None


BAD_TREES = {
    "self twice": "defaults: [_self_, _self_]",
    "override before": "defaults: [override db: mysql, db: sqlite]",
    "override of nothing": "defaults: [override db: mysql]",
    "chosen twice": "defaults: [db: mysql, db: sqlite]",
    "twice the same": "defaults: [db: mysql, db: mysql]",
    "no list": "defaults: {db: mysql}",
    "two groups in one item": "defaults: [{db: mysql, server: apache}]",
    "number as option": "defaults: [db: 3]",
    "number as item": "defaults: [3]",
    "empty item": "defaults: [{}]",
    "list with numbers": "defaults: [db: [1]]",
    "package of self": "defaults: [_self_@x]",
    "unknown option": "defaults: [db: oracle]",
    "unknown config": "defaults: [oracle]",
    "unknown group": "defaults: [base: oracle]",
    "computed from nothing": "defaults: [db: '${none}']",
    "computed in a list": "defaults: [db: ['${none}']]",
    "old-style reference": "defaults: [db: mysql, server: '${defaults.0.db}']",
    "list at the top": "- a\n- b",
    "bad interpolation": "a: ${b",
    "mapping meets list": "defaults: [{db@x: mysql}, _self_]\nx: [1]",
    "search path not a list": "hydra: {searchpath: 3}",
    "hydra key that is none": "hydra: {nothing: 1}",
    "hydra value of a wrong type": "hydra: {verbose: {a: 1}, job: 3}",
    "duplicate key": "a: 1\na: 2",
    "bad header": "# @package a b\na: 1",
    "null as key": "~: 1",
}


@pytest.mark.parametrize("text", BAD_TREES.values(), ids=BAD_TREES.keys())
def test_what_hydra_refuses_is_refused(tmp_path, text):
    write(tmp_path, {**TREE, "bad": text})
    assert disagreement(tmp_path, "bad", []) is None


ODD_TREES = {
    "numbers as keys": "1: a\n2.5: b\ntrue: c",
    "hydra settings": "hydra: {run: {dir: x}, job: {name: y}}\na: 1",
    "escaped interpolation": r"a: \${b}" + "\n" + r"c: x\\${a}",
    "merge keys": "b: &b {x: 1}\nc: {<<: *b, y: 2}",
    "missing beats nothing": "defaults: [db: mysql, _self_]\ndb: {host: '???', port: 1}",
    "not a number": "a: .nan\nb: -.inf",
    "empty": "",
    "only a comment": "# nothing",
    "one word": "word",
    "group keyword in package": "defaults: [db@_group_.x: mysql, _self_]",
    "absolute group below a package": "defaults: [server@s: apache, _self_]",
    "optional group": "defaults: [optional db: oracle, optional server: nginx]",
    "extension in name": "defaults: [db/mysql.yaml]",
    "a file twice at the top": "defaults: [flat, flatter, flat]",
    "list of all": "defaults: [db: []]\na: 1",
}


@pytest.mark.parametrize("text", ODD_TREES.values(), ids=ODD_TREES.keys())
def test_odd_but_valid(tmp_path, text):
    write(tmp_path, {**TREE, "odd": text, "flat": "a: {x: 1}", "flatter": "a: {x: 2}\nb: 1"})
    assert disagreement(tmp_path, "odd", []) is None


@pytest.mark.parametrize("name", sorted(path.stem for path in (resources.conf() / "experiment").glob("*.yaml")))
def test_shipped_experiments(name):
    assert disagreement(resources.conf(), "config", [f"+experiment={name}"]) is None


def test_search_path_in_the_primary(tmp_path):
    more = write(tmp_path / "more", {"db/oracle": "host: there"})
    write(
        tmp_path / "conf", {**TREE, "wide": f"defaults: [db: oracle, _self_]\nhydra: {{searchpath: ['file://{more}']}}"}
    )
    assert disagreement(tmp_path / "conf", "wide", []) is None
    assert disagreement(tmp_path / "conf", "config", ["db=oracle", f"hydra.searchpath=[{more}]"]) is None
    assert disagreement(tmp_path / "conf", "config", ["db=oracle"]) is None


def test_search_path_below_the_primary_is_refused(tmp_path):
    write(tmp_path, {**TREE, "db/path": "# @package _global_\nhydra: {searchpath: [x]}"})
    assert disagreement(tmp_path, "config", ["db=path"]) is None

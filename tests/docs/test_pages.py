import json
import re
from pathlib import Path

import pytest
import yaml

from stdspec import resources
from stdspec.capability import PARTS, STATED
from stdspec.cli.main import run
from stdspec.domains import DOMAINS
from stdspec.paths import dotted

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
EXAMPLES = DOCS.parent / "examples"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def shown(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_to_a_file(page):
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_every_page_can_be_reached_from_the_index():
    seen: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [page.parent / link for link in LINK.findall(page.read_text(encoding="utf-8"))]
    written = {page.resolve() for part in ("tutorial", "how-to", "explanation") for page in (DOCS / part).glob("*.md")}
    assert written - seen == set()


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_yaml_example_can_be_read(page):
    for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        assert isinstance(yaml.safe_load(block), dict)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_reference_names_every_option_that_ships(domain):
    words = (DOCS / "reference" / "spec.md").read_text(encoding="utf-8")
    section = words.split(f"\n## {domain}\n")[1].split("\n## ")[0]
    options = {path.stem for path in (resources.conf() / domain).rglob("*.yaml")}
    assert {option for option in options if f"`{option}`" not in section} == set()


@pytest.mark.parametrize("domain", sorted(DOMAINS.keys() - {"model"}))
def test_the_reference_names_every_key_of_a_domain(domain):
    words = (DOCS / "reference" / "spec.md").read_text(encoding="utf-8")
    section = words.split(f"\n## {domain}\n")[1].split("\n## ")[0]
    schema = json.loads((resources.schemas() / f"{domain}.schema.json").read_text(encoding="utf-8"))
    parts = [schema, *(schema.get("$defs", {}).get(name, {}) for name in ("main", "fit"))]
    keys = {key for part in parts for key in part.get("properties", {})}
    assert keys
    assert {key for key in keys if f"| `{key}` |" not in section} == set()


def test_the_reference_says_what_this_version_does_not_run():
    words = (DOCS / "reference" / "spec.md").read_text(encoding="utf-8").split("## What this version does not run")[1]
    assert {path for path in map(dotted, (part.path for part in PARTS)) if f"`{path}`" not in words} == set()
    assert {path for path in map(dotted, STATED) if f"`{path}`" not in words} == set()


@pytest.mark.parametrize(
    "spec",
    [
        *("csv/spec", "csv/monitored", "own_code/spec", "own_code/module_only", "lepton/fixed/spec"),
        *("release/spec", "lies/spec"),
    ],
)
def test_every_example_that_runs_has_no_error(spec, capsys):
    assert run(["lint", str(EXAMPLES / f"{spec}.yaml")]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("page", [DOCS / "how-to" / "csv.md", DOCS.parent / "README.md"], ids=["guide", "readme"])
def test_the_smallest_spec_is_the_one_of_the_example(page):
    spec = (EXAMPLES / "csv" / "spec.yaml").read_text(encoding="utf-8")
    assert f"```yaml\n{spec}```" in page.read_text(encoding="utf-8")

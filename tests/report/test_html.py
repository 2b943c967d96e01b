import json
import re
import subprocess
from html.parser import HTMLParser

import pytest

from stdspec.report import figures, seen, text
from stdspec.report.html import render
from stdspec.report.page import breakable
from tests.browser import CHROMIUM, needs_chromium

from . import sample

HOSTILE = "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"' onmouseover=alert(1)"


class Page(HTMLParser):
    """Collects what a page is made of: its elements with attributes, its text, its ids and what refers to them."""

    def __init__(self, source: str):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.elements if name in attrs]


@pytest.fixture(scope="module")
def html():
    return render(sample.report())


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_it_begins_like_a_page(html):
    assert html.startswith("<!doctype html>")


def test_the_policy_allows_nothing_from_outside(page):
    policies = [
        attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_nothing_is_loaded_from_anywhere(html, page):
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "img", "object", "embed", "audio", "video", "form", "base"}
    targets = page.values("href") + page.values("src") + page.values("srcset") + page.values("xlink:href")
    assert all(target.startswith(("#", "data:image/svg+xml,")) for target in targets)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_inside_the_page_has_a_target(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)


def test_the_headline_is_the_sentence_of_the_report(page):
    assert "Evidence supports 10 of 15 clauses that hold at stage candidate; 1 fails" in page.text
    assert "compliant" not in page.text.lower()
    assert "presumption of conformity" not in page.text.lower()


@pytest.mark.parametrize("words", ["pass", "fail", "error", "no evidence", "stale", "waived", "not applicable"])
def test_every_verdict_is_said_in_words(page, words):
    badges = [word.strip() for word in page.words]
    assert words in badges


def test_declared_observed_limit_and_place_stand_in_the_clause(page):
    assert "Every slice is above its floor" in page.text
    assert "Declared sensitivity 0.9 Observed 0.871 Limit" in page.text
    assert "run.evaluation.slices each: is pass" in page.text
    assert "conf/ config. yaml:23:5" in page.text  # breaks are allowed after / and .


def test_what_was_not_recorded_says_so_and_is_no_pass():
    report = sample.report()
    report["evaluation"]["metrics"][0] |= {"estimate": None, "lower": None, "upper": None, "passed": None}
    report["weights"] = None
    words = Page(render(report)).text
    assert "auroc not judged not recorded interval not recorded" in words
    assert "Weights not recorded" in words


def test_a_run_that_left_nothing_still_has_a_page():
    report = json.loads(json.dumps(sample.report()))
    report |= {"data": None, "evaluation": None, "deployment": None, "training": [], "clauses": [], "assumed": []}
    report |= {"overrides": [], "choices": [], "compute": [], "mismatches": [], "weights": None, "owner": None}
    words = Page(render(report)).text
    assert "No clause was judged." in words
    assert "Nothing was assumed." in words
    assert "No override was given" in words


def test_overrides_show_what_they_replaced(page):
    assert "training. epochs=7" in page.text
    assert "replaced later" in page.text


def test_the_same_report_gives_the_same_bytes(html):
    assert render(json.loads(json.dumps(sample.report()))) == html


def poisoned(value):
    """The report with every text made hostile, but for those that the schema fixes to a word."""
    if isinstance(value, dict):
        return {key: part if key in FIXED else poisoned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [poisoned(part) for part in value]
    return HOSTILE + value if isinstance(value, str) else value


FIXED = {"verdict", "level", "outcome", "status", "side", "judged", "stage", "from", "mode", "monitor", "node"}


def test_hostile_text_in_any_field_stays_text():
    page = Page(render(poisoned(sample.report())))
    tags = {tag for tag, _ in page.elements}
    assert "script" not in tags
    assert "img" not in tags
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]
    assert "<script>alert(1)</script>" in page.text


def test_hostile_keys_stay_text():
    report = sample.report()
    report["owner"] = {HOSTILE: HOSTILE}
    report["data"]["origin"] = {HOSTILE: HOSTILE}
    report["environment"]["packages"] = {HOSTILE: "1"}
    report["training"][0]["epochs"] = [{"epoch": 1, "values": {HOSTILE: 1.0}}]
    tags = {tag for tag, _ in Page(render(report)).elements}
    assert "script" not in tags


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "not recorded"),
        ("nan", "not a number"),
        (True, "yes"),
        (1797, "1\u202f797"),
        (0.98765432, "0.9877"),
        (15030.52, "15\u202f031"),
        (1.2e-07, "1.2e-7"),
        (2.5e30, "2.5e30"),
        ({"a": [1, None]}, "a: (1, none)"),
        ([], "none"),
        ({"a": {"b": 1, "c": 2}}, "a: (b: 1, c: 2)"),
        ("sha256:" + "ab" * 32, "sha256:abababababab…"),
    ],
)
def test_values_read_as_people_write_them(value, words):
    assert text.value(value) == words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (None, "none stated"),
        ({"run.a.lower": {"at_least": 0.97}}, "run.a.lower at least 0.97"),
        ({"spec.x": {"exists": True}, "run.y": {"is": {"path": "spec.z"}}}, "spec.x exists; run.y is spec.z"),
        ({"rule": "DAT001"}, "what the check DAT001 looks for"),
        ({"spec.risks": {"any": {"level": {"is": "high"}}}}, "spec.risks any: level is high"),
    ],
)
def test_limits_read_as_sentences(limit, words):
    assert text.limit(limit) == words


def test_a_cell_shortens_paths_only_as_far_as_they_stay_different():
    assert text.brief({"spec.compute.accelerator": "cpu", "spec.compute.limits.memory": "4GiB"}) == (
        "accelerator: cpu, memory: 4GiB"
    )
    assert text.brief({"spec.loss.kind": "a", "spec.schedule.kind": "b"}) == "loss.kind: a, schedule.kind: b"
    assert text.brief({"a.b": 1}) == "a.b: 1"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"accuracy": {"estimate": 0.9074, "lower": 0.8664, "upper": 0.93918, "n": 270, "method": "exact"}},
         "accuracy 0.9074 [0.8664, 0.9392], n = 270"),
        ({"image": {"dtype": "float32", "shape": ["batch", 1, 8, 8]}}, "image float32 [batch, 1, 8, 8]"),
        ({"onnx": {"max_abs": 3e-7, "atol": 1e-5, "rtol": 1e-4}}, "onnx differs by 3e-7, 1e-5 allowed"),
        ({"rows": {"at_least": 500}}, "rows at least 500"),
        ({"run.split.overlap": {"records": 0}, "run.split.overlap.records": 0}, "overlap: records: 0"),
        ({"a": {"one.bin": "sha256:" + "a" * 64, "two.bin": "sha256:" + "b" * 64}}, "a: 2 digests"),
        ({f"n{number}": "what is said" for number in range(9)},
         "n0: what is said, n1: what is said, n2: what is said, n3: what is said, n4: what is said and 4 more"),
        ("some words " * 12, " ".join(["some words"] * 8) + " …"),
    ],
)  # fmt: skip
def test_a_cell_holds_words_and_no_dump(value, words):
    assert text.brief(value) == words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"spec.data.origin.method": {"matches": "\\S"}}, "spec.data.origin.method is a text"),
        ({"run.code": {"matches": "^sha256:[0-9a-f]{64}$"}}, "run.code is a SHA-256 digest"),
        ({"run.m": {"each": {"lower": {"above": -1e300}}}}, "run.m each: lower is a number"),
    ],
)  # fmt: skip
def test_expressions_that_clauses_often_use_are_said_in_words(limit, words):
    assert text.limit(limit) == words


def clause(**parts):
    """A passed clause with nothing declared or observed, changed by `parts`."""
    return {
        "verdict": "pass", "declared": None, "observed": None, "limit": None,
        "reason": "the check DAT001 finds nothing", "place": "conf/config.yaml:1:1", "path": "spec",
        "look_at": ["spec.data"],
    } | parts  # fmt: skip


def test_a_check_of_the_spec_is_named_and_nothing_is_called_missing():
    judged = clause(limit={"rule": "DAT001"})
    assert seen.rows(judged, {}) == [("Judged", "by the check DAT001 on the spec")]
    assert seen.seen(judged, {}) == ("judged", "the check DAT001 finds nothing")
    assert seen.where(judged) == "spec.data"


def test_a_clause_without_evidence_says_so():
    missing = clause(verdict="no-evidence", limit={"run.training.loss_finite": {"is": True}}, path="run.training")
    assert seen.seen(missing, {}) == ("none", "not recorded")
    assert ("Observed", "not recorded") in seen.rows(missing, {})


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("run.training.loss_finite", True, "loss finite: yes"),
        ("run.evaluation.baseline.passed", False, "baseline passed: no"),
        ("run.mismatches", [], "mismatches: none"),
        ("run.compute.peak_memory", 602001408, "peak memory: 574.1 MiB"),
        ("run.compute.throughput", 582.9, "throughput: 582.9 samples/s"),
    ],
)
def test_a_lone_value_has_its_name_and_its_unit(path, value, words):
    units = {"run.compute.peak_memory": "bytes", "run.compute.throughput": "samples/s"}
    assert seen.seen(clause(observed=value, limit={path: {"is": True}}), units) == ("observed", words)


def test_the_data_card_names_source_and_target_without_a_dump(page):
    assert "From sklearn breast_cancer" in page.text
    assert "Target diagnosis Positive class malignant" in page.text
    assert "kind: sklearn" not in page.text
    assert "team: clinical-ml" not in page.text


def test_long_paths_may_break():
    assert breakable("a.b/c_d<i>") == "a.<wbr>b/<wbr>c_<wbr>d&lt;i&gt;"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2 between two colours written as #rrggbb."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_aa_asks_for(html, scheme):
    part = html.split("@media (prefers-color-scheme: dark)")[scheme == "dark"]
    colours = dict(reversed(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", part)))
    verdicts = [(name, f"{name}-soft") for name in ("pass", "fail", "error", "open", "stale", "waived", "none")]
    grounds = [(text, ground) for text in ("ink", "soft", "accent") for ground in ("paper", "card", "faint")]
    weak = {pair for pair in verdicts + grounds if contrast(colours[pair[0]], colours[pair[1]]) < 4.5}
    assert weak == set()


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_does_not_scroll_sideways(html, tmp_path, width):
    """Measured in a frame of the wanted width, for a window cannot be made narrower than 500 pixels."""
    report = tmp_path / "report.html"
    report.write_text(html.replace("<details", "<details open"), encoding="utf-8")
    probe = tmp_path / "probe.html"
    probe.write_text(
        f'<!doctype html><iframe id="f" src="{report.as_uri()}" style="width:{width}px;height:800px;border:0"></iframe>'
        '<p id="out">waiting</p><script>document.getElementById("f").onload = (e) => {'
        " const root = e.target.contentDocument.scrollingElement;"
        ' const widths = root.clientWidth + " " + root.scrollWidth;'
        ' document.getElementById("out").textContent = "measured " + widths; };</script>',
        encoding="utf-8",
    )
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --allow-file-access-from-files --window-size=1400,900 --dump-dom"
    )
    command = [CHROMIUM, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", probe.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"measured (\d+) (\d+)", done.stdout)
    assert found, done.stderr[-2000:]
    layout, scroll = map(int, found.groups())
    assert width - 20 <= layout <= width
    assert scroll <= width


def test_of_many_classes_those_with_the_smallest_area_are_drawn():
    curves = [{"label": str(label), "points": [[0, 0], [0.5, 1 - label / 20], [1, 1]]} for label in range(10)]
    report = sample.report()
    report["evaluation"]["curves"] = {"roc": curves}
    (drawn,) = figures.draw(report)["curves"]
    assert [item["name"] for item in drawn["legend"]] == ["4", "5", "6", "7", "8", "9"]
    assert "4 more classes lie above" in Page(render(report)).text

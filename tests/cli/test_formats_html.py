"""The HTML of `stdspec lint`: one offline page that parses cleanly, loads nothing and shows texts as texts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stdspec.cli.formats import render
from stdspec.cli.formats.look import Look
from stdspec.cli.visible import visible
from stdspec.finding import Finding, Related, Severity, Span
from stdspec.lint.engine import Report
from tests.browser import CHROMIUM, needs_chromium

html_parser = pytest.importorskip("tinyhtml5.parser", reason="needs the dev extra")

LOADS = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "manifest"}


def parsed(text: str) -> Any:
    """The document; any error that the HTML standard knows fails."""
    parser = html_parser.HTMLParser(namespace_html_elements=False)
    root = parser.parse(text)
    assert parser.errors == []
    return root


def texts(root: Any, name: str, style: str = "") -> list[str]:
    return [
        "".join(item.itertext()).strip()
        for item in root.iter(name)
        if not style or style in item.get("class", "").split()
    ]


def test_the_page_is_whole_and_loads_nothing(hostile: Report) -> None:
    text = render("html", hostile, Look())
    root = parsed(text)
    policies = [meta.get("content") for meta in root.iter("meta") if meta.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    tags = {item.tag for item in root.iter() if isinstance(item.tag, str)}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form", "svg", "b0"})
    for item in root.iter():
        attributes = dict(item.attrib)
        assert attributes.keys().isdisjoint(LOADS), attributes
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith("#")
    (style,) = texts(root, "style")
    assert "url(" not in style
    assert "@import" not in style


def test_chinese_texts_have_fonts_of_their_own(hostile: Report) -> None:
    """Without them a browser takes the Japanese forms of characters that both languages share."""
    (style,) = texts(parsed(render("html", hostile, Look())), "style")
    for stack in ("serif", "sans", "mono"):
        names = re.search(rf"--{stack}: (.*);", style)
        assert names is not None
        assert re.search(r"CJK SC", names[1])
        assert names[1].index("CJK SC") > names[1].index("Noto" if stack != "mono" else "Menlo")


def test_every_link_in_the_page_has_its_target(hostile: Report) -> None:
    root = parsed(render("html", hostile, Look()))
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    assert {item.get("href")[1:] for item in root.iter("a")} <= set(ids)


def test_the_table_counts_each_severity_by_itself() -> None:
    said = (
        ("HYD014", Severity.WARNING),
        ("HYD014", Severity.INFO),
        ("HYD014", Severity.INFO),
        ("HYD021", Severity.INFO),
    )
    findings = tuple(Finding(code, "slug", severity, "fact; remedy") for code, severity in said)
    root = parsed(render("html", Report(findings, (), ()), Look()))
    rows = [texts(row, "span", "badge") for row in root.iter("tr")][1:]
    assert rows == [["!1 warning", "i2 info"], ["i1 info"]]
    assert texts(root, "h1") == ["1 warning and 3 info"]
    assert "_self_" in texts(root, "code")  # and no backticks around it
    assert not any("`" in text for text in (*texts(root, "td"), *texts(root, "dd")))


def test_texts_are_shown_as_they_are(hostile: Report) -> None:
    root = parsed(render("html", hostile, Look()))
    facts = texts(root, "p", "fact")
    assert facts[1] == "Quotes \" ' ` and ]]> and <!-- -->"
    assert sum("<script>" in text for text in texts(root, "li")) >= 1
    shown = [visible(item.message).partition("; ")[0] for item in hostile.findings]
    assert sorted(text.lower() for text in facts) == sorted(text.strip().lower() for text in shown)
    assert texts(root, "mark")[0] == "fi"
    assert any("{{ 7 * 7 }}" in text for text in texts(root, "code"))


def test_what_a_reader_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "spec.yaml"
    file.write_text("modle: 3\ntoken: hunter2-is-no-word\n", encoding="utf-8")
    findings = (
        Finding(
            "SPC001",
            "unknown-key",
            Severity.ERROR,
            "unknown key 'modle'; did you mean 'model'?",
            "modle",
            Span(str(file), 1, 1, 1, 6),
            (Related("takes the place of 2 from base", Span(str(file), 2, 1, 2, 6)),),
        ),
        Finding("HYD026", "plain-secret", Severity.WARNING, "token holds a secret", "", Span(str(file), 2, 8, 2, 26)),
    )
    root = parsed(render("html", Report(findings, (str(file),), ("spec.yaml",)), Look()))
    assert texts(root, "h1") == ["1 error and 1 warning"]
    assert texts(root, "title") == ["1 error and 1 warning · stdspec lint"]
    assert texts(root, "h3") == ["spec.yaml"]
    assert texts(root, "p", "fact") == ["Unknown key 'modle'", "token holds a secret".capitalize()]
    assert "Did you mean 'model'?" in texts(root, "p")
    assert texts(root, "pre") == ["1modle: 3"]
    assert texts(root, "mark") == ["modle"]
    assert any(text.endswith("takes the place of 2 from base") for text in texts(root, "li"))
    assert any("revoke what was written down" in text for text in texts(root, "dd"))
    assert texts(parsed(render("html", Report((), (), ()), Look())), "h1") == ["Nothing found"]


def test_names_keep_their_spelling(tmp_path: Path) -> None:
    found = Finding("X001", "x", Severity.ERROR, "data.source.path is wrong; model.card says so")
    root = parsed(render("html", Report((found,), (), ()), Look()))
    assert texts(root, "p", "fact") == ["data.source.path is wrong"]


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_overflows(hostile: Report, tmp_path: Path, width: int) -> None:
    """An iframe of the width measures itself: a window of Chromium is never narrower than 500 pixels."""
    page = render("html", hostile, Look())
    (tmp_path / "page.html").write_text(page.replace("default-src 'none'", "default-src 'self' 'unsafe-inline'"))
    frame = f'<iframe id="f" src="page.html" style="width:{width}px;height:3000px;border:0"></iframe>'
    script = (
        "f.onload = () => { const d = f.contentDocument.documentElement;"
        " document.title = 'wide ' + d.scrollWidth + ' of ' + d.clientWidth; }"
    )
    (tmp_path / "frame.html").write_text(f"<!doctype html><body style='margin:0'>{frame}<script>{script}</script>")
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=2000",
            "--dump-dom",
            f"file://{tmp_path}/frame.html",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    measured = re.search(r"wide (\d+) of (\d+)", done.stdout)
    assert measured, done.stderr[-500:]
    assert int(measured[1]) <= int(measured[2])

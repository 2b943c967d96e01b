"""The confusion matrix: counts by true and predicted class."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from stdspec.report.svg.shapes import frame, words


def confusion(labels: Sequence[str], counts: Sequence[Sequence[int]], *, label: str) -> Markup:
    """Counts by true class (rows) and predicted class (columns), shaded by the share of the row."""
    size = len(labels)
    shown = [_cut(name, 11) for name in labels]
    cell = max(14.0, min(76.0, 290.0 / max(1, size)))
    left, top = 30.0 + 6.5 * max(map(len, shown), default=0), 34.0
    body: list[Markup] = [words(left + size * cell / 2, 11, "predicted", "tick", "middle")]
    half = round(top + size * cell / 2, 2)
    turned = Markup('<text x="11" y="{}" class="tick" text-anchor="middle" transform="rotate(-90 11 {})">true</text>')
    body.append(turned.format(half, half))
    for row, (name, line) in enumerate(zip(labels, counts, strict=True)):
        y = round(top + row * cell, 2)
        middle = round(left + (row + 0.5) * cell, 2)
        body.append(words(left - 6, round(y + cell / 2 + 4, 2), shown[row], "tick", "end"))
        body.append(words(middle, top - 7, _cut(name, max(1, int(cell / 6.5))), "tick", "middle"))
        for column, count in enumerate(line):
            title = f"true {name}, predicted {labels[column]}: {count} of {sum(line)}"
            heat = _heat(count / (sum(line) or 1))
            kind = "right" if row == column else "wrong"
            body += _cell(round(left + column * cell, 2), y, cell, count, heat=heat, kind=kind, title=title)
    width, height = max(358, round(left + size * cell + 8)), round(top + size * cell + 4)
    return frame(width, height, label, body, "confusion")


def _cell(x: float, y: float, cell: float, count: int, *, heat: float, kind: str, title: str) -> list[Markup]:
    """One cell: its ground, its shade with a title, and its count where there is room for it."""
    side = round(cell - 1.5, 2)
    ground = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="cell"/>')
    shade = Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" class="cell {}" fill-opacity="{}"><title>{}</title></rect>'
    )
    out = [ground.format(x, y, side, side), shade.format(x, y, side, side, kind, heat, title)]
    if cell >= 18:
        style = "count strong" if heat > 0.5 else "count zero" if count == 0 else "count"
        out.append(words(round(x + cell / 2 - 0.75, 2), round(y + cell / 2 + 3.5, 2), count, style, "middle"))
    return out


def _heat(share: float) -> float:
    """Opacity of a cell: any count at all is visible, a full row is solid."""
    return 0.0 if share == 0 else round(0.12 + 0.88 * share, 3)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: max(1, length - 1)] + "…"

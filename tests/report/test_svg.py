import xml.etree.ElementTree as ET

import pytest

from stdspec.report import svg

NS = "{http://www.w3.org/2000/svg}"


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(str(markup))


def test_a_curve_starts_at_the_left_axis_and_ends_at_the_right_one_with_its_extremes_inside():
    root = parsed(svg.curves([("train/loss", [(1, 1.0), (2, 0.5), (3, 0.0)])], label="loss"))
    (line,) = root.iter(f"{NS}polyline")
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    # axis 44 … 350; values 0 … 1 with 6 % of room above and none below zero, on 178 … 20
    assert [x for x, _ in points] == [44.0, 197.0, 350.0]
    assert points[0][1] == pytest.approx(178 - 158 / 1.06, abs=0.01)
    assert points[2][1] == 178.0
    assert points[0][1] < points[1][1] < points[2][1]


def test_the_chosen_checkpoint_is_marked_at_its_epoch():
    root = parsed(svg.curves([("a", [(1, 1.0), (3, 0.0)])], label="loss", chosen=2, chosen_text="kept: epoch 2"))
    (mark,) = [line for line in root.iter(f"{NS}line") if line.attrib["class"] == "chosen"]
    assert (mark.attrib["x1"], mark.attrib["x2"]) == ("197.0", "197.0")
    assert "kept: epoch 2" in [text.text for text in root.iter(f"{NS}text")]


def test_a_missing_value_breaks_the_line_and_a_lonely_point_is_a_dot():
    root = parsed(svg.curves([("a", [(1, 1.0), (2, 0.8), (3, None), (4, 0.5)])], label="loss"))
    assert len(list(root.iter(f"{NS}polyline"))) == 1
    assert [dot.attrib["cx"] for dot in root.iter(f"{NS}circle")] == ["350.0"]


def test_series_without_a_number_draw_nothing():
    assert svg.curves([("a", [(1, None)]), ("b", [])], label="loss") == ""


def test_one_epoch_is_drawn_as_a_dot():
    root = parsed(svg.curves([("a", [(1, 0.7)])], label="loss"))
    assert len(list(root.iter(f"{NS}circle"))) == 1


def test_the_whiskers_and_the_limit_stand_at_their_values():
    root = parsed(svg.interval(0.95, 0.9, 1.0, 0.92, side="at_least", verdict="fail", label="m"))

    # the axis: 0.9 … 1.0 with a quarter of room below, none above 1: 0.875 … 1 on 2 % … 98 %
    def place(value):
        return pytest.approx(2 + 96 * (value - 0.875) / 0.125, abs=0.01)

    (whisker, *_) = [line for line in root.iter(f"{NS}line") if line.attrib["class"] == "whisker"]
    assert float(whisker.attrib["x1"].rstrip("%")) == place(0.9)
    assert float(whisker.attrib["x2"].rstrip("%")) == place(1.0)
    (limit,) = [line for line in root.iter(f"{NS}line") if line.attrib["class"] == "limit"]
    assert float(limit.attrib["x1"].rstrip("%")) == place(0.92)
    (dot,) = root.iter(f"{NS}circle")
    assert float(dot.attrib["cx"].rstrip("%")) == place(0.95)
    assert dot.attrib["class"] == "estimate fail"


@pytest.mark.parametrize(("side", "start", "end"), [("at_least", 0.92, 1.0), ("at_most", 0.875, 0.92)])
def test_the_side_on_which_the_limit_is_met_is_shaded(side, start, end):
    root = parsed(svg.interval(0.95, 0.9, 1.0, 0.92, side=side, verdict="pass", label="m"))
    (met,) = [rect for rect in root.iter(f"{NS}rect") if rect.attrib["class"] == "met"]
    left = float(met.attrib["x"].rstrip("%"))
    right = left + float(met.attrib["width"].rstrip("%"))
    assert left == pytest.approx(2 + 96 * (start - 0.875) / 0.125, abs=0.02)
    assert right == pytest.approx(2 + 96 * (end - 0.875) / 0.125, abs=0.02)


def test_without_an_interval_there_are_no_whiskers_and_without_a_limit_no_line():
    root = parsed(svg.interval(3.2, None, None, None, side=None, verdict="none", label="m"))
    assert not [line for line in root.iter(f"{NS}line") if line.attrib["class"] in ("whisker", "limit")]
    assert len(list(root.iter(f"{NS}circle"))) == 1


def test_a_confusion_matrix_shows_every_count_and_shades_by_share_of_its_row():
    root = parsed(svg.confusion(["a", "b"], [[8, 2], [0, 5]], label="m"))
    counts = [text.text for text in root.iter(f"{NS}text") if text.attrib["class"].startswith("count")]
    assert counts == ["8", "2", "0", "5"]
    shaded = [rect for rect in root.iter(f"{NS}rect") if "fill-opacity" in rect.attrib]
    assert [rect.attrib["class"] for rect in shaded] == ["cell right", "cell wrong", "cell wrong", "cell right"]
    assert [float(rect.attrib["fill-opacity"]) for rect in shaded] == [0.824, 0.296, 0.0, 1.0]
    assert [rect.find(f"{NS}title").text for rect in shaded][1] == "true a, predicted b: 2 of 10"


def test_parts_of_the_bar_add_up_to_its_width():
    root = parsed(svg.bar([("pass", 3), ("fail", 0), ("no-evidence", 1)], label="verdicts"))
    parts = [
        (rect.attrib["class"], float(rect.attrib["x"]), float(rect.attrib["width"])) for rect in root.iter(f"{NS}rect")
    ]
    assert parts == [("part pass", 0.0, 750.0), ("part no-evidence", 750.0, 250.0)]


def test_a_bar_of_nothing_is_nothing():
    assert svg.bar([("pass", 0)], label="verdicts") == ""


def test_ticks_are_round_and_inside():
    assert svg.ticks(0.0, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert svg.ticks(0.937, 0.991) == [0.94, 0.96, 0.98]
    assert svg.ticks(5.0, 5.0) == [5.0]


def test_a_dot_grows_in_area_with_its_rows():
    root = parsed(svg.xy([("a", [[0, 0, 25], [1, 1, 100]])], across="x", up="y", label="m", diagonal=True, dots=True))
    dots = [tuple(float(dot.attrib[key]) for key in ("cx", "cy", "r")) for dot in root.iter(f"{NS}circle")]
    assert dots == [(46.0, 256.0, 4.5), (292.0, 10.0, 7.0)]


def test_the_diagonal_is_where_both_axes_are_equal():
    points = [[2.0, 4.0], [6.0, 3.0]]
    root = parsed(svg.xy([("a", points)], across="x", up="y", label="m", diagonal=True, dots=True))
    (line,) = [line for line in root.iter(f"{NS}line") if line.attrib["class"] == "diagonal"]
    assert [float(line.attrib[key]) for key in ("x1", "y1", "x2", "y2")] == [46.0, 256.0, 292.0, 10.0]


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "a & b <i>", "' onload='x"])
def test_texts_are_escaped(hostile):
    figures = [
        svg.curves([(hostile, [(1, 1.0), (2, 2.0)])], label=hostile, chosen=1, chosen_text=hostile),
        svg.confusion([hostile, "b"], [[1, 1], [1, 1]], label=hostile),
        svg.interval(0.5, None, None, None, side=None, verdict="none", label=hostile),
        svg.xy([(hostile, [(0, 0), (1, 1)])], across=hostile, up=hostile, label=hostile, diagonal=True, dots=False),
        svg.share(0.5, label=hostile),
        svg.bar([("pass", 1)], label=hostile),
    ]
    for figure in figures:
        root = parsed(figure)
        assert not list(root.iter("script"))
        assert not list(root.iter(f"{NS}script"))
        assert root.attrib["aria-label"] == hostile
        assert all("onload" not in element.attrib for element in root.iter())


def test_the_confusion_matrix_names_both_axes():
    root = parsed(svg.confusion(["no", "yes"], [[3, 1], [0, 4]], label="m"))
    assert {"predicted", "true"} <= {text.text for text in root.iter(f"{NS}text")}

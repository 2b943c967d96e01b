"""The table of a sweep: in columns that fit the terminal, whatever the overrides."""

from __future__ import annotations

from pathlib import Path

from stdspec.cli.sweep import lines
from stdspec.sweep.point import Point
from stdspec.sweep.run import Swept


def swept() -> Swept:
    base = "+experiment=own"
    points = tuple(
        Point(
            number,
            (base, f"training.epochs={epochs}", f"evaluation.metrics.accuracy.at_least={limit}"),
            f"/sweep/{number}",
            status,
            stage="research",
            metrics={"accuracy": 0.5},
            ran=3,
        )
        for number, (epochs, limit, status) in enumerate([(1, 0.01, 0), (2, 0.99, 1)])
    )
    return Swept(Path("/sweep"), points, 2)


def test_a_table_that_is_too_wide_has_an_override_a_line() -> None:
    assert list(lines(swept(), 100))[:4] == [
        "point  overrides                                  stage     metric        verdict  from",
        "1      training.epochs=1                          research  accuracy=0.5  pass     run",
        "       evaluation.metrics.accuracy.at_least=0.01",
        "2      training.epochs=2                          research  accuracy=0.5  fail     run",
    ]


def test_one_that_fits_has_a_point_a_line() -> None:
    table = list(lines(swept(), 120))
    assert table[1].startswith("1      training.epochs=1 evaluation.metrics.accuracy.at_least=0.01  research")
    assert table[2].startswith("2 ")


def test_a_secret_that_is_swept_over_is_masked() -> None:
    points = tuple(
        Point(number, (f"training.loggers.mlflow.password={secret}", "seed=1"), f"/sweep/{number}", 0)
        for number, secret in enumerate(["kX9vQ2mZ7pL4tR8w", "uB5nC1jH6dS3gF0y"])
    )
    text = "\n".join(lines(Swept(Path("/sweep"), points, 2), 120))
    assert "training.loggers.mlflow.password=kX…" in text
    assert "Q2mZ7" not in text
    assert "C1jH6" not in text


def test_a_sweep_without_points_has_no_table() -> None:
    assert list(lines(Swept(Path("/sweep"), (), 2), 80)) == ["sweep  /sweep"]

"""Writes three tables of invented customers: train.csv, and two later weeks to compare with it.

Invented, so that the how-to guides have numbers to show and nobody's data is used. Week 24 has higher fees and one
impossible age.
"""

import csv
import random

COLUMNS = ["age", "monthly_fee", "calls", "plan", "churned"]


def customers(count: int, raised: float, dice: random.Random) -> list[list[object]]:
    """Rows in which a high fee and many calls make it likely that somebody leaves."""
    rows: list[list[object]] = []
    for _ in range(count):
        age, calls = dice.randint(18, 90), dice.randint(0, 12)
        fee = round(dice.uniform(5, 80) + raised, 2)
        leaning = 0.04 * (fee - 45) + 0.3 * (calls - 6) - 0.02 * (age - 54) + dice.gauss(0, 1)
        rows.append([age, fee, calls, dice.choice(["basic", "plus", "pro"]), "yes" if leaning > 0 else "no"])
    return rows


def write(name: str, rows: list[list[object]]) -> None:
    """One table with its header."""
    with open(name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    dice = random.Random(7)  # noqa: S311 - it deals invented rows and guards nothing
    write("train.csv", customers(2000, 0, dice))
    write("week_23.csv", customers(1000, 0, dice))
    late = customers(1000, 30, dice)
    late[7][0] = 210
    write("week_24.csv", late)

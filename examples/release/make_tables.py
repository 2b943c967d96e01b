"""Writes three tables of invented patients: visits.csv, and two that a standard has to find fault with.

repeated.csv holds thirty rows twice; in named.csv, which is said to hold no names, forty patients go by their e-mail
address. Invented, so that nobody's data is used.
"""

import csv
import hashlib
import random

COLUMNS = ["patient", "sex", "age", "pulse", "pressure", "returned"]


def visits(count: int, dice: random.Random) -> list[list[object]]:
    """Rows in which a quick pulse, a high pressure and age make it likely that somebody is back within a month."""
    rows: list[list[object]] = []
    for number in range(count):
        age, pulse, pressure = dice.randint(18, 90), dice.randint(50, 120), dice.randint(95, 180)
        leaning = 0.08 * (pulse - 85) + 0.06 * (pressure - 137) + 0.04 * (age - 54) + dice.gauss(0, 0.5)
        name = hashlib.sha256(f"patient {number}".encode()).hexdigest()[:12]
        sex = dice.choice(["f", "m"])
        rows.append([name, sex, age, pulse, pressure, "yes" if leaning > 0 else "no"])
    return rows


def write(name: str, rows: list[list[object]]) -> None:
    """One table with its header."""
    with open(name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    rows = visits(900, random.Random(11))  # noqa: S311 - it deals invented rows and guards nothing
    write("visits.csv", rows)
    write("repeated.csv", [*rows, *rows[:30]])
    named = [[f"patient{number}@example.org", *row[1:]] if number < 40 else row for number, row in enumerate(rows)]
    write("named.csv", named)

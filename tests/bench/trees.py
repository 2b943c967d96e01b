"""Generated config trees: nine groups, a primary that chooses from each, and as many experiments as asked for."""

from __future__ import annotations

from pathlib import Path

from stdspec import resources

GROUPS = ("data", "compute", "model", "training", "evaluation", "deployment", "monitoring", "governance", "logger")
OPTIONS = 4


def write(folder: Path, experiments: int) -> None:
    """A Hydra project: every option holds twelve values, every experiment changes two choices and three values."""
    for index, group in enumerate(GROUPS):
        (folder / group).mkdir(parents=True, exist_ok=True)
        for option in range(OPTIONS):
            lines = [f"name: {group}_{option}", f"size: {64 * (option + 1)}", f"rate: {1 / (index + 2):.4f}"]
            lines += [f"key_{number}: {number * (option + 1)}" for number in range(6)]
            lines += [f"nested: {{depth: {option}, label: '${{..name}}-{option}'}}", "items: [a, b, c]"]
            (folder / group / f"o{option}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    chosen = "\n".join(f"  - {group}: o0" for group in GROUPS)
    (folder / "config.yaml").write_text(f"defaults:\n{chosen}\n  - _self_\nseed: 0\ntitle: ${{data.name}}\n")
    (folder / "experiment").mkdir(exist_ok=True)
    for number in range(experiments):
        first, second = GROUPS[number % 9], GROUPS[(number // 9 + 1 + number) % 9]
        overrides = dict.fromkeys((first, second), f"o{number % OPTIONS}")
        lines = ["# @package _global_", "defaults:"]
        lines += [f"  - override /{group}: {option}" for group, option in overrides.items()]
        lines += ["  - _self_", f"seed: {number}", f"{first}: {{size: {number}, nested: {{depth: {number % 7}}}}}"]
        (folder / "experiment" / f"e{number}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_specs(folder: Path, experiments: int) -> None:
    """A stdspec project: the shipped digits experiment as often as asked for, each with its own name, seed and rate."""
    (folder / "experiment").mkdir(parents=True, exist_ok=True)
    (folder / "stdspec.toml").write_text("conf = '.'\n", encoding="utf-8")
    text = (resources.conf() / "experiment" / "digits.yaml").read_text(encoding="utf-8")
    for number in range(experiments):
        own = text.replace("name: digits\n", f"name: digits-{number}\n").replace("seed: 20\n", f"seed: {number}\n")
        own = own.replace("lr: 2e-3", f"lr: {1e-4 * (1 + number % 50):.4f}")
        (folder / "experiment" / f"e{number}.yaml").write_text(own, encoding="utf-8")

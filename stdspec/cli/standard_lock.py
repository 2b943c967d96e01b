"""``stdspec standard lock``: writes down what the standards say by which a repository is judged."""

from __future__ import annotations

import sys

import click

from stdspec import settings as project
from stdspec.errors import InputError
from stdspec.paths import is_file, shown


@click.command("lock", short_help="Lock the standards that the specs are judged by.")
@click.argument("paths", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; 1 if the lock is not as it would be written.")
def command(paths: tuple[str, ...], *, check: bool) -> int:
    """Write standards.lock: the version and the digest of every standard that a spec names or that one of them extends.

    From then on lint says where a standard changed without its version. PATHS are folders or files of specs; the
    project's config folder where there are none.

    \b
    stdspec standard lock
    stdspec standard lock conf examples --check
    """  # noqa: D301 - click reads the escape
    from stdspec.lint import named
    from stdspec.standard import lock

    settings = project.load()
    found = named.standards(paths or (str(settings.root / settings.conf),), settings)
    if not found:
        raise InputError("no spec here names a standard", remedy="name the folder of the specs")
    text, file = lock.text(found), settings.root / lock.NAME
    same = is_file(file) and file.read_text(encoding="utf-8") == text
    if not same and not check:
        file.write_text(text, encoding="utf-8")
    done = "is as it is" if same else "is out of date" if check else "is written"
    count = text.count("\n") - 1
    sys.stderr.write(f"{shown(file)} {done}: {count} standard{'s' * (count != 1)}\n")
    return int(check and not same)

"""``backup``, ``restore`` and ``doctor``: looking after the data folder."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ordertrail.cli.progress import screen, shown
from ordertrail.cli.setup import Home, use_home

STORE = "db.sqlite3"
PARTS = ("company.json", "key", "source-keys", "landed")
"""What a backup holds beside the store; the hub is made again from it."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (backup, restore, doctor):
        app.command()(command)


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, for example orders.tar.gz.")],
    home: Home = None,
) -> None:
    """Write store, keys and landed bytes into one archive, while work goes on. The archive holds the keys: keep it safe."""
    folder = use_home(home)
    from django.db import connection

    if connection.vendor != "sqlite":
        screen.print("The store is PostgreSQL: back it up with pg_dump; this archive holds the data folder alone.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    with tempfile.TemporaryDirectory(dir=file.parent.resolve()) as space, shown("") as show:
        show("backup", 0, None)
        with tarfile.open(unfinished, "w:gz", compresslevel=3) as archive:
            if connection.vendor == "sqlite":
                copy = Path(space) / STORE
                with connection.cursor() as cursor:
                    cursor.execute("VACUUM INTO %s", [str(copy)])
                archive.add(copy, STORE)
            for path in _kept(folder):
                archive.add(path, str(path.relative_to(folder)))
    with unfinished.open("rb") as whole:
        os.fsync(whole.fileno())
    unfinished.chmod(0o600)
    unfinished.replace(file)
    screen.print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def _kept(folder: Path) -> Iterator[Path]:
    """The files of a data folder that belong into a backup. What is being landed right now has no name of its own yet, and no row of
    the store that was copied before speaks of it."""
    for part in PARTS:
        path = folder / part
        if path.is_dir():
            yield from sorted(path.rglob("*.gz"))
        elif path.exists():
            yield path


def restore(
    file: Annotated[Path, typer.Argument(help="An archive that backup wrote.")],
    home: Annotated[Path, typer.Option("--home", help="A new or empty data folder.")],
) -> None:
    """Bring a backup back into an empty data folder, and verify it."""
    folder = home.expanduser().resolve()
    if folder.exists() and any(folder.iterdir()):
        screen.print(f"{folder} is not empty; a backup is restored into a new folder only.")
        raise typer.Exit(2)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as damage:
        shutil.rmtree(folder)
        screen.print(f"{file} is damaged or no backup of Ordertrail ({damage}); nothing was restored.")
        raise typer.Exit(1) from None
    use_home(folder)
    from ordertrail.cli.company import make_store
    from ordertrail.desk.laws import verify

    make_store()
    broken = list(verify())
    for found in broken[:20]:
        screen.print(f"{found.law} {found.document}: {found.detail}")
    screen.print(f"{folder} is restored; {len(broken)} laws are broken in it.")
    if broken:
        raise typer.Exit(1)


def doctor(home: Home = None) -> None:
    """Look at machine and data folder, and say what to mend."""
    folder = use_home(home)
    from ordertrail.lib.sqlite_library import refusal, sqlite3

    free = shutil.disk_usage(folder).free / 1e9
    findings = [
        ("Python", sys.version.split()[0], ""),
        ("SQLite", sqlite3.sqlite_version, refusal()),
        ("data folder", str(folder), "" if os.access(folder, os.W_OK) else "this user may not write into it"),
        ("free disk", f"{free:.1f} GB", "" if free > 1 else "free some: below 1 GB backups and the hub fail"),
        ("store", *_store()),
        ("landed files", *_landed()),
        ("source keys", *_source_keys()),
    ]
    for name, value, mend in findings:
        screen.print(f"{name:<12} {value}{f'  [red]{mend}[/]' if mend else ''}", soft_wrap=True)
    if any(mend for *_, mend in findings):
        raise typer.Exit(1)


def _source_keys() -> tuple[str, str]:
    """The ids of the keys that seal the sources' credentials, and what is wrong with them."""
    from django.db.utils import DatabaseError

    from ordertrail.sync.secrets import key_id, keys, unreadable

    try:
        found, lost = keys(), list(unreadable())
    except (DatabaseError, OSError, ValueError) as fault:
        return "unknown", str(fault)
    mend = "a rotation was not ended: run `ordertrail source rotate-key` again" if len(found) > 1 else ""
    if lost:
        mend = f"no key opens the credentials of {', '.join(lost)}: type them in again, or bring source-keys back from a backup"
    return ", ".join(map(key_id, found)), mend


def _landed() -> tuple[str, str]:
    """How many landings there are, and those whose file is not whole."""
    from django.db.utils import DatabaseError

    from ordertrail.records.models import Batch
    from ordertrail.sync.landing import damaged

    try:
        count, broken = Batch.objects.count(), [path for _, path in damaged()]
    except DatabaseError as fault:
        return "unknown", str(fault)
    more = f" and {len(broken) - 5} more" if len(broken) > 5 else ""
    mend = f"damaged: {', '.join(broken[:5])}{more}; bring them back from a backup" if broken else ""
    return f"{count:,}", mend


def _store() -> tuple[str, str]:
    """The store, and what is wrong with it as far as it can tell by itself."""
    from django.db import connection
    from django.db.utils import DatabaseError

    try:
        with connection.cursor() as cursor:
            if connection.vendor != "sqlite":
                cursor.execute("SELECT version()")
                return str(cursor.fetchone()[0]).split(",")[0], ""
            cursor.execute("PRAGMA integrity_check(1)")
            said = str(cursor.fetchone()[0])
    except DatabaseError as fault:
        return connection.vendor, f"{fault}: restore the newest backup"
    return "SQLite file", "" if said == "ok" else f"{said}: restore the newest backup"

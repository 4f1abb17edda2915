"""Throw-away database servers for tests: PostgreSQL and MariaDB, each in a temporary folder, on a free loopback port.

Standard library only. A keeper process holds each server: when the process that started it ends, however it ends, the
server is stopped and its folder removed, so that a killed test run leaves nothing behind.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

STORE_VARIABLE = "ORDERTRAIL_TEST_STORE"
"""Names the store on which tests run: sqlite or postgresql."""

USER = "ordertrail"
START_SECONDS = 60

# The keeper starts the server given as "$@", waits for the end of its standard input, stops it and removes the folder.
KEEPER = """
folder=$1 stop=$2; shift 2
"$@" >>"$folder/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -"$stop" $server 2>/dev/null
wait $server
cd / && rm -rf "$folder"
"""


@dataclass(frozen=True)
class Server:
    """A running throw-away server: where it listens, whose folder it has, and the keeper that ends it."""

    scheme: str
    port: int
    folder: Path
    keeper: subprocess.Popen[bytes]
    host: str = "127.0.0.1"
    user: str = USER

    @property
    def log(self) -> str:
        """The end of the server's log, for a message."""
        with suppress(OSError):
            return (self.folder / "log").read_text("utf-8", "replace")[-2000:]
        return ""

    def url(self, database: str, scheme: str = "") -> str:
        """The address of ``database`` here, without a password; ``scheme`` names a driver (``postgresql+psycopg``)."""
        return f"{scheme or self.scheme}://{quote(self.user)}@{self.host}:{self.port}/{quote(database)}"

    def stop(self) -> None:
        """Stop the server and remove its folder; a second call does nothing."""
        if self.keeper.stdin and not self.keeper.stdin.closed:
            self.keeper.stdin.close()
            self.keeper.wait(timeout=30)


def postgresql_folder() -> Path | None:
    """The folder of the newest PostgreSQL's own programs (initdb, postgres), or None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def mariadb_program() -> str | None:
    """The path of the MariaDB server, or None where it is not installed."""
    return shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def start_postgresql() -> Server:
    """A new PostgreSQL cluster with checksums, without fsync: for tests, where a power cut loses nothing of worth.

    Raises RuntimeError where PostgreSQL is not installed or does not start.
    """
    programs = postgresql_folder()
    if programs is None:
        raise RuntimeError("PostgreSQL's server is not installed. Debian: apt-get install postgresql")
    folder, account = server_folder("ot-pg-", "postgres")
    data = folder / "data"
    run([str(programs / "initdb"), "--no-sync", "-k", "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C",
         "-D", str(data)], folder, account)  # fmt: skip
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "64MB",
        "max_connections": "200",
    }
    port = free_port()
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return start("postgresql", folder, account, port, command, ready)


def start_mariadb() -> Server:
    """A new MariaDB server with utf8mb4 and one user that may do everything, without a password.

    Raises RuntimeError where MariaDB is not installed or does not start.
    """
    program, install = mariadb_program(), shutil.which("mariadb-install-db")
    if not program or not install:
        raise RuntimeError("MariaDB's server is not installed. Debian: apt-get install mariadb-server")
    folder, account = server_folder("ot-my-", "mysql")
    data = folder / "data"
    run([install, "--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal", f"--datadir={data}"],
        folder, account)  # fmt: skip
    first = folder / "first.sql"
    first.write_text(f"CREATE USER '{USER}'@'127.0.0.1';\nGRANT ALL ON *.* TO '{USER}'@'127.0.0.1';\n", "utf-8")
    first.chmod(0o644)

    port = free_port()
    command = [
        program, "--no-defaults", f"--datadir={data}", f"--socket={folder}/socket", f"--pid-file={folder}/pid",
        "--bind-address=127.0.0.1", f"--port={port}", f"--init-file={first}", "--skip-name-resolve",
        "--character-set-server=utf8mb4", "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0",
    ]  # fmt: skip
    ready = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(port), "-u", USER, "-e", "SELECT 1"]
    return start("mysql", folder, account, port, command, ready)


def server_folder(prefix: str, account: str) -> tuple[Path, str | None]:
    """A new folder for a server and the account that runs it: ``account`` when we are root, as servers refuse root."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))  # short: a socket's path has at most 107 characters
    if os.geteuid() != 0:
        return folder, None
    shutil.chown(folder, account, account)
    return folder, account


def run(command: Sequence[str], folder: Path, account: str | None) -> None:
    """Run ``command`` to its end as ``account``; raises RuntimeError with what it printed when it fails."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, user=account, group=account,
        extra_groups=None if account is None else [],
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-2000:]}")


def start(
    scheme: str, folder: Path, account: str | None, port: int, command: Sequence[str], ready: Sequence[str]
) -> Server:
    """Start a server under its keeper and wait until ``ready`` succeeds; raises RuntimeError with the server's log."""
    stop_signal = "INT" if scheme == "postgresql" else "TERM"
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", str(folder), stop_signal, *command],
        cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        user=account, group=account, extra_groups=None if account is None else [],
    )  # fmt: skip
    server = Server(scheme, port, folder, keeper)
    end = time.monotonic() + START_SECONDS
    while subprocess.run(ready, capture_output=True, check=False).returncode:
        if time.monotonic() > end:
            log = server.log
            server.stop()
            raise RuntimeError(f"{Path(command[0]).name} did not answer on port {port} in {START_SECONDS} s:\n{log}")
        time.sleep(0.1)
    return server


def free_port() -> int:
    """A port that nobody listens on now, below the range that outgoing connections are given theirs from."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port

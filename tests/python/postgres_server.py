"""A private PostgreSQL 15 server for tests: unix socket only, nothing durable."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

DEBIAN_BINARIES = Path("/usr/lib/postgresql/15/bin")
PORT = "5432"  # names the socket file; nothing listens on a network port
START_SECONDS = 30.0


class ServerMissingError(Exception):
    """No PostgreSQL 15 server program is installed."""


class ServerStartError(Exception):
    """The server program is installed and did not start."""


def find_binaries() -> Path:
    """Return the folder with initdb and postgres of version 15.

    Raises:
        ServerMissingError: neither Debian's folder nor PATH has them.
    """
    on_path = shutil.which("postgres")
    folders = [DEBIAN_BINARIES, *([Path(on_path).parent] if on_path else [])]
    for folder in folders:
        program = folder / "postgres"
        if program.exists() and (folder / "initdb").exists():
            version = subprocess.run(
                [program, "--version"], capture_output=True, text=True, check=True
            ).stdout
            if " 15." in version:
                return folder
    looked = ", ".join(str(folder) for folder in folders)
    raise ServerMissingError(
        f"No PostgreSQL 15 server in {looked} or on PATH; install postgresql-15."
    )


@contextlib.contextmanager
def running_server(binaries: Path) -> Iterator[dict[str, str]]:
    """Start a server in a folder of its own and stop it at the end.

    The server refuses to run as root, so root hands it to the system's `postgres`.

    Args:
        binaries: Folder with initdb and postgres.

    Yields:
        The connection, as the environment variables that profiles.yml reads.

    Raises:
        ServerStartError: it did not accept connections in time.
    """
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="segmentation_pg_", dir="/tmp"))
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, log = folder / "data", folder / "server.log"
    try:
        _as(
            owner,
            [
                binaries / "initdb",
                "--pgdata",
                data,
                "--username",
                "postgres",
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C.UTF-8",
                "--no-sync",
            ],
            log,
        ).wait()
        server = _as(
            owner,
            [
                binaries / "postgres",
                "-D",
                data,
                "-k",
                folder,
                "-p",
                PORT,
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "timezone=UTC",
            ],
            log,
        )
        try:
            _wait_until_ready(folder, server, log)
            yield {
                "SEGMENTATION_PG_HOST": str(folder),
                "SEGMENTATION_PG_PORT": PORT,
                "SEGMENTATION_PG_USER": "postgres",
                "SEGMENTATION_PG_PASSWORD": "",
                "SEGMENTATION_PG_DATABASE": "postgres",
            }
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: sessions are ended
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(
    owner: pwd.struct_passwd | None, command: list[str | Path], log: Path
) -> subprocess.Popen[bytes]:
    """Start a program as the owner, its output appended to the log."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )


def _wait_until_ready(folder: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(host=str(folder), port=PORT, user="postgres").close()
            return
        time.sleep(0.05)
    raise ServerStartError(
        f"PostgreSQL did not accept connections within {START_SECONDS:.0f} s. "
        f"Its log ends with:\n{log.read_text()[-2000:]}"
    )

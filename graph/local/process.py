"""The Java process of the local Neo4j: started in its own session, remembered in a file, found again, ended."""

import json
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

STOP_SECONDS = 30
KILL_SECONDS = 10


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running server. The time of its creation tells it from a later process with the same pid."""

    pid: int
    created: float
    port: int

    @classmethod
    def spawn(cls, command: Sequence[str | Path], *, port: int, folder: Path, console: Path) -> "ServerProcess":
        """Start the server away from this terminal, so that Ctrl-C reaches only whoever looks after it."""
        with console.open("wb") as output:
            child = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        child.returncode = 0  # its end is watched by pid, here or in a later run: no warning when this object goes
        return cls(child.pid, psutil.Process(child.pid).create_time(), port)

    @classmethod
    def find(cls, file: Path) -> "ServerProcess | None":
        """Find the server that the file remembers, if it still runs."""
        try:
            remembered = cls(**json.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return remembered if remembered.is_alive() else None

    def remember(self, file: Path) -> None:
        """Write the file, whole or not at all."""
        new = file.with_suffix(".new")
        new.write_text(json.dumps(asdict(self)), encoding="utf-8")
        new.replace(file)

    def is_alive(self) -> bool:
        """Whether it is this very process that runs."""
        process = self._process()
        return process is not None and process.status() != psutil.STATUS_ZOMBIE

    def end(self) -> bool:
        """Ask the server to stop, and wait; kill it when it doesn't, or when the wait is interrupted.

        Returns:
            Whether it stopped by itself.
        """
        process = self._process()
        if process is None:
            return True
        try:
            process.terminate()
            process.wait(STOP_SECONDS)
        except psutil.NoSuchProcess:
            return True
        except psutil.TimeoutExpired:
            self._kill(process)
            return False
        except KeyboardInterrupt:
            self._kill(process)
            raise
        return True

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            return process if process.create_time() == self.created else None
        except psutil.NoSuchProcess:
            return None

    @staticmethod
    def _kill(process: psutil.Process) -> None:
        try:
            process.kill()
            process.wait(KILL_SECONDS)
        except psutil.NoSuchProcess:
            pass


def free_port(wanted: int) -> int:
    """Take the wanted port of the loopback address, or any free one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise OSError("no free port on the loopback address")

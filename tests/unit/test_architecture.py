"""The shape of the house: who imports whom, and what lives where."""

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[2]
LAYERS = ("graph", "cypher", "resolvers", "app")  # each may import those before it
MODULES = sorted(
    str(path.relative_to(ROOT))
    for layer in LAYERS
    for path in (ROOT / layer).rglob("*.py")
    if "static" not in path.parts
)
CLAUSES = re.compile(
    r"\b(MATCH|MERGE|CREATE|OPTIONAL MATCH|DETACH DELETE)\s*\([\w:`{]"  # a clause and the start of its pattern
    r"|\bUNWIND\s+\S+\s+AS\b|\bCALL\s*\(|\bRETURN\s+(\w+\b|\{)(?=.*\b(AS|LIMIT|ORDER BY)\b)"
    r"|\bMATCH\b.*\bRETURN\b",
    re.DOTALL,
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
TEXTS = {".py", ".toml", ".txt", ".md", ".yml", ".yaml", ".json", ".ts", ".tsx", ".html", ".css", ".graphql", ".in", ""}
# Put together here so that this file doesn't contain what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("deb", "debian", "org"),
    )
]


@cache
def parse(module: str) -> ast.Module:
    """Parse a file of ours."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def imported(module: str) -> Iterator[str]:
    """Name every module that a file imports, inside functions too."""
    for node in ast.walk(parse(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
            yield node.module or ""


def docstrings(tree: ast.Module) -> set[int]:
    """Find the strings that document something."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }


def tracked() -> list[Path]:
    """List the text files of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file() and path.suffix in TEXTS]


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module: str) -> None:
    """Imports go app → resolvers → cypher → graph, and never back."""
    layer = module.split("/", 1)[0]
    above = set(LAYERS[LAYERS.index(layer) + 1 :])

    assert not {name for name in imported(module) if name.split(".")[0] in above}


@pytest.mark.parametrize("module", [module for module in MODULES if module != "graph/database.py"])
def test_driver_has_one_home(module: str) -> None:
    """Only graph/database.py imports the driver."""
    assert not {name for name in imported(module) if name.split(".")[0] == "neo4j"}


@pytest.mark.parametrize("module", [module for module in MODULES if module != "app/settings.py"])
def test_environment_has_one_reader(module: str) -> None:
    """Only app/settings.py reads the environment."""
    read = {
        node.attr
        for node in ast.walk(parse(module))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os"
    }

    assert not read & {"environ", "environb", "getenv", "putenv"}


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith("cypher/")])
def test_cypher_has_one_home(module: str) -> None:
    """Cypher text is written only in cypher/."""
    tree = parse(module)
    documentation = docstrings(tree)
    found = [
        f"{module}:{node.lineno}: {node.value[:60]!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in documentation and CLAUSES.search(node.value)
    ]

    assert not found


@pytest.mark.parametrize(
    ("text", "is_cypher"),
    [
        ("MATCH (c:Customer) RETURN c", True),
        ("MERGE (c:Customer {id: $id})", True),
        ("UNWIND $rows AS row", True),
        ("RETURN 1 AS one", True),
        ("CREATE (:Order)", True),
        ("Accounts that match (by name) are merged.", False),
        ("Return the order as it was.", False),
        ("No match: create a customer (it needs a name).", False),
    ],
)
def test_cypher_is_told_from_prose(text: str, is_cypher: bool) -> None:  # noqa: FBT001
    """The rule above sees clauses, not sentences."""
    assert is_cypher == bool(CLAUSES.search(text))


def test_files_and_functions_stay_short() -> None:
    """Long files and functions are named in a warning: split them by noun when you are there."""
    long_files = [f"{module} {count}" for module in MODULES if (count := len(lines(module))) > LONGEST_FILE]
    long_functions = [
        f"{module}:{node.name} {length}"
        for module in MODULES
        for node in ast.walk(parse(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    if long_files or long_functions:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(f"long: {'; '.join(long_files + long_functions)}", stacklevel=1)


def lines(module: str) -> list[str]:
    """Read the lines of a file of ours."""
    return (ROOT / module).read_text(encoding="utf-8").splitlines()


def test_no_package_registry_is_named() -> None:
    """Packages come from wherever the clients are set up to look: no file names a registry's host."""
    naming = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked()
        for host in HOSTS
        if host in path.read_text(encoding="utf-8", errors="replace")
    ]

    assert not naming


def test_compose_sets_only_settings_that_exist() -> None:
    """docker-compose.yml and the Dockerfile name no C360_ variable that the settings lack."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    known = {f"C360_{name.upper()}" for name in Settings.model_fields}
    image = set(re.findall(r"\bC360_[A-Z0-9_]+", (ROOT / "Dockerfile").read_text(encoding="utf-8")))

    assert set(services["api"]["environment"]) | image <= known
    assert all("healthcheck" in service or "build" in service for service in services.values())


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_stands_alone(layer: str) -> None:
    """A layer can be imported first, whatever is imported later."""
    subprocess.run([sys.executable, "-c", f"import {layer}"], cwd=ROOT, check=True)

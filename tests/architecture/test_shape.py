"""What import-linter, mypy and ruff do not hold: homes of libraries, small pieces, one source of time."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import ROOT, functions, imported, modules, source_lines

if TYPE_CHECKING:
    from pathlib import Path

HOMES = {
    "aiosqlite": ("bot/store/",),
    "sqlite3": ("bot/store/",),
    "asyncpg": ("bot/store/",),
    "numpy": ("bot/search/",),
    "httpx": ("bot/sources/",),
    "stamina": ("bot/sources/",),
    "feedparser": ("bot/sources/",),
    "Stemmer": ("bot/domain/words.py",),
    "rich": ("adapters/terminal/", "bot/cli/"),
    "structlog": ("bot/log.py",),
    "aiohttp": ("adapters/discord/", "adapters/slack/", "adapters/web/", "tests/fakes/", "benchmarks/"),
    "discord": ("adapters/discord/",),
    "slack_bolt": ("adapters/slack/",),
    "slack_sdk": ("adapters/slack/",),
    "cryptography": ("bot/store/",),
    "prometheus_client": ("bot/metrics.py",),
    "pydantic": ("bot/config.py",),
    "pydantic_settings": ("bot/config.py",),
}

IO_LIBRARIES = {
    "asyncio",
    "socket",
    "http",
    "urllib.request",
    "pathlib",
    "os",
    "sqlite3",
    "logging",
    "threading",
}

CLOCKS = re.compile(
    r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.monotonic|random\.\w+)\("
)
CLOCK_HOMES = {"bot/wiring.py", "bot/clock.py"}

LONGEST_FUNCTION = 50
LARGEST_MODULE = 400


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    strangers = [
        path
        for path, tree in modules().items()
        if any(name == library or name.startswith(f"{library}.") for name in imported(tree))
        and not path.startswith(HOMES[library])
    ]
    assert strangers == []


def test_every_library_that_is_depended_on_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    names = {re.split(r"[<>=\[]", requirement)[0] for requirement in wanted}
    known_as = {"PyStemmer": "Stemmer", "tzdata": "zoneinfo", "discord.py": "discord"}
    used = {name.split(".")[0] for tree in modules().values() for name in imported(tree)}
    assert {name for name in names if known_as.get(name, name.replace("-", "_")) not in used} == set()


def test_the_domain_does_no_input_or_output() -> None:
    guilty = {
        path: found
        for path, tree in modules().items()
        if path.startswith("bot/domain/") and (found := IO_LIBRARIES & set(imported(tree)))
    }
    assert guilty == {}


def test_the_domain_awaits_nothing() -> None:
    domain = {path: tree for path, tree in modules().items() if path.startswith("bot/domain/")}
    assert [
        path
        for path, tree in domain.items()
        if any(isinstance(f, ast.AsyncFunctionDef) for f in functions(tree))
    ] == []


def test_time_and_chance_come_from_outside() -> None:
    guilty = [
        f"{path}: {found.group()}"
        for path in modules()
        if path not in CLOCK_HOMES
        for found in CLOCKS.finditer((ROOT / path).read_text("utf-8"))
    ]
    assert guilty == []


def test_functions_are_small() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} has {lines} lines"
        for path, tree in modules().items()
        for function in functions(tree)
        if (lines := source_lines(function)) > LONGEST_FUNCTION
    ]
    assert long == []


def test_modules_are_small() -> None:
    large = {
        path: lines for path, tree in modules().items() if (lines := source_lines(tree)) > LARGEST_MODULE
    }
    assert large == {}


def test_both_chat_adapters_have_the_same_parts() -> None:
    def parts(platform: str) -> set[str]:
        found = (ROOT / "adapters" / platform).iterdir()
        return {path.stem for path in found if path.stem != "__pycache__"}

    eight = {"client", "commands", "events", "render", "markup", "limits", "messenger", "errors"}
    assert eight <= parts("discord")
    assert parts("discord") == parts("slack")


def test_no_chat_adapter_knows_the_other() -> None:
    for platform, other in (("discord", "slack"), ("slack", "discord")):
        guilty = [
            path
            for path, tree in modules().items()
            if path.startswith(f"adapters/{platform}/")
            and any(name.startswith(f"adapters.{other}") for name in imported(tree))
        ]
        assert guilty == []


def test_the_layers_have_no_exceptions() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert [contract["name"] for contract in contracts if contract.get("ignore_imports")] == []


def test_every_exception_to_a_rule_has_its_reason() -> None:
    bare = re.compile(r"#\s*noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* - \w)|#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#)")
    guilty = [
        f"{path}:{number}"
        for path in modules()
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert guilty == []


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return listing.stdout.split()


def test_no_machine_and_no_package_index_is_named() -> None:
    foreign = re.compile(
        r"(^|[^\w.])/(home|root|work|Users)/\w+/|(index-url|resolved|registry)[\"' :=]+https?://"
    )
    texts = [name for name in tracked_files() if not name.endswith((".png", ".svg", ".lock"))]
    assert [name for name in texts if foreign.search((ROOT / name).read_text("utf-8", "replace"))] == []


def test_the_lock_has_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock) if "==" in block)


def settings_fields() -> set[str]:
    tree = modules()["bot/config.py"]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    fields = [
        node.target.id
        for node in classes[0].body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    return {name.upper() for name in fields if name != "model_config"}


def test_the_example_explains_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    named = set(re.findall(r"^#?\s?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    assert named == settings_fields()


HEAVY = (
    "httpx",
    "numpy",
    "structlog",
    "stamina",
    "feedparser",
    "asyncpg",
    "discord",
    "slack_bolt",
    "slack_sdk",
)


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        pytest.param("bot.__main__", (*HEAVY, "pydantic", "aiosqlite", "asyncio"), id="the program itself"),
        pytest.param("bot.commands.table", HEAVY, id="the table of commands"),
        pytest.param("bot.wiring", HEAVY, id="the wiring"),
        pytest.param("bot.core", HEAVY, id="the core"),
    ],
)
def test_a_command_loads_only_what_it_needs(module: str, forbidden: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(forbidden) & set(loaded.stdout.split()) == set()


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        pytest.param(["help"], (*HEAVY, "pydantic", "aiosqlite"), id="help"),
        pytest.param(["today"], HEAVY, id="today"),
        pytest.param(["week", "--json"], HEAVY, id="week"),
        pytest.param(["status"], HEAVY, id="status"),
    ],
)
def test_a_command_that_was_run_has_loaded_only_what_it_needs(
    words: list[str], forbidden: tuple[str, ...], tmp_path: Path
) -> None:
    program = (
        f"import sys; from bot.cli import run; status = run({words!r}); "
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": "sqlite:///new.db"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "bot.cli" in ran.stderr.split()
    assert set(forbidden) & set(ran.stderr.split()) == set()


def test_every_module_stands_in_a_layer() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    [layers] = [contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers"]
    placed = {name for layer in layers for name in re.split(r"\s*[|:]\s*", layer)}
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in modules()}
    homeless = {name for name in names if not any(f"{name}.".startswith(f"{home}.") for home in placed)}
    assert homeless == {"bot", "adapters"}

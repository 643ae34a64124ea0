"""The pages that people read: current, whole, and every command in them works as it stands there."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.cli.operators import OPERATORS, read_words
from bot.cli.options import read_options
from bot.commands.shell import parse_words
from bot.commands.table import COMMANDS
from bot.commands.text import Typed
from bot.config import Settings
from tools.reference import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bot/**/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)(?: {4}\S.*\n)+")
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\((?P<to>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def without_code(text: str) -> str:
    return INLINE.sub("", FENCE.sub("", text))


# --- The reference page --------------------------------------------------------------------


def test_the_reference_page_is_that_of_the_tables() -> None:
    """Where this fails, type: .venv/bin/python -m tools.reference."""
    assert PAGE.read_text("utf-8") == page()


def test_the_reference_page_has_every_command() -> None:
    headings = [line.strip("`# ").split()[0] for line in page().splitlines() if line.startswith("### ")]
    assert headings == [*COMMANDS, *OPERATORS]


# --- Links ----------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """Return the names by which a page's headings can be linked to, as GitHub makes them."""
    names = (
        re.sub(r"[^\w\- ]", "", found["text"].lower()) for found in HEADING.finditer(FENCE.sub("", text))
    )
    return {name.replace(" ", "-") for name in names}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_within_the_project_leads_somewhere(name: str) -> None:
    links = [found["to"] for found in LINK.finditer(without_code(read(name)))]
    local = [link for link in links if not re.match(r"https?:|mailto:", link)]
    broken = []
    for link in local:
        path, _, anchor = unquote(link).partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


PAGE_OF_OURS = re.compile(r"(?<![\w/.:~-])docs/[\w/-]+\.\w+")
"""A path from the project's root; in an address or in another folder `docs/` follows something."""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see docs/votes.md.", ["docs/votes.md"]),
        ('"docs/pictures/demo.svg" (docs/slack.md)', ["docs/pictures/demo.svg", "docs/slack.md"]),
        ("https://example.org/docs/limits.html", []),
        ("https://example.org/some-docs/limits.html and ../docs/other.md", []),
    ],
)
def test_a_page_of_ours_is_told_from_an_address(text: str, named: list[str]) -> None:
    assert PAGE_OF_OURS.findall(text) == named


@pytest.mark.parametrize("suffix", [".py", ".sql", ".toml", ".yaml"])
def test_every_page_that_the_code_names_is_there(suffix: str) -> None:
    folders = ("bot", "adapters", "tools", "benchmarks", "deploy")
    files = [path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}")]
    files += ROOT.glob(f"*{suffix}")
    named = {
        (str(path.relative_to(ROOT)), page)
        for path in files
        for page in PAGE_OF_OURS.findall(path.read_text("utf-8"))
    }
    assert [(path, page) for path, page in sorted(named) if not (ROOT / page).exists()] == []


# --- Commands ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One line to type, as a page shows it."""

    page: str
    line: str

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"


def lines_to_type() -> list[Shown]:
    """Return the lines of all code blocks of a shell, indented ones too."""
    shown = []
    for name in NAMES:
        text = read(name)
        blocks = [found["text"] for found in FENCE.finditer(text) if found["kind"] == "sh"]
        blocks += INDENTED.findall(FENCE.sub("", text))
        lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
        shown += [Shown(name, line) for line in lines if line]
    return shown


def commands_of(line: str) -> list[list[str]]:
    """Return the words behind each `papers` of a line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;"):
            commands.append([])
        else:
            commands[-1].append(word)
    return [words for command in commands if (words := behind_program(command))]


def behind_program(command: list[str]) -> list[str]:
    """Return the words behind our program, none where the command has another."""
    return next((command[at + 1 :] for at, word in enumerate(command) if is_program(word, at)), [])


def is_program(word: str, at: int) -> bool:
    """Tell our program from the user of the same name: `sudo -u papers cp …`."""
    return word.endswith("/bin/papers") or (word == "papers" and at == 0)


SHOWN = lines_to_type()
TYPED = [(shown, words) for shown in SHOWN for words in commands_of(shown.line)]


def is_understood(words: list[str]) -> bool:
    """Tell whether the command line takes the words."""
    options = read_options(words)
    if not options.words:
        return True
    word, *rest = options.words
    if word == "help":
        return all(each in {*COMMANDS, *OPERATORS} for each in rest)
    if word in OPERATORS:
        read_words(OPERATORS[word], rest)
        return True
    return isinstance(parse_words(options.words, COMMANDS), Typed)


def test_pages_show_commands() -> None:
    words = {words[0] for _, words in TYPED}
    assert set(COMMANDS) | {"ingest", "run", "restore", "migrate"} <= words


@pytest.mark.parametrize(("shown", "words"), TYPED, ids=[str(shown) for shown, _ in TYPED])
def test_every_command_that_a_page_shows_is_understood(shown: Shown, words: list[str]) -> None:
    assert is_understood(words), shown


@pytest.mark.parametrize("name", NAMES)
def test_every_command_in_a_sentence_is_one(name: str) -> None:
    mentioned = [words for words in map(str.split, INLINE.findall(read(name))) if words[0] == "papers"]
    known = {*COMMANDS, *OPERATORS}
    unknown = [
        words for words in mentioned if len(words) > 1 and words[1] not in known and words[1][0] != "-"
    ]
    assert unknown == []


def test_every_target_of_make_that_a_page_names_is_there() -> None:
    makefile = read("Makefile")
    targets = set(re.findall(r"^([\w./-]+):", makefile, re.MULTILINE)) | {".venv/.ready"}
    pages = "\n".join(map(read, NAMES))
    named = set(re.findall(r"(?:^|`| )make ([a-z.][\w./]*)(?=`| |$)", pages, re.MULTILINE))
    shown = {
        words[1] for words in (shown.line.split() for shown in SHOWN) if words[0] == "make" and len(words) > 1
    }
    assert shown
    assert shown - targets == set()
    assert {name for name in named if f"`make {name}`" in pages} - targets == set()


# --- Settings -----------------------------------------------------------------------------------

EXAMPLE = re.compile(r"^#?(?P<name>[A-Z][A-Z_]+)=(?P<value>.*)$", re.MULTILINE)


def test_the_example_shows_each_default_as_it_is() -> None:
    shown = {found["name"].lower(): found["value"] for found in EXAMPLE.finditer(read(".env.example"))}
    settings = Settings.model_validate(shown)
    plain = Settings.model_validate({})
    differing = {name for name in shown if getattr(settings, name) != getattr(plain, name)}
    # The level that is left out depends on what is run; the file says so.
    assert differing <= {"log_level"}
    assert set(shown) == set(Settings.model_fields)


def test_each_setting_is_explained() -> None:
    lines = read(".env.example").splitlines()
    for index, line in enumerate(lines):
        if EXAMPLE.match(line):
            assert lines[index - 1].startswith(("# ", "#HUGGINGFACE")), line


@pytest.mark.parametrize(
    "name", [*NAMES, "deploy/compose.yaml", "deploy/Dockerfile", "deploy/papers-bot.service"]
)
def test_no_page_names_a_setting_that_is_none(name: str) -> None:
    ours = re.compile(r"\b((?:DATABASE|LOG|HUGGINGFACE|ARXIV|DISCORD|SLACK)_[A-Z_]+)\b")
    known = {field.upper() for field in Settings.model_fields}
    assert set(ours.findall(read(name))) - known == set()

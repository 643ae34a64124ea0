"""The project's own code, read as text: what the architecture tests look at."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the program by its path from the root, as `bot/domain/papers.py`."""
    paths = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("adapters/**/*.py")])
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in paths}


@cache
def imported(tree: ast.Module) -> tuple[str, ...]:
    """Return the full names of all that a module imports, inside functions too."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return tuple(names)


def functions(tree: ast.Module) -> Iterator[FunctionNode]:
    """Yield every function of a module, at any depth."""
    return (node for node in ast.walk(tree) if isinstance(node, FunctionNode))


def source_lines(node: ast.AST) -> int:
    """Count the lines that hold code below a node: no blank lines, comments or docstrings."""
    docstrings = {id(doc) for child in ast.walk(node) if (doc := docstring_of(child)) is not None}
    lines: set[int] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.stmt | ast.expr) and id(child) not in docstrings:
            lines.update(own_lines(child))
    return len(lines)


def own_lines(node: ast.stmt | ast.expr) -> range:
    """Return the lines of a simple statement or an expression; of a block, the line that opens it."""
    if hasattr(node, "body") and isinstance(node, ast.stmt):
        return range(node.lineno, node.lineno + 1)
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def docstring_of(node: ast.AST) -> ast.expr | None:
    """Return the expression that is a docstring, of a block's first statement or after an attribute."""
    match node:
        case ast.Expr(value=ast.Constant(value=str()) as text):
            return text
        case _:
            return None

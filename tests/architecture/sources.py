"""The Python files of the project and their imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("classifier", "ml", "mmc")


def python_files(*folders: str) -> list[Path]:
    """Without migrations, which Django writes."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    )


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@dataclass(frozen=True)
class Import:
    path: str
    line: int
    module: str
    # When the module is loaded, not only when a function is called.
    at_once: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.module}"


def imports(path: Path) -> list[Import]:
    """The imports of a file at run time, without those for type checkers."""
    name = str(path.relative_to(ROOT))
    return list(_imports(tree_of(path), name, at_once=True))


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def _imports(node: ast.AST, name: str, *, at_once: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(name, child.lineno, alias.name, at_once)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{name}:{child.lineno} has a relative import"
            module = child.module or ""
            # `from classifier import models` imports a module, `from classifier.models import Song` a name of one.
            packages = {f"{module}.{alias.name}" for alias in child.names if _is_module(f"{module}.{alias.name}")}
            for imported in sorted(packages) or [module]:
                yield Import(name, child.lineno, imported, at_once)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            yield from _imports(ast.Module(child.orelse, []), name, at_once=at_once)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, name, at_once=at_once and not inside)

"""The codes of errors and warnings in the source code."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT, python_files, tree_of

CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
RAISING = {"ProductError", "MoodError", "error_json", "problem_json"}


def error_codes() -> set[str]:
    """Codes that users and API clients may get, without those of training."""
    training = ROOT / "ml" / "training"
    files = [path for path in python_files("classifier", "ml") if training not in path.parents]
    return {code for path in files for node in ast.walk(tree_of(path)) for code in _codes(node)}


def _codes(node: ast.AST) -> Iterator[str]:
    match node:
        # ProductError("code", "A sentence.")
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in RAISING:
            yield code
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                match key, value:
                    # {"code": "code", "message": "A sentence."}
                    case ast.Constant(value="code"), ast.Constant(value=str(code)):
                        yield code
                    # {SomeException: ("code", None)}: the framework has the message
                    case _, ast.Tuple(elts=[ast.Constant(value=str(code)), ast.Constant(value=None)]):
                        yield code
        # error_code="code"
        case ast.keyword(arg="error_code", value=ast.Constant(value=str(code))) if code:
            yield code
        # ("code", "A sentence.")
        case ast.Tuple(elts=[ast.Constant(value=str(code)), sentence]) if CODE.fullmatch(code):
            if _is_sentence(sentence):
                yield code


def _is_sentence(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        # gettext("A sentence.") % values
        case ast.BinOp(left=left, op=ast.Mod()):
            return _is_sentence(left)
        case ast.Call(func=ast.Name(id="gettext" | "gettext_noop"), args=[text]):
            return _is_sentence(text)
        case ast.Constant(value=str(text)):
            return " " in text and text.endswith(".")
    return False

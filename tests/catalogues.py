"""The catalogues of translations: what the code says today, and what they have. `make messages` brings them up to date.

Texts of templates, of Python and of JavaScript have a catalogue each. Needs Babel, not the programs of GNU gettext.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template import Engine
from django.template.base import Lexer, Node, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from tests.architecture.sources import ROOT

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
IN_EXPRESSION = re.compile(r"""\b_\((?:"([^"]*)"|'([^']*)')\)""")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

Found = tuple[str | None, str | tuple[str, str]]
"""A context and a text, or its singular and plural."""


def template_messages(source: str) -> Iterator[Found]:
    """What a template asks the catalogue for."""
    template = Engine.get_default().from_string(source)
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            literal = node.filter_expression.var.literal
            if isinstance(literal, str):
                yield _context(node), literal.replace("%", "%%")
        elif isinstance(node, BlockTranslateNode):
            singular = node.render_token_list(node.singular)[0]
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield _context(node), (singular, plural) if plural else singular
    for token in Lexer(source).tokenize():
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from ((None, (a or b).replace("%", "%%")) for a, b in IN_EXPRESSION.findall(token.contents))


def _context(node: Any) -> str | None:
    return str(node.message_context.var) if node.message_context else None


def _in_templates(path: Path) -> Iterator[Found]:
    yield from template_messages(path.read_text())


def _in_code(method: str) -> Callable[[Path], Iterator[Found]]:
    def messages(path: Path) -> Iterator[Found]:
        for _line, text, _comments, context in extract_from_file(method, path, keywords=KEYWORDS):
            yield context, text

    return messages


@dataclass(frozen=True)
class Source:
    """Files whose texts are in one catalogue."""

    files: str
    locale: str
    domain: str
    messages: Callable[[Path], Iterator[Found]]

    def po(self, language: str) -> Path:
        return ROOT / self.locale / language / "LC_MESSAGES" / f"{self.domain}.po"

    def extracted(self) -> Catalog:
        catalog = Catalog(charset="utf-8")
        for path in sorted(ROOT.glob(self.files)):
            if "migrations" not in path.parts:
                for context, text in self.messages(path):
                    catalog.add(text, locations=[(str(path.relative_to(ROOT)), 1)], context=context)
        return catalog

    def read(self, language: str) -> Catalog:
        with self.po(language).open("rb") as file:
            return read_po(file, locale=language, domain=self.domain)


SOURCES = (
    Source("templates/**/*.html", "templates/locale", "django", _in_templates),
    Source("classifier/**/*.py", "classifier/locale", "django", _in_code("python")),
    Source("static/js/**/*.js", "classifier/locale", "djangojs", _in_code("javascript")),
)


def messages_of(catalog: Catalog) -> dict[tuple[Any, Any], Message]:
    return {(message.context, message.id): message for message in catalog if message.id}


def compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def update(source: Source, language: str) -> list[str]:
    """Write both files of a catalogue; the texts that lack a translation."""
    po = source.po(language)
    extracted = source.extracted()
    if not po.exists() and not messages_of(extracted):
        return []
    catalog = source.read(language) if po.exists() else _new(source, language)
    catalog.update(extracted, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalog, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    po.with_suffix(".mo").write_bytes(compiled(catalog))
    return [str(message.id) for message in messages_of(catalog).values() if not is_translated(message)]


def _new(source: Source, language: str) -> Catalog:
    return Catalog(
        locale=language,
        domain=source.domain,
        header_comment=f"# The texts of {source.files}. `make messages` adds new ones and removes what is gone.",
        project="Countermood",
        version="",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        fuzzy=False,
    )


def is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts) and not message.fuzzy


def main() -> None:
    for source in SOURCES:
        for language in LANGUAGES:
            missing = update(source, language)
            print(f"{source.po(language).relative_to(ROOT)}: {len(missing)} texts to translate")
            for text in missing:
                print(f"  {text}")


if __name__ == "__main__":
    import django

    django.setup()
    main()

"""The catalogues have a translation of every text, and templates have no text beside their translate tags."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.sources import ROOT
from tests.catalogues import LANGUAGES, SOURCES, Source, compiled, is_translated, messages_of, template_messages

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAIRS = [
    pytest.param(source, language, id=f"{source.files}-{language}")
    for source in SOURCES
    for language in LANGUAGES
    if source.po(language).exists()
]
SHOWN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "data-busy", "data-label", "placeholder", "title"}
# The same in every language: the name of the product, units, formats, and what is typed into a terminal.
SAME = {
    "Countermood", "A", "B", "D", "MB", "e", "e.g", "M3U8", "JSPF", "CSV", "JSON", "Navidrome", "SHA-256", "API",
    "bpm", "https", "kHz", "s", "ms",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z][\w’'-]*")
# A sentence that a template gives to another; names of states and classes have no capital.
PASSED_ON = re.compile(r"""=["']([A-Z][^"']*)["']""")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}")


class VisibleText(HTMLParser):
    """Collects the text between tags and in attributes that people read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "code", "pre"):
            self.inside.append(tag)
        self.texts += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts.append(data)


def untranslated(source: str) -> list[str]:
    """Words of a template that are outside of translate tags."""
    plain, hidden = "", ""
    passed_on: list[str] = []
    for token in Lexer(source).tokenize():
        name = token.contents.split()[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK:
            if hidden and name == hidden:
                hidden = ""
            elif not hidden and name in ("blocktranslate", "comment"):
                hidden = f"end{name}"
            elif name in ("include", "with"):
                passed_on += PASSED_ON.findall(token.contents)
            elif not hidden and name == "block" and token.contents.split()[1] in ("page_class", "styles"):
                hidden = "endblock"
        elif token.token_type == TokenType.TEXT and not hidden:
            plain += token.contents
    parser = VisibleText()
    parser.feed(plain)
    parser.close()
    texts = [*parser.texts, *passed_on]
    return [text.strip() for text in texts if set(WORD.findall(text)) - SAME]


def test_templates_have_no_text_beside_their_translate_tags() -> None:
    found = {str(path.relative_to(ROOT)): untranslated(path.read_text()) for path in TEMPLATES}
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "text",
    [
        "<p>Some text</p>",
        '<p title="Some text"></p>',
        "{% if a %}Yes{% endif %}",
        '{% include "a.html" with text="No songs" %}',
        "{% translate 'a' %} more",
    ],
)
def test_text_beside_translate_tags_is_found(text: str) -> None:
    assert untranslated(text)


@pytest.mark.parametrize(
    "text",
    [
        "{% translate 'Some text' %}",
        "{% blocktranslate %}Some text{% endblocktranslate %}",
        "<code>some text</code><p>{{ text }}, 70 %</p>",
    ],
)
def test_translated_text_is_not_found(text: str) -> None:
    assert untranslated(text) == []


def test_texts_of_templates_are_found_as_django_looks_them_up() -> None:
    source = (
        '{% translate "70 %" %}{% blocktranslate count n=songs with x=a.b %}one {{ x }}{% plural %}{{ n }} of {{ x }}'
        '{% endblocktranslate %}{% translate "To" context "date" %}{{ a|default:_("never") }}'
    )
    assert list(template_messages(source)) == [
        (None, "70 %%"),
        (None, ("one %(x)s", "%(n)s of %(x)s")),
        ("date", "To"),
        (None, "never"),
    ]


@pytest.mark.parametrize(("source", "language"), PAIRS)
def test_a_catalogue_has_exactly_the_texts_of_the_code(source: Source, language: str) -> None:
    """`make messages` adds and removes them."""
    assert set(messages_of(source.read(language))) == set(messages_of(source.extracted()))


@pytest.mark.parametrize(("source", "language"), PAIRS)
def test_every_text_is_translated(source: Source, language: str) -> None:
    messages = messages_of(source.read(language)).values()
    assert [message.id for message in messages if not is_translated(message)] == []


@pytest.mark.parametrize(("source", "language"), PAIRS)
def test_a_translation_has_the_placeholders_and_tags_of_its_text(source: Source, language: str) -> None:
    for message in messages_of(source.read(language)).values():
        pairs = zip(_forms(message.id), _forms(message.string), strict=True)
        for text, translation in pairs:
            assert sorted(PLACEHOLDER.findall(translation)) == sorted(PLACEHOLDER.findall(text)), text
            assert re.findall(r"<[^>]*>", translation) == re.findall(r"<[^>]*>", text), text


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


@pytest.mark.parametrize(("source", "language"), PAIRS)
def test_the_compiled_catalogue_belongs_to_its_text(source: Source, language: str) -> None:
    """`make messages` compiles it; a fresh machine has no compiler."""
    assert source.po(language).with_suffix(".mo").read_bytes() == compiled(source.read(language))

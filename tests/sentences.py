"""Every sentence that a person may read: as the source says it, and as the Chinese catalogue says it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message as Entry
from babel.messages.pofile import denormalize, escape, read_po
from jinja2 import Environment, nodes

from tests.house import ROOT, TEMPLATES, files_under, parsed, said, template_names

CATALOGUE: Final = ROOT / "platform/linli/locale/zh"
SENTENCES: Final = "linli.core.i18n"
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
TEXTS: Final = {
    "Message": slice(0, 1),
    "counted": slice(1, 3),
    "_": slice(0, 1),
    "gettext": slice(0, 1),
    "ngettext": slice(0, 2),
}
GIVEN: Final = {"counted": {"n"}, "ngettext": {"num"}}


@dataclass(frozen=True)
class Sentence:
    """Where a sentence stands, its one or two forms (None: computed), and the names it is given.

    `given` is None for a constant: its places are filled where it is said, by `Message.given`.
    """

    place: str
    texts: tuple[str | None, ...]
    given: frozenset[str] | None

    @property
    def one(self) -> str:
        return self.texts[0] or ""


@dataclass(frozen=True)
class Translation:
    file: str
    entry: Entry

    @property
    def one(self) -> str:
        return forms(self.entry.id)[0]


def forms(texts: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts or ("",))


def placeholders(text: str) -> set[str]:
    return {name or braced for name, braced in PLACEHOLDER.findall(text)}


def sentences_of_python() -> Iterator[Sentence]:
    for path in files_under("platform", ".py"):
        if said(path).endswith("core/i18n.py"):
            continue  # there sentences are made from what was kept
        names = imported_names(path)
        said_in_functions = calls_in_functions(path)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and (called := names.get(ast.unparse(node.func))):
                texts = tuple(as_text(each) for each in node.args[TEXTS[called]])
                given = frozenset({each.arg for each in node.keywords if each.arg} | GIVEN.get(called, set()))
                is_constant = not given and node not in said_in_functions
                yield Sentence(f"{said(path)}:{node.lineno}", texts, None if is_constant else given)


def as_text(argument: ast.expr | nodes.Expr) -> str | None:
    value = argument.value if isinstance(argument, ast.Constant | nodes.Const) else None
    return value if isinstance(value, str) else None


def calls_in_functions(path: Path) -> set[ast.AST]:
    functions = (
        each for each in ast.walk(parsed(path)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {node for function in functions for node in ast.walk(function)}


def imported_names(path: Path) -> dict[str, str]:
    """What this file calls `Message` and `counted`; a table may be called Message too."""
    names: dict[str, str] = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module == SENTENCES:
            names |= {each.asname or each.name: each.name for each in node.names if each.name in TEXTS}
        elif isinstance(node, ast.ImportFrom) and "i18n" in {each.name for each in node.names}:
            names |= {f"i18n.{each}": each for each in TEXTS}
    return names


def sentences_of_templates(environment: Environment) -> Iterator[Sentence]:
    for name in template_names():
        for call in environment.parse((TEMPLATES / name).read_text("utf-8")).find_all(nodes.Call):
            called = call.node.name if isinstance(call.node, nodes.Name) else ""
            if called in TEXTS:
                texts = tuple(as_text(each) for each in call.args[TEXTS[called]])
                given = {each.key for each in call.kwargs} | GIVEN.get(called, set())
                yield Sentence(f"templates/{name}:{call.lineno}", texts, frozenset(given))


def translations() -> list[Translation]:
    found = []
    for path in sorted(CATALOGUE.glob("*.po")):
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale="zh_Hans_CN", abort_invalid=True)
        found += [Translation(path.name, entry) for entry in catalogue if entry.id]
    return found


def keys_as_written() -> list[tuple[str, str]]:
    """Every msgid with its file, also those that a reader of catalogues would merge."""
    block = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE)
    return [
        (denormalize(match[1]), path.name)
        for path in sorted(CATALOGUE.glob("*.po"))
        for match in block.finditer(path.read_text("utf-8"))
        if denormalize(match[1])
    ]


def ready_to_paste(sentence: Sentence) -> str:
    """The sentence as a catalogue entry that waits for its Chinese."""
    quoted = [escape(text or "") for text in sentence.texts]
    if len(quoted) == 1:
        return f'#: {sentence.place}\nmsgid {quoted[0]}\nmsgstr ""\n'
    return f'#: {sentence.place}\nmsgid {quoted[0]}\nmsgid_plural {quoted[1]}\nmsgstr[0] ""\n'

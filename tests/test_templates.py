"""Every template is reachable, safe, and says its words in both languages."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache

import pytest
from jinja2 import Environment, nodes

from linli.core.templates import create_templates
from tests.house import TEMPLATES, expect_none, files_under, parsed, said, template_names
from tests.markup import SIGN, markup_of

WORDS_IN_ATTRIBUTES = ("alt", "aria-description", "aria-label", "label", "placeholder", "title")
LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}")
# The same in every language, and attributes that a macro gives back.
NO_WORDS = re.compile(
    r"""\b(?:CSV|QR|JSON|PDF)\b|\b[\w-]+="[^"]*"|\b(?:required|checked|selected|hidden)\b"""
)


@pytest.fixture(scope="module")
def environment() -> Environment:
    return create_templates()


def source_of(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


@cache
def names_in_python() -> frozenset[str]:
    """Template names that Python mentions; the changing part of an f-string becomes a star."""
    found = set()
    for path in files_under("platform", ".py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.JoinedStr):
                found.add(
                    "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
                    )
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(name for name in found if re.fullmatch(r"\w[\w*/.-]*(\.(html|txt)|/\*)", name))


def references(environment: Environment, name: str) -> Iterator[str]:
    """Templates that this one extends, includes or imports, again with a star for what is computed."""
    for node in environment.parse(source_of(name)).find_all(
        (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    ):
        wanted = as_pattern(getattr(node, "template"))  # noqa: B009  # the base class does not know it
        assert wanted.strip("*"), (
            f"{name}:{node.lineno} names another template in a way that nobody can follow"
        )
        yield from (each for each in template_names() if fnmatch(each, wanted))


def as_pattern(expression: nodes.Expr) -> str:
    if isinstance(expression, nodes.Const):
        return str(expression.value)
    if isinstance(expression, nodes.Concat):
        return "".join(map(as_pattern, expression.nodes))
    return "*"


def test_every_template_compiles(environment: Environment) -> None:
    names = template_names()
    assert names
    for name in names:
        environment.get_template(name)


def test_every_template_that_python_names_exists() -> None:
    known = template_names()
    missing = [
        name for name in names_in_python() if "/" in name and not any(fnmatch(each, name) for each in known)
    ]
    expect_none(missing)


def test_every_template_is_reachable_from_a_page(environment: Environment) -> None:
    unreached = set(template_names())
    reached = [each for each in unreached if any(fnmatch(each, name) for name in names_in_python())]
    while reached:
        name = reached.pop()
        if name in unreached:
            unreached.remove(name)
            reached += references(environment, name)
    expect_none(unreached)


def test_every_template_imports_exactly_the_macros_it_uses(environment: Environment) -> None:
    """A fragment that borrows an import of its page breaks on the next page that includes it."""
    trees = {name: environment.parse(source_of(name)) for name in template_names()}
    macros = {macro.name for tree in trees.values() for macro in tree.find_all(nodes.Macro)}
    wrong = []
    for name, tree in trees.items():
        imported = {
            each if isinstance(each, str) else each[1]
            for node in tree.find_all(nodes.FromImport)
            for each in node.names
        }
        own = {macro.name for macro in tree.find_all(nodes.Macro)}
        used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        called = {node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)}
        wrong += [f"{name}: {each} is never used" for each in imported - used]
        wrong += [f"{name}: {each} is borrowed" for each in called & macros - imported - own]
    expect_none(wrong)


def test_nothing_is_marked_as_safe(environment: Environment) -> None:
    found = []
    for name in template_names():
        tree = environment.parse(source_of(name))
        found += [f"{name}:{each.lineno}" for each in tree.find_all(nodes.Filter) if each.name == "safe"]
        found += [f"{name}:{each.lineno}" for each in tree.find_all(nodes.ScopedEvalContextModifier)]
    expect_none(found)


def test_no_script_style_or_handler_stands_in_a_page(environment: Environment) -> None:
    found = []
    for name in template_names():
        for tag, attributes in markup_of(environment, source_of(name)).tags:
            inline = [
                each for each in attributes if each == "style" or re.match(r"(on[a-z]+|hx-on\b.*)$", each)
            ]
            inline += [
                value for value in attributes.values() if value.strip().lower().startswith("javascript:")
            ]
            if inline or tag == "style" or (tag == "script" and "src" not in attributes):
                found.append(f"{name}: <{tag}> {' '.join(inline)}")
    expect_none(found)


def test_every_form_that_changes_something_carries_the_csrf_token(environment: Environment) -> None:
    lacking = []
    for name in template_names():
        tags = markup_of(environment, source_of(name)).tags
        forms = [each for tag, each in tags if tag == "form" and each.get("method", "get").lower() != "get"]
        if len(forms) > source_of(name).count("csrf_field()"):
            lacking.append(name)
    expect_none(lacking)


def test_every_word_that_a_person_sees_is_translated(environment: Environment) -> None:
    found = []
    for name in template_names():
        markup = markup_of(environment, source_of(name))
        words = [*markup.words]
        for tag, attributes in markup.tags:
            words += [attributes[each] for each in WORDS_IN_ATTRIBUTES if each in attributes]
            if tag == "meta" and attributes.get("name") == "description":
                words.append(attributes.get("content", ""))
        found += [
            f"{name}: {each.strip()}"
            for each in words
            if LETTERS.search(NO_WORDS.sub("", each.replace(SIGN, " ")))
        ]
    expect_none(found)


def test_every_sentence_is_written_out_where_it_is_translated(environment: Environment) -> None:
    found = []
    for name in template_names():
        for call in environment.parse(source_of(name)).find_all(nodes.Call):
            called = call.node.name if isinstance(call.node, nodes.Name) else ""
            texts = {"_": 1, "gettext": 1, "ngettext": 2}.get(called, 0)
            if not all(isinstance(each, nodes.Const) for each in call.args[:texts]):
                found.append(f"{name}:{call.lineno}")
    expect_none(found)


def test_python_renders_no_template_of_another_project() -> None:
    expect_none([said(each) for each in files_under("platform", ".html")])

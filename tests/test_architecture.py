"""What the house promises: where things stand, who imports whom, what every route and setting declares."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import lint_imports
from litestar.routes import HTTPRoute

from linli.app import create_app
from linli.core.config import PREFIX, Settings, read_settings
from linli.migrations import MODULES_WITH_TABLES
from tests.house import ROOT, calls, expect_none, files_under, parsed, project_files, said

MOST_LINES = 400
VERSIONS = ROOT / "platform/linli/migrations/versions"  # read by Alembic alone
SETTING_ROW = re.compile(r"^\| `(LINLI_\w+)` \| *(.*?) *\|", re.MULTILINE)


def test_imports_keep_their_contracts() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = distributions([*project["dependencies"], *extras["build"], *extras["assignment"]])
    for_tests = declared | distributions([*extras["test"], *extras["check"], *extras["bench"]])
    expect_none(
        f"{said(path)}: {package}"
        for folder, known in (("platform", declared), ("matching", declared), ("tests", for_tests))
        for path in files_under(folder, ".py")
        for package in imported_packages(path) - known
    )


def distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", each)[0].lower().replace("_", "-") for each in requirements}


# Packages of extras that are called otherwise than their modules, and need not be installed here.
NOT_EVERYWHERE = {"faiss": ["faiss-cpu"]}


@cache
def owners() -> Mapping[str, list[str]]:
    return NOT_EVERYWHERE | dict(packages_distributions())


def imported_packages(path: Path) -> set[str]:
    """The distributions of others that a module imports, also those inside functions."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    strangers = names - sys.stdlib_module_names - {"linli", "matching", "tests"}
    return {owners().get(name, [name])[0].lower().replace("_", "-") for name in strangers}


def test_the_folder_platform_does_not_hide_pythons_own() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


def test_test_folders_are_no_packages_so_that_names_may_repeat() -> None:
    expect_none([said(each) for each in files_under("tests", ".py") if each.name == "__init__.py"])


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {
        each.parent for each in [*files_under("platform/linli", ".py"), *files_under("matching", ".py")]
    }
    missing = [said(each) for each in sorted(folders - {VERSIONS}) if not (each / "__init__.py").exists()]
    expect_none(missing)


def test_no_file_is_too_long_to_be_read() -> None:
    expect_none(
        f"{said(each)}: {lines} lines"
        for each in project_files()
        if each.suffix in {".py", ".html"}
        if (lines := len(each.read_text("utf-8").splitlines())) > MOST_LINES
    )


def test_no_address_of_a_package_registry_and_no_path_of_one_machine_is_in_the_tree() -> None:
    addresses = ("registry" + ".npmjs", "python" + "hosted", "pypi.org/" + "simple", "index" + "-url")
    strangers = re.compile(
        "|".join(
            (
                *(re.escape(each) for each in addresses),
                r'"resolved": *"https?:',
                r"registry *= *\"?https?:",
                re.escape(f"{ROOT}/"),
                re.escape(f"{Path.home()}/."),
                r"(?<![\w.-])/(?:home|Users)/\w+/",
            )
        )
    )
    found = []
    for path in project_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{said(path)}: {match[0]}" for match in strangers.finditer(text)]
    expect_none(found)


@pytest.fixture(scope="module")
def routes() -> list[HTTPRoute]:
    app = create_app(read_settings({}, database_url="sqlite:///:memory:"))
    return [route for route in app.routes if isinstance(route, HTTPRoute)]


def our_handlers(routes: list[HTTPRoute]) -> list[tuple[str, Any]]:
    """Every handler with the route it answers; OPTIONS is answered by the framework itself."""
    return [
        (f"{' '.join(sorted(handler.http_methods))} {route.path}", handler)
        for route in routes
        for handler in route.route_handlers
        if set(handler.http_methods) != {"OPTIONS"}
    ]


def test_every_route_declares_who_may_call_it(routes: list[HTTPRoute]) -> None:
    handlers = our_handlers(routes)
    assert len(handlers) > 4
    expect_none([name for name, handler in handlers if not callable(handler.opt.get("policy"))])


def test_no_route_is_spared_the_csrf_token(routes: list[HTTPRoute]) -> None:
    expect_none([name for name, handler in our_handlers(routes) if "exclude_from_csrf" in handler.opt])


def test_every_handler_is_async(routes: list[HTTPRoute]) -> None:
    # Three plain handlers on one path fail in Litestar 2.25.
    expect_none([name for name, handler in our_handlers(routes) if handler.has_sync_callable])


def test_every_module_with_tables_is_known_to_the_migrations() -> None:
    with_tables = {
        said(each).removeprefix("platform/").removesuffix(".py").replace("/", ".")
        for each in files_under("platform/linli", ".py")
        if "__tablename__" in each.read_text("utf-8")
    }
    assert with_tables == set(MODULES_WITH_TABLES)


def test_every_setting_is_documented_with_its_default() -> None:
    documented = dict(SETTING_ROW.findall((ROOT / "docs/operating.md").read_text("utf-8")))
    missing = []
    for setting in fields(Settings):
        name, default = PREFIX + setting.name.upper(), as_typed(setting.default)
        if documented.get(name, "").strip("`") != default or name not in documented:
            missing.append(f"| `{name}` | {f'`{default}`' if default else ''} | {setting.metadata['doc']} |")
    assert not missing, "docs/operating.md lacks these rows:\n" + "\n".join(missing)


def test_no_document_speaks_of_a_setting_that_does_not_exist() -> None:
    known = {PREFIX + setting.name.upper() for setting in fields(Settings)}
    known |= {f"{PREFIX}{name}" for path in files_under("tests", ".py") for name in environment_names(path)}
    known |= {f"{PREFIX}TEMPLATES_DIR", f"{PREFIX}SEED_DIR"}
    spoken = {
        (said(path), name)
        for path in project_files()
        if path.suffix in {".md", ""}
        for name in re.findall(r"\bLINLI_[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert sorted((path, name) for path, name in spoken if name not in known) == []


def as_typed(default: Any) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def environment_names(path: Path) -> list[str]:
    """Names that only the tests read, such as a PostgreSQL that is already running."""
    return re.findall(r"\bLINLI_(TEST_[A-Z]+)\b", path.read_text("utf-8"))


def test_markup_is_made_only_where_it_was_reviewed() -> None:
    reviewed = {"platform/linli/core/templates.py", "platform/linli/core/web/templating.py"}
    makers = {said(each) for each in files_under("platform", ".py") if any(calls(each, "Markup"))}
    expect_none(makers - reviewed)

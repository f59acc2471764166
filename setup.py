"""The wheel holds what Fireline brings along: `bot/config/bundled.py` reads it from here."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BUNDLED = ("manifest.yaml", "config", "runbooks")


class WithBundled(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            self._bundle(Path(self.build_lib) / "bot" / "bundled")

    def _bundle(self, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        for name in BUNDLED:
            for source in filter(Path.is_file, [Path(name), *Path(name).rglob("*.yaml"), *Path(name).rglob("*.md")]):
                (target / source).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target / source)


setup(cmdclass={"build_py": WithBundled})

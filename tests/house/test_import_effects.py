"""Nothing happens at import: no file, folder, process, thread or socket is made by the project's own code."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house.project import PACKAGES, ROOT, module_name, sources

RUN_BY_OTHERS = ("__main__.py", "env.py")
"""Python runs the one, Alembic the other, within a migration."""

WATCHED = """
import os
import sys
from importlib import import_module

root, packages, modules = sys.argv[1], tuple(sys.argv[2].split(",")), sys.argv[3:]
effects = {
    "os.exec", "os.fork", "os.link", "os.mkdir", "os.posix_spawn", "os.putenv", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.system", "subprocess.Popen", "socket.__new__", "socket.connect", "socket.getaddrinfo",
    "_thread.start_new_thread", "_thread.start_joinable_thread",
}
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def watch(event, arguments):
    if event not in effects and not (event == "open" and (arguments[2] or 0) & writing):
        return
    # What a vendor does while it is imported is its own affair: the innermost frame of ours, or of an import, decides.
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return
        if name.startswith(packages):
            print(f"{name[len(root) + 1:]}:{frame.f_lineno}: {event} {arguments[:1]}")
            return
        frame = frame.f_back

sys.addaudithook(watch)
for module in modules:
    import_module(module)
"""


def test_importing_every_module_has_no_effect(tmp_path: Path) -> None:
    modules = [module_name(path) for path in sources() if path.name not in RUN_BY_OTHERS]
    packages = ",".join(str(ROOT / package) + os.sep for package in PACKAGES)
    command = [sys.executable, "-c", WATCHED, str(ROOT), packages, *modules]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())


def test_the_watch_sees_an_effect(tmp_path: Path) -> None:
    """The guard itself, tried on a module that does what none may do."""
    (tmp_path / "careless.py").write_text("open('left-behind', 'w').close()\n")
    command = [sys.executable, "-c", WATCHED, str(tmp_path), str(tmp_path), "careless"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("careless.py:1: open ('left-behind',)")

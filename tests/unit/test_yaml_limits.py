"""Files that are no configuration: pipes, devices, bombs and endless ones are refused at once, in words."""

import os
import threading
from pathlib import Path

import pytest

from bot.config.yaml_lines import LARGEST_FILE, MOST_NODES, parse_yaml, read_yaml
from bot.domain.errors import ConfigError


def bomb(levels: int, wide: int, merge: str = "") -> str:
    """Each level stands for `wide` times the level before."""
    lines = ["l0: &l0 {a: 1}" if merge else "l0: &l0 [1, 2]"]
    for level in range(1, levels):
        parts = ", ".join([f"*l{level - 1}"] * wide)
        lines.append(
            f"l{level}: &l{level} {{<<: [{parts}], k{level}: 1}}" if merge else f"l{level}: &l{level} [{parts}]"
        )
    return "\n".join(lines)


@pytest.mark.parametrize("merge", ["", "<<"], ids=["lists", "merge keys"])
def test_a_billion_laughs_are_refused(merge: str) -> None:
    with pytest.raises(ConfigError, match=f"more than {MOST_NODES:,} values"):
        parse_yaml(bomb(30, 10, merge), "registry.yaml")


def test_what_contains_itself_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"registry\.yaml:1: this contains itself"):
        parse_yaml("a: &a [1, [2, *a]]", "registry.yaml")


def test_honest_aliases_and_merges_are_read() -> None:
    document = parse_yaml("base: &b {x: 1}\none: {<<: *b, y: 2}\nmany: [*b, *b]", "registry.yaml")
    assert document.data == {"base": {"x": 1}, "one": {"x": 1, "y": 2}, "many": [{"x": 1}, {"x": 1}]}


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 50_000, "- " * 50_000], ids=["lists", "maps", "items"])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_yaml(text, "registry.yaml")


def test_pipes_and_devices_are_refused_without_reading(tmp_path: Path) -> None:
    """Whoever reads the pipe all the same gets something, so that the test fails and does not hang."""
    pipe = tmp_path / "registry.yaml"
    os.mkfifo(pipe)
    writes = threading.Thread(target=pipe.write_text, args=("version: 1\n",))
    writes.start()
    try:
        for path in (pipe, Path("/dev/zero")):
            with pytest.raises(ConfigError, match="not a regular file"):
                read_yaml(path)
    finally:
        opened = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        writes.join()
        os.close(opened)


def test_an_enormous_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "registry.yaml"
    with path.open("wb") as stream:
        stream.truncate(LARGEST_FILE + 1)
    with pytest.raises(ConfigError, match="larger than 16 MB"):
        read_yaml(path)


def test_a_tab_may_stand_between_key_and_value_but_not_before_them() -> None:
    assert parse_yaml("a:\tb", "registry.yaml").data == {"a": "b"}
    with pytest.raises(ConfigError, match=r"registry\.yaml:2: this is not valid YAML: .*indent with spaces"):
        parse_yaml("a:\n\t- b", "registry.yaml")

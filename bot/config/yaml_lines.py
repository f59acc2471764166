"""YAML text as plain data that still knows the line of every key and item, so that a problem can name it."""

import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from bot.domain.errors import ConfigError, Problem, reason_of

Step = str | int
NodePath = tuple[Step, ...]

STRING = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
LARGEST_FILE = 16 * 2**20
DEEPEST = 100
MOST_NODES = 2_000_000
"""Keys and values with every alias written out: 10,000 processors have about 500,000."""
BOMB = f"with its aliases written out the file has more than {MOST_NODES:,} values; write what is meant"
END = yaml.StreamEndEvent()
SEXAGESIMAL_OR_OCTAL = re.compile(r":|^[-+]?0[0-7_]+$")


class _Loader(Composer, SafeConstructor, Resolver):
    """SafeLoader over events that came from anywhere, but 23:00 and 0600 stay text, as in YAML 1.2: YAML 1.1 reads them
    as 1380 and 384.
    """

    depth = 0

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self._events, self._next = events, next(events)

    def check_event(self, *choices: type[yaml.Event]) -> bool:
        return isinstance(self._next, choices)

    def peek_event(self) -> yaml.Event:
        return self._next

    def get_event(self) -> yaml.Event:
        event, self._next = self._next, next(self._events, END)
        return event

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: object) -> str:
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        plain_number = kind is yaml.ScalarNode and tag in NUMBERS and value is not None
        return STRING if plain_number and SEXAGESIMAL_OR_OCTAL.search(value or "") else tag

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RecursionError
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


@dataclass(frozen=True)
class YamlDocument:
    """`data` is dicts, lists and scalars. A path is made of keys and list positions: `("processors", 3, "phase")`."""

    name: str
    data: object
    root: yaml.Node | None

    def where(self, path: NodePath = ()) -> str:
        """`file:line` of the key or item at that path, or of the nearest thing around it that the file has."""
        line = 1 if self.root is None else self.root.start_mark.line + 1
        node = self.root
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return f"{self.name}:{line}"

    def problem(self, path: NodePath, message: str) -> Problem:
        return Problem(self.where(path), message)


def read_yaml(path: Path) -> YamlDocument:
    """Read one file. Raises ConfigError when it is missing, unreadable, not UTF-8 or not YAML."""
    return parse_yaml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Raises ConfigError for a file that is missing, unreadable or not UTF-8."""
    try:
        raw = _regular_bytes(path)
    except FileNotFoundError:
        raise _refused(path, "there is no such file; check the path, or create the file") from None
    except IsADirectoryError:
        raise _refused(path, "this is a directory; name the YAML file in it") from None
    except OSError as error:
        raise _refused(path, f"the file cannot be read ({reason_of(error)}); check its permissions") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file in UTF-8 encoding"
        raise _refused(path, message, line) from None


def _regular_bytes(path: Path) -> bytes:
    """Raises ConfigError for a pipe or device, on which reading may never end, and for what is too large."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise _refused(path, "this is a pipe or a device, not a regular file; name the YAML file itself")
    with path.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise _refused(path, f"the file is larger than {LARGEST_FILE // 2**20} MB; is it a configuration?")
    return raw


def parse_yaml(text: str, name: str) -> YamlDocument:
    """Parse one document; `name` is the file name used in problems. Raises ConfigError when it is not sound YAML."""
    try:
        loader, root = _composed(text)
        if root is None:
            return YamlDocument(name, None, None)
        _refuse_bombs(root, name)
        problems = [*_repeated_keys(root, name), *_unreadable_scalars(loader, root, name)]
        if problems:
            raise ConfigError(problems)
        return YamlDocument(name, loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_malformed(error, name)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"the character {_code_point(error.character)} is not allowed in YAML; remove it"
        raise ConfigError([Problem(f"{name}:{line}", message)]) from None
    except RecursionError:
        raise ConfigError([Problem(f"{name}:1", "the file is nested too deeply to be a configuration")]) from None


def _composed(text: str) -> tuple[_Loader, yaml.Node | None]:
    """A file of megabytes is scanned in C, in a tenth of the time; what is wrong with one PyYAML says better."""
    if yaml.__with_libyaml__:
        with suppress(yaml.YAMLError):
            return _nodes_of(yaml.parse(text, yaml.CSafeLoader))
    return _nodes_of(yaml.parse(text, yaml.SafeLoader))


def _nodes_of(events: Iterator[yaml.Event]) -> tuple[_Loader, yaml.Node | None]:
    loader = _Loader(events)
    return loader, loader.get_single_node()


def _refused(path: Path, message: str, line: int | None = None) -> ConfigError:
    """`line` None: it is the file itself, and no line of it."""
    return ConfigError([Problem(f"{path}" if line is None else f"{path}:{line}", message)])


def _code_point(character: int | str | bytes) -> str:
    """PyYAML gives the code of a character, typed as the character."""
    return f"U+{character if isinstance(character, int) else ord(character):04X}"


def _malformed(error: yaml.MarkedYAMLError, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    hint = "indent with spaces" if "'\\t'" in said else "check indentation, colons, quotes and brackets there"
    return Problem(f"{name}:{mark.line + 1 if mark else 1}", f"this is not valid YAML: {said}; {hint}")


def _child(node: yaml.Node | None, step: Step) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        pairs = [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode) and key.value == step]
        return (pairs[-1][0].start_mark.line + 1, pairs[-1][1]) if pairs else None
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item.start_mark.line + 1, item
    return None


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node once, in file order; anchors make the tree a graph."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in reversed(node.value) for part in reversed(pair))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))


def _refuse_bombs(root: yaml.Node, name: str) -> None:
    """Anchors let a small file stand for a huge one, or for one without end: count what it stands for first."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()
    waiting: list[yaml.Node] = [root]
    while waiting:
        node = waiting[-1]
        if id(node) in sizes:
            waiting.pop()
            continue
        parts = _parts(node)
        if id(node) in open_ or not parts:
            waiting.pop()
            open_.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes[id(part)] for part in parts)
            if sizes[id(node)] > MOST_NODES:
                raise ConfigError([Problem(f"{name}:{node.start_mark.line + 1}", BOMB)])
            continue
        open_.add(id(node))
        for part in parts:
            if id(part) in open_:
                raise ConfigError([Problem(f"{name}:{part.start_mark.line + 1}", "this contains itself; write it out")])
            if id(part) not in sizes:
                waiting.append(part)


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _repeated_keys(root: yaml.Node, name: str) -> Iterator[Problem]:
    for node in _nodes(root):
        if not isinstance(node, yaml.MappingNode):
            continue
        first: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            line, identity = key.start_mark.line + 1, (key.tag, key.value)
            if identity in first:
                message = f"the key {key.value!r} is already given on line {first[identity]}; keep one of the two"
                yield Problem(f"{name}:{line}", message)
            first.setdefault(identity, line)


def _unreadable_scalars(loader: _Loader, root: yaml.Node, name: str) -> Iterator[Problem]:
    """Scalars that look like a date or a number but are none (2026-13-45): PyYAML raises without saying where."""
    for node in _nodes(root):
        if not isinstance(node, yaml.ScalarNode) or node.tag == MERGE:
            continue
        try:
            loader.construct_object(node)
        except (ValueError, KeyError, AttributeError, OverflowError):
            message = (
                f"{node.value[:60]!r} cannot be read as {node.tag.rpartition(':')[2]}; put it in quotes or correct it"
            )
            yield Problem(f"{name}:{node.start_mark.line + 1}", message)

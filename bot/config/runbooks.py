"""Markdown files become runbooks; what is wrong with each is told with file and line, and the others are used."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.config.bundled import bundled
from bot.config.documents import document_of, sorted_by_line
from bot.config.runbook_file import ActionBlock, CallBlock, CheckBlock, FrontMatter, ManualBlock
from bot.config.yaml_lines import parse_yaml, read_text
from bot.domain.errors import ConfigError, Problem, reason_of, suggest
from bot.domain.platform.registry import Frozen
from bot.domain.runbooks.lint import faults, repeated
from bot.domain.runbooks.registry import ACTIONS, CHECKS
from bot.domain.runbooks.runbook import Approval, OnFail, Runbook, Step, StepKind

if TYPE_CHECKING:
    from markdown_it.token import Token

Block = TypeVar("Block", bound=Frozen)
FOLDER = "runbooks"
BLOCKS = tuple(StepKind)
MOST_FILES, MOST_STEPS, MOST_TEXT = 500, 50, 2_000
LARGEST = 200_000
"""Bytes."""
_NO_FRONT_MATTER = (
    "there is no front matter; begin the file with --- and id, title, severity, owner, reviewed_on, kinds, then ---"
)


@dataclass(frozen=True)
class LoadedRunbooks:
    """`runbooks` have no fault, in order of id; `problems` of the other files, and of the folder."""

    runbooks: tuple[Runbook, ...] = ()
    problems: tuple[Problem, ...] = ()


def runbook_folder(config: Path) -> Path:
    """A team's own, where its configuration folder has one; else those that come with Fireline."""
    own = config / FOLDER
    return own if own.is_dir() else bundled(FOLDER)


def load_runbooks(folder: Path) -> LoadedRunbooks:
    """Every `*.md` of a folder. Raises ConfigError for a folder that cannot be read."""
    try:
        paths = sorted(folder.glob("*.md"))
        if not folder.is_dir():
            raise ConfigError([Problem(str(folder), "there is no such folder; make it, or name another")])
    except OSError as error:
        raise ConfigError([Problem(str(folder), f"cannot be read ({reason_of(error)})")]) from error
    if len(paths) > MOST_FILES:
        raise ConfigError([Problem(str(folder), f"has {len(paths)} files; {MOST_FILES} runbooks at most")])
    read = [(path, *_read(path)) for path in paths]
    problems = [problem for _, _, found in read for problem in found]
    known = [(path, runbook) for path, runbook, _ in read if runbook is not None]
    twice = set(repeated(runbook for _, runbook in known))
    problems += [
        Problem(f"{path}:1", f"the id {runbook.id!r} is that of another file, too; give each its own")
        for path, runbook in known
        if runbook.id in twice
    ]
    sound = [runbook for _, runbook, found in read if runbook is not None and not found and runbook.id not in twice]
    return LoadedRunbooks(tuple(sorted(sound, key=lambda each: each.id)), tuple(problems))


def _read(path: Path) -> tuple[Runbook | None, tuple[Problem, ...]]:
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise ConfigError([Problem(f"{path}:1", f"the file is larger than {LARGEST // 1000} KB; is it a runbook?")])
        return parse_runbook(read_text(path), str(path))
    except ConfigError as error:
        return None, error.problems


def parse_runbook(text: str, name: str) -> tuple[Runbook | None, tuple[Problem, ...]]:
    """A runbook, and everything that is wrong with it; None: what is there says too little."""
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    if not handler.detect(text) or len(handler.FM_BOUNDARY.split(text, 2)) != 3:
        return None, (Problem(f"{name}:1", _NO_FRONT_MATTER),)
    front, body = handler.split(text)
    file = _File(name)
    head = file.block(front, 0, FrontMatter)
    steps, about = file.steps(body, text.count("\n") - body.count("\n"))
    if head is None:
        return None, sorted_by_line(file.problems)
    runbook = Runbook(**{each: getattr(head, each) for each in FrontMatter.model_fields}, about=about, steps=steps)
    for fault in faults(runbook):
        line = 1 if fault.step is None else file.lines[fault.step]
        file.problem(line, fault.message if fault.step is None else f"step {fault.step + 1}: {fault.message}")
    return runbook, sorted_by_line(file.problems)


@dataclass
class _Item:
    """An item of the numbered list as it is being read; lines count from 1."""

    line: int
    texts: list[str] = field(default_factory=list)
    blocks: list[tuple[int, str, str]] = field(default_factory=list)
    """(line of the content, words behind the fence, content)"""


class _File:
    def __init__(self, name: str) -> None:
        self._name = name
        self.problems: list[Problem] = []
        self.lines: list[int] = []
        """Of each step."""

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(f"{self._name}:{line}", message))

    def block(self, content: str, lines_before: int, model: type[Block]) -> Block | None:
        """YAML that begins after so many lines of the file."""
        try:
            yaml = parse_yaml("\n" * lines_before + content, self._name)
            if yaml.data is None:
                yaml = replace(yaml, data={})
            document = document_of(yaml, model)
        except ConfigError as error:
            self.problems += error.problems
            return None
        self.problems += [*document.problems, *document.unknown_keys]
        return document.value

    def steps(self, body: str, lines_before: int) -> tuple[tuple[Step, ...], str]:
        """The steps, and what stands before them."""
        from markdown_it import MarkdownIt

        items, about = _items(MarkdownIt("commonmark").parse(body), lines_before)
        if len(items) > MOST_STEPS:
            self.problem(items[MOST_STEPS].line, f"there are {len(items)} steps; {MOST_STEPS} at most")
            del items[MOST_STEPS:]
        steps: list[Step] = []
        for number, item in enumerate(items, 1):
            self.lines.append(item.line)
            steps.append(self._step(number, item, steps[-1].id if steps else None))
        return tuple(steps), about

    def _step(self, number: int, item: _Item, before: str | None) -> Step:
        text = "\n".join(item.texts).strip()
        if not text:
            self.problem(item.line, f"step {number} has no text; say in a sentence what it is")
        if len(text) > MOST_TEXT:
            self.problem(item.line, f"step {number} has {len(text)} characters; {MOST_TEXT} at most")
        step = Step(number=number, id=str(number), text=text[:MOST_TEXT], after=() if before is None else (before,))
        if len(item.blocks) > 1:
            self.problem(item.blocks[1][0] - 1, f"step {number} has {len(item.blocks)} live blocks; write one a step")
        for line, info, content in item.blocks[:1]:
            step = self._called(step, line, info.split(), content)
        return step

    def _called(self, step: Step, line: int, words: Sequence[str], content: str) -> Step:
        kind, call = StepKind(words[0]), " ".join(words[1:])
        if kind is StepKind.MANUAL:
            return _with(step, self.block(content, line - 1, ManualBlock))
        known = CHECKS if kind is StepKind.CHECK else ACTIONS
        if not call:
            self.problem(
                line - 1, f"step {step.number}: which {kind}? Write ```{kind} NAME. {suggest('', known)}".rstrip()
            )
        made = replace(step, kind=kind, call=call)
        if kind is StepKind.CHECK:
            check = self.block(content, line - 1, CheckBlock)
            if check is None:
                return replace(made, expect="", on_fail=OnFail.ASK)
            return replace(_with(made, check), expect=check.expect, on_fail=check.on_fail, within=check.within)
        action = self.block(content, line - 1, ActionBlock)
        least = ACTIONS[call].least if call in ACTIONS else Approval.RESPONDER
        return replace(_with(made, action), approval=(action.approval if action is not None else None) or least)


def _with(step: Step, block: ManualBlock | None) -> Step:
    if block is None:
        return step
    arguments = block.arguments if isinstance(block, CallBlock) else {}
    after = step.after if block.after is None else block.after
    return replace(step, id=block.id or step.id, after=after, arguments=arguments)


def _items(tokens: "Sequence[Token]", lines_before: int) -> tuple[list[_Item], str]:
    items: list[_Item] = []
    about: list[str] = []
    numbered, bulleted = False, 0
    for token in tokens:
        line = lines_before + (token.map[0] if token.map else 0) + 1
        if token.type == "ordered_list_open" and token.level == 0:
            numbered = True
        elif token.type == "ordered_list_close" and token.level == 0:
            numbered = False
        elif token.type == "list_item_open" and token.level == 1 and numbered:
            items.append(_Item(line))
        elif token.type in ("bullet_list_open", "bullet_list_close"):
            bulleted += 1 if token.type.endswith("open") else -1
        elif token.type == "inline":
            words = " ".join(token.content.split())
            said = f"• {words}" if bulleted else words
            (items[-1].texts if numbered and items else about).append(said)
        elif token.type == "fence" and numbered and items:
            _fence(token, line, items[-1])
    return items, "\n".join(about)


def _fence(token: "Token", line: int, item: _Item) -> None:
    """A block of ours, or text to be read."""
    if token.info.split()[:1] and token.info.split()[0] in BLOCKS:
        item.blocks.append((line + 1, token.info, token.content))
    else:
        item.texts += token.content.rstrip("\n").split("\n")

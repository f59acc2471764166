"""A YAML file and a pydantic model make a value, or one ConfigError with every problem and its line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.wording import explain, shown
from bot.config.yaml_lines import NodePath, Step, YamlDocument, parse_yaml, read_text, read_yaml
from bot.domain.errors import ConfigError, Problem, suggest

Model = TypeVar("Model", bound=BaseModel)
NO_SYNONYMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Document(Generic[Model]):
    """What a file says. `value` is None when there are problems; `unknown_keys` are spellings the model does not have.

    `data` has the model's keys; `written` maps a path in it to the key that the file uses there instead.
    """

    yaml: YamlDocument
    data: Mapping[str, Any]
    written: Mapping[NodePath, str]
    value: Model | None
    problems: tuple[Problem, ...]
    unknown_keys: tuple[Problem, ...]

    def where(self, path: NodePath) -> str:
        """`file:line` of a path in `data`."""
        return self.yaml.where(_as_written(path, self.written))


def load_document(path: Path, model: type[Model]) -> Model:
    """The file as a model, which is frozen. Raises ConfigError with every problem; an unknown key is one: rules must
    not vanish.
    """
    return cast(Model, _read_as(read_text(path), str(path), model))


@lru_cache(maxsize=16)
def _read_as(text: str, name: str, model: type[BaseModel]) -> BaseModel:
    """A start of Fireline asks for its policy a dozen times: the file is read each time, and understood if changed."""
    return _loaded(document_of(parse_yaml(text, name), model))


def load_part(path: Path, model: type[Model]) -> Model:
    """What the file has under the keys of the model, and only that: nothing else in it is looked at."""
    yaml = read_yaml(path)
    if not isinstance(yaml.data, dict):
        return _loaded(document_of(yaml, model))
    part = {key: yaml.data[key] for key in known_keys(model) if key in yaml.data}
    return _loaded(document_of(replace(yaml, data=part), model))


def _loaded(document: Document[Model]) -> Model:
    problems = sorted_by_line([*document.problems, *document.unknown_keys])
    if problems or document.value is None:
        raise ConfigError(problems)
    return document.value


def read_document(path: Path, model: type[Model], synonyms: Mapping[str, str] = NO_SYNONYMS) -> Document[Model]:
    """Read and validate. `synonyms` maps other spellings of keys to the model's; a null is the same as no key at all.

    Raises ConfigError only when there is nothing to validate: the file is missing, malformed, empty or no mapping.
    """
    return document_of(read_yaml(path), model, synonyms)


def document_of(yaml: YamlDocument, model: type[Model], synonyms: Mapping[str, str] = NO_SYNONYMS) -> Document[Model]:
    """Validate what was read. Raises ConfigError when it is empty or no mapping."""
    if not isinstance(yaml.data, dict):
        wanted = ", ".join(f"`{key}:`" for key in known_keys(model))
        found = "the file is empty" if yaml.data is None else f"the top level is {_shape(yaml.data)}"
        raise ConfigError([yaml.problem((), f"{found}; it must be a mapping with the keys {wanted}")])
    tidied = _Tidied(yaml, synonyms)
    data = tidied.mapping(yaml.data, model, ())
    value, errors = _validated(data, model)
    problems = list(tidied.problems)
    for error in errors:
        place = _as_written(error["loc"], tidied.written)
        problems.append(yaml.problem(place, f"{_subject(yaml.data, place)} {explain(error)}"))
    return Document(yaml, data, tidied.written, value, tuple(problems), tuple(tidied.unknown))


def sorted_by_line(problems: list[Problem]) -> tuple[Problem, ...]:
    """In file order, as a person fixes them; each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: int(problem.where.rpartition(":")[2])))


def known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys a file may use for that model."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


class _Tidied:
    """Follows the model through the data: drops nulls, translates synonyms, and notes keys the model does not know."""

    def __init__(self, yaml: YamlDocument, synonyms: Mapping[str, str]) -> None:
        self._yaml = yaml
        self._synonyms = synonyms
        self.written: dict[NodePath, str] = {}
        self.problems: list[Problem] = []
        self.unknown: list[Problem] = []

    def mapping(self, raw: Mapping[Any, Any], model: type[BaseModel], path: NodePath) -> dict[str, Any]:
        models = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        tidy: dict[str, Any] = {}
        for written, value in raw.items():
            key = self._synonyms.get(written, written) if written not in models else written
            if key not in models:
                message = f"the key {shown(written)} is not known. {suggest(str(written), models)}".rstrip()
                self.unknown.append(self._problem(path, written, message))
            elif value is not None and key in tidy:
                message = f"{written} says the same as {key}; keep one of the two"
                self.problems.append(self._problem(path, written, message))
            elif value is not None:
                if key != written:
                    self.written[(*path, key)] = written
                tidy[key] = self._value(value, models[key], (*path, key))
        return tidy

    def _problem(self, path: NodePath, written: Step, message: str) -> Problem:
        """Of a key as the file writes it."""
        return self._yaml.problem((*_as_written(path, self.written), written), message)

    def _value(self, value: Any, annotation: Any, path: NodePath) -> Any:
        model = _nested(annotation)
        if model is None:
            return value
        if get_origin(annotation) is dict and isinstance(value, dict):
            return {key: self._value(each, model, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [
                self.mapping(item, model, (*path, position)) if isinstance(item, dict) else item
                for position, item in enumerate(value)
            ]
        return self.mapping(value, model, path) if isinstance(value, dict) else value


def _nested(annotation: Any) -> type[BaseModel] | None:
    """The model inside `Model`, `Model | None`, `tuple[Model, ...]` or `dict[str, Model]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _nested(part)) is not None), None)


def _as_written(path: NodePath, written: Mapping[NodePath, str]) -> NodePath:
    return tuple(written.get(path[: depth + 1], step) for depth, step in enumerate(path))


def _validated(data: Mapping[str, Any], model: type[Model]) -> tuple[Model | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [each for each in error.errors() if not _only_of_others(each)]


def _only_of_others(error: ErrorDetails) -> bool:
    """A list is long enough as written: an item that has an error of its own was not counted."""
    return error["type"] == "too_short" and len(error["input"]) >= error.get("ctx", {})["min_length"]


def _subject(data: object, path: NodePath) -> str:
    """`NbacGamebookProcessor: expected_records.min`: the innermost named thing on the path, and the field within it."""
    owner, rest, here = "", list(path), data
    for position, step in enumerate(path):
        try:
            here = here[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(here, dict) and isinstance(here.get("name"), str) and here["name"]:
            owner, rest = here["name"], list(path[position + 1 :])
    field = "".join(f", item {step + 1}" if isinstance(step, int) else f".{step}" for step in rest).strip(".,")
    return ": ".join(part for part in (owner, field) if part) or "the file"


def _shape(value: object) -> str:
    return "a list" if isinstance(value, list) else shown(value)

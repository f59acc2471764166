"""Declarative rules for JSON values; each names its problems the way Slack does, by JSON pointer."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = Any


@dataclass(frozen=True)
class Problem:
    """One reason to refuse: `pointer` as in `/blocks/0/text`, `message` in Slack's words."""

    pointer: str
    message: str
    code: str = "failed_constraint"

    def line(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Problems = list[Problem]
Check = Callable[[dict[str, Any], str, Problems], None]


class Rule(Protocol):
    def check(self, value: Json, at: str, into: Problems) -> None:
        """Append to `into` whatever is wrong with `value`, which stands at pointer `at`."""


@dataclass(frozen=True)
class Str:
    """A string of `least` to `most` characters, optionally one of `choices` or matching `pattern`."""

    most: int | None = None
    least: int = 0
    choices: tuple[str, ...] = ()
    pattern: str | None = None

    def check(self, value: Json, at: str, into: Problems) -> None:
        if not isinstance(value, str):
            into.append(Problem(at, "must provide a string"))
        elif self.choices and value not in self.choices:
            into.append(Problem(at, f"value must be one of: {', '.join(self.choices)}"))
        elif len(value) < self.least:
            into.append(Problem(at, f"must be more than {self.least - 1} characters"))
        elif self.most is not None and len(value) > self.most:
            into.append(Problem(at, f"must be less than {self.most + 1} characters"))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            into.append(Problem(at, "value does not match the expected format"))


@dataclass(frozen=True)
class Num:
    """A number from `least` to `most`; only whole ones unless `decimal`."""

    least: float | None = None
    most: float | None = None
    decimal: bool = False

    def check(self, value: Json, at: str, into: Problems) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (self.decimal and isinstance(value, float) and math.isfinite(value)):
            into.append(Problem(at, "must provide a number" if self.decimal else "must provide an integer"))
        elif self.least is not None and value < self.least:
            into.append(Problem(at, f"must be greater than or equal to {self.least:g}"))
        elif self.most is not None and value > self.most:
            into.append(Problem(at, f"must be less than or equal to {self.most:g}"))


@dataclass(frozen=True)
class Bool:
    def check(self, value: Json, at: str, into: Problems) -> None:
        if not isinstance(value, bool):
            into.append(Problem(at, "must provide a boolean"))


@dataclass(frozen=True)
class Nullable:
    """`null`, or what `rule` allows."""

    rule: Rule

    def check(self, value: Json, at: str, into: Problems) -> None:
        if value is not None:
            self.rule.check(value, at, into)


@dataclass(frozen=True)
class Arr:
    """A list of `least` to `most` items."""

    item: Rule
    most: int | None = None
    least: int = 0

    def check(self, value: Json, at: str, into: Problems) -> None:
        if not isinstance(value, list):
            into.append(Problem(at, "must provide an array"))
            return
        if self.most is not None and len(value) > self.most:
            into.append(Problem(at, f"no more than {self.most} items allowed"))
            return
        if len(value) < self.least:
            into.append(Problem(at, f"no fewer than {self.least} items allowed"))
        for index, item in enumerate(value):
            self.item.check(item, f"{at}/{index}", into)


@dataclass(frozen=True)
class Obj:
    """An object with these fields and no others; `also` holds rules across fields."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    also: tuple[Check, ...] = field(default=())

    def check(self, value: Json, at: str, into: Problems) -> None:
        if not isinstance(value, dict):
            into.append(Problem(at, "must provide an object"))
            return
        before = len(into)
        for name in value:
            if name not in self.fields:
                into.append(Problem(at, f"invalid additional property: {name}", "invalid_additional_property"))
        for name in self.required:
            if name not in value:
                into.append(Problem(at, f"missing required field: {name}", "missing_required_field"))
        for name, inner in value.items():
            rule = self.fields.get(name)
            if rule is not None:
                rule.check(inner, f"{at}/{name}", into)
        if len(into) == before:
            for rule_across in self.also:
                rule_across(value, at, into)


@dataclass(frozen=True)
class ByType:
    """An object whose `type` names which rule holds."""

    kinds: Mapping[str, Rule]

    def check(self, value: Json, at: str, into: Problems) -> None:
        if not isinstance(value, dict):
            into.append(Problem(at, "must provide an object"))
            return
        if "type" not in value:
            into.append(Problem(at, "missing required field: type", "missing_required_field"))
            return
        kind = value["type"]
        rule = self.kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            into.append(Problem(f"{at}/type", f"unsupported type: {str(kind)[:80]}", "unsupported_type"))
        else:
            rule.check(value, at, into)


def typed(kind: str, fields: Mapping[str, Rule], required: tuple[str, ...] = (), also: tuple[Check, ...] = ()) -> Obj:
    """An object of `type` `kind`."""
    return Obj({"type": Str(choices=(kind,)), **fields}, ("type", *required), also)


def one_of(*names: str) -> Check:
    """Exactly one of these fields must be there."""

    def check(value: dict[str, Any], at: str, into: Problems) -> None:
        given = [name for name in names if name in value]
        if not given:
            into.append(Problem(at, f"missing required field: one of {', '.join(names)}", "missing_required_field"))
        elif len(given) > 1:
            into.append(Problem(at, f"only one of {', '.join(names)} is allowed"))

    return check


def any_of(*names: str) -> Check:
    """At least one of these fields must be there."""

    def check(value: dict[str, Any], at: str, into: Problems) -> None:
        if not any(name in value for name in names):
            into.append(Problem(at, f"missing required field: one of {', '.join(names)}", "missing_required_field"))

    return check

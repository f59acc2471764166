"""The policy file: what is refused, and what the bundled rules make of many hundred error texts."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from bot.config.check import check_folder
from bot.config.policy import load_policy
from bot.domain.errors import ConfigError
from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import TextRule, category_of, subject_of
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.services.first_configuration import policy_text
from tests.support.replay_worlds import PROJECT, WORLDS

RULES = load_policy(PROJECT / "config" / "nba" / "policy.yaml").failure_text_rules
TEXTS = PROJECT / "tests" / "golden" / "error_texts"
"""One text a line, `|` for a line break in it; a file for each category, and one for texts that say nothing."""
RECORDED = "select distinct error_message, true_category from read_parquet(?) where failure_category is null"


def texts_of(name: str) -> list[str]:
    return [line.replace("|", "\n") for line in (TEXTS / f"{name}.txt").read_text().splitlines()]


BASKETBALL = (
    r"game|box ?\??score|nba|league|player|\bteams?\b|\bprops?\b|odds|roster|lineup|injur|slate|tip-|matchup|trade"
    r"|transaction"
    r"|points|negative minutes|regular season|signing|predict|\bscore|rebound|assists|contest|starter|market"
)
NAMED = [
    (category, text) for category in Category if category is not Category.UNKNOWN for text in texts_of(category.value)
]


def test_what_is_in_shadow(tmp_path: Path) -> None:
    """Nothing unless told; all of it in what init writes; a name that nobody has is refused."""
    folder = tmp_path / "config"
    shutil.copytree(PROJECT / "config" / "nba", folder)
    bundled = (folder / "policy.yaml").read_text()
    assert not load_policy(folder / "policy.yaml").gate.shadow.is_on
    (folder / "policy.yaml").write_text(policy_text(bundled))
    assert load_policy(folder / "policy.yaml").gate.shadow == ShadowPolicy(everything=True)
    name = check_folder(folder)[0].processors[0].name
    (folder / "policy.yaml").write_text(f"shadow: {{kinds: [slow_drift], processors: [{name}]}}\n")
    check_folder(folder)
    (folder / "policy.yaml").write_text(f"shadow: {{processors: [{name}x]}}\n")
    with pytest.raises(ConfigError, match=f"there is no processor '{name}x'.*{name}"):
        check_folder(folder)


def test_how_many_steps_run_at_once(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("reprocessing:\n  slots: 4\n  services: {raw: 6}\n  processors: {Slow: 1}\n")
    limits = load_policy(file).limits
    assert (limits.slots, limits.of_service("raw"), limits.of_service("other")) == (4, 6, 2)
    assert (limits.of_processor("Slow"), limits.of_processor("Other")) == (1, 2)
    file.write_text("reprocessing:\n  slots: 0\n  services: {raw: many}\n")
    with pytest.raises(ConfigError, match="2 problems"):
        load_policy(file)


@pytest.mark.parametrize(("category", "text"), NAMED)
def test_the_bundled_rules_know_a_text(category: Category, text: str) -> None:
    assert category_of(text, RULES) is category


@pytest.mark.parametrize("text", texts_of("unexplained"))
def test_the_bundled_rules_leave_alone_what_says_nothing(text: str) -> None:
    assert category_of(text, RULES) is None


def test_what_init_writes_knows_the_same_texts_without_basketball(tmp_path: Path) -> None:
    general = policy_text((PROJECT / "config" / "nba" / "policy.yaml").read_text())
    of_texts = general.partition("failure_text_rules:")[2]
    assert not re.search(BASKETBALL, of_texts, re.IGNORECASE)
    (tmp_path / "policy.yaml").write_text(general)
    rules = load_policy(tmp_path / "policy.yaml").failure_text_rules
    texts = [(category, text) for category, text in NAMED if not re.search(BASKETBALL, text, re.IGNORECASE)]
    assert len(texts) > 350
    assert [text for category, text in texts if category_of(text, rules) is not category] == []
    assert [text for text in texts_of("unexplained") if category_of(text, rules) is not None] == []


def test_bigquery_and_duckdb_read_the_rules_alike() -> None:
    """DuckDB's regular expressions are RE2, as BigQuery's are."""
    said = [subject_of(text) for _, text in NAMED]
    query = "select list(regexp_matches(said, ?, 'i')) from (select unnest(?::varchar[]) as said)"
    with duckdb.connect() as warehouse:
        for rule in RULES:
            for pattern in rule.any_of:
                row = warehouse.execute(query, [pattern, said]).fetchone()
                alone = TextRule(rule.category, (pattern,))
                assert row == ([alone.matching(text) is not None for text in said],), pattern


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_bundled_rules_know_every_recorded_text(world: Path) -> None:
    """Of failures without a recorded category; those that are recorded may be masked, which no text can tell."""
    with duckdb.connect() as warehouse:
        rows = warehouse.execute(RECORDED, [str(world / "truth_categories.parquet")]).fetchall()
    assert rows
    assert [row for row in rows if category_of(row[0], RULES) != row[1]] == []


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        load_policy(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(?=later)", "uses '(?=', which RE2 does not have"),
        ("(?<!not )empty", "uses '(?<!', which RE2 does not have"),
        (r"(a)\1", r"uses '\\1', which RE2 does not have"),
        (r"end\Z", r"uses '\\Z', which RE2 does not have"),
        ("a++", "uses '++', which RE2 does not have"),
        ("a{1001}", "repeats more than 1000 times"),
        ("(open", "is no regular expression"),
        ("x*", "matches every text"),
    ],
)
def test_a_pattern_that_not_every_engine_understands_is_refused(tmp_path: Path, pattern: str, told: str) -> None:
    message = refused(tmp_path, f"failure_text_rules:\n- category: timeout\n  any_of:\n  - fine\n  - '{pattern}'\n")
    assert "policy.yaml:5: failure_text_rules, item 1.any_of, item 2" in message
    assert told in message


@pytest.mark.parametrize("pattern", [r"[*+?]+", r"\++", r"[(?=]", r"a{1,3}\b", r"\(\?\=", "(?:a|b)+?", "(?i:x)"])
def test_a_pattern_that_only_looks_like_more_is_taken(tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(f"failure_text_rules:\n- category: timeout\n  any_of: ['{pattern}']\n")
    assert load_policy(path).failure_text_rules == (TextRule(Category.TIMEOUT, (pattern,)),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("failure_text_rules:\n- category: timeot\n  any_of: [a]\n", "policy.yaml:2: failure_text_rules, item 1.cate"),
        ("failure_text_rules:\n- category: timeot\n  any_of: [a]\n", "Did you mean timeout?"),
        ("failure_text_rules:\n- category: timeout\n  any_of: []\n", "policy.yaml:3: failure_text_rules, item 1.any"),
        ("failure_text_rules:\n- category: timeout\n  any_of: a\n", "is 'a', not a list; write [a]"),
        ("failure_text_rules:\n- category: timeout\n", "any_of is missing"),
        ("failure_text_rule: []\n", "policy.yaml:1: the key 'failure_text_rule' is not known. Did you mean fail"),
        ("", "policy.yaml:1: the file is empty"),
        ("shadow: {kinds: [declared]}\n", "declared is what a person says: it cannot be in shadow"),
        ("shadow: {kinds: [slow_drif]}\n", "Did you mean slow_drift"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert told in refused(tmp_path, text)

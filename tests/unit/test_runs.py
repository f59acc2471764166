"""classify(): one category for every failed run, and the promise that nothing unexplained is silenced."""

import itertools

import pytest

from bot.domain.evidence.runs import (
    VOCABULARIES,
    Category,
    ClassReason,
    DateState,
    FailedRun,
    Input,
    InputKind,
    Traits,
    classify,
)

RECORDED = (None, *Category)
STATES = [DateState(e, f, j) for e, f, j in itertools.product((True, False, None), (True, False, None), (True, False))]
TRAITS = [Traits(s, p, k) for s, p, k in itertools.product((True, False), (True, False), InputKind)]
EVERY_CASE = list(itertools.product(RECORDED, RECORDED, Input, STATES, TRAITS))
DUE = DateState(expected=True, filled=False, judged=True)
FROM_FILE = Traits(input_kind=InputKind.FILE)


def test_every_combination_has_one_category_and_a_reason() -> None:
    for recorded, hinted, given, state, traits in EVERY_CASE:
        found = classify(FailedRun(recorded, hinted, given), state, traits)
        assert found.category in Category
        assert found.reason in ClassReason


def test_a_recorded_category_is_believed_unless_masked() -> None:
    for recorded, hinted, given, state, traits in EVERY_CASE:
        if recorded in (None, Category.UNKNOWN):
            continue
        found = classify(FailedRun(recorded, hinted, given), state, traits)
        assert found.masked or (found.category, found.reason) == (recorded, ClassReason.RECORDED)


def test_masked_is_exactly_the_recorded_no_data_before_an_empty_table_with_its_file() -> None:
    for recorded, hinted, given, state, traits in EVERY_CASE:
        found = classify(FailedRun(recorded, hinted, given), state, traits)
        due = state.expected is True and state.judged and state.filled is False and not traits.sporadic
        fits = due and traits.input_kind is InputKind.FILE and given is Input.READY
        assert found.masked == (recorded is Category.NO_DATA_AVAILABLE and fits)
        if found.masked:
            assert found.category is Category.PROCESSING_ERROR


def test_the_text_alone_never_silences_a_run_when_data_is_expected() -> None:
    """Where data is due and no evidence speaks for silence, saying "no data" must not make a run quieter."""
    for recorded, given, state, traits in itertools.product((None, Category.UNKNOWN), Input, STATES, TRAITS):
        if state.expected is not True or traits.sporadic:
            continue
        said = classify(FailedRun(recorded, Category.NO_DATA_AVAILABLE, given), state, traits)
        if said.category is Category.NO_DATA_AVAILABLE:
            assert given in (Input.ABSENT, Input.USED) or state.filled is True


def test_nothing_unexplained_is_silenced() -> None:
    """Without a record, a text, a file and anything known of the date, a failure is unknown, never expected."""
    silent = FailedRun(None, None, Input.UNTRACED)
    for judged, traits in itertools.product((True, False), TRAITS):
        if traits.sporadic:
            continue
        for filled in (False, None):
            for expected in (True, None):
                found = classify(silent, DateState(expected, filled, judged), traits)
                assert found.category is Category.UNKNOWN


def test_recorded_unknown_is_treated_as_no_record() -> None:
    for hinted, given, state, traits in itertools.product(RECORDED, Input, STATES, TRAITS):
        left = classify(FailedRun(None, hinted, given), state, traits)
        assert classify(FailedRun(Category.UNKNOWN, hinted, given), state, traits) == left


@pytest.mark.parametrize(
    ("run", "state", "traits", "category", "reason"),
    [
        (FailedRun(None, Category.TIMEOUT, Input.ABSENT), DUE, FROM_FILE, Category.TIMEOUT, ClassReason.SAID),
        (
            FailedRun(None, None, Input.ABSENT),
            DateState(False, None, True),
            FROM_FILE,
            Category.NO_DATA_AVAILABLE,
            ClassReason.NOT_EXPECTED,
        ),
        (FailedRun(None, None, Input.ABSENT), DUE, FROM_FILE, Category.NO_DATA_AVAILABLE, ClassReason.NO_FILE),
        (
            FailedRun(None, None, Input.ABSENT),
            DUE,
            Traits(input_kind=InputKind.UPSTREAM),
            Category.UPSTREAM_FAILURE,
            ClassReason.UPSTREAM_EMPTY,
        ),
        (FailedRun(None, None, Input.READY), DUE, FROM_FILE, Category.PROCESSING_ERROR, ClassReason.INPUT_LEFT_UNUSED),
    ],
    ids=["fault named", "no games", "no file yet", "upstream empty", "input left unused"],
)
def test_what_explains_a_run_without_a_record(
    run: FailedRun, state: DateState, traits: Traits, category: Category, reason: ClassReason
) -> None:
    found = classify(run, state, traits)
    assert (found.category, found.reason, found.masked) == (category, reason, False)


def test_both_vocabularies_are_read() -> None:
    assert VOCABULARIES["dependency_missing"] is Category.UPSTREAM_FAILURE
    assert VOCABULARIES["error"] is Category.PROCESSING_ERROR
    assert {VOCABULARIES[category.value] for category in Category} == set(Category)

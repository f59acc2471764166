"""The registry's own models: what a value may be, and what the registry answers."""

from datetime import time
from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.errors import BadInput
from bot.domain.platform.registry import (
    Control,
    ExpectedRecords,
    Kind,
    Processor,
    Registry,
    Service,
    ServiceRequest,
)


def processor(name: str = "A", phase: int = 2, **fields: object) -> Processor:
    return Processor.model_validate({"name": name, "phase": phase, **fields})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("03:00 ET", time(3)),
        ("3:00", time(3)),
        ("03:00 AM ET", time(3)),
        ("12:30 AM ET", time(0, 30)),
        ("12:30 pm et", time(12, 30)),
        ("11:59 PM", time(23, 59)),
        (time(4), time(4)),
    ],
)
def test_a_deadline_is_read_in_every_spelling(written: object, meant: time) -> None:
    assert processor(sla_completion_time=written).sla_completion_time == meant


@pytest.mark.parametrize("written", ["25:00 ET", "13:00 PM", "03:60", "3 o'clock", "", 1380, 3.5, True])
def test_anything_else_is_no_deadline(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a time of day"):
        processor(sla_completion_time=written)


@pytest.mark.parametrize("field", ["timeout_seconds", "freshness_hours"])
@pytest.mark.parametrize("value", [True, False, float("nan"), float("inf"), -1, 0, "soon"])
def test_a_duration_is_a_finite_number_above_zero(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Processor.model_validate({"name": "A", "phase": 2, field: value})


@pytest.mark.parametrize("phase", [True, -1, 100, 2.5, "two"])
def test_a_phase_is_a_small_whole_number(phase: object) -> None:
    with pytest.raises(ValidationError):
        Processor.model_validate({"name": "A", "phase": phase})


def test_slots_are_sorted_and_each_once() -> None:
    assert processor(schedule_hours_et=[24.5, 14, 24.5, 14.0]).schedule_hours_et == (14.0, 24.5)


@pytest.mark.parametrize("slot", [72, -0.5, True, float("nan"), "22:45"])
def test_a_slot_is_an_hour_of_three_days(slot: object) -> None:
    with pytest.raises(ValidationError):
        processor(schedule_hours_et=[slot])


def test_a_clock_time_as_slot_is_reported_as_hours() -> None:
    with pytest.raises(ValidationError, match=r"write hours as a number: 22\.75"):
        processor(schedule_hours_et=["22:45"])


def test_a_record_range_may_be_two_numbers() -> None:
    assert ExpectedRecords.model_validate([100, 500]) == ExpectedRecords.model_validate({"min": 100, "max": 500})


@pytest.mark.parametrize("written", [[1], [1, 2, 3], [5, 1], {"min": 5, "max": 1}, {"typical": -1}, {"min": True}])
def test_a_record_range_must_make_sense(written: object) -> None:
    with pytest.raises(ValidationError):
        ExpectedRecords.model_validate(written)


def test_absent_fields_cost_only_what_they_would_have_reported() -> None:
    bare = processor()
    assert (bare.kind, bare.criticality, bare.schedule_hours_et, bare.service) == (Kind.PROCESSOR, None, (), None)
    assert bare.expected_records == ExpectedRecords()


def test_dependents_are_derived_from_dependencies() -> None:
    registry = Registry(processors=(processor("A"), processor("B", dependencies=["A"]), processor("C", 3)))
    assert registry.dependents == {"A": ("B",), "B": (), "C": ()}
    assert registry.phases == (2, 3)


def test_a_processor_is_found_whatever_the_letter_case() -> None:
    registry = Registry(processors=(processor("NbacGamebookProcessor"),))
    assert registry.get(" nbacgamebookprocessor ").name == "NbacGamebookProcessor"


def test_an_unknown_processor_is_refused_with_the_nearest_name() -> None:
    registry = Registry(processors=(processor("NbacGamebookProcessor"),))
    with pytest.raises(BadInput, match=r"'NbacGamebok'.*Did you mean NbacGamebookProcessor"):
        registry.get("NbacGamebok")


def test_a_name_that_ran_is_included_whole_however_long() -> None:
    name = "x" * 300
    assert Registry().including([name, name]).get(name).name == name


@pytest.mark.parametrize(
    "address", ["https://raw.example", "http://127.0.0.1:8765/services", "https://[2001:db8::1]:8443/a"]
)
def test_where_a_service_is(address: str) -> None:
    assert Service(name="raw", address=f"{address}/").address == address


@pytest.mark.parametrize(
    "address",
    [
        "raw.example",
        "file:///etc/passwd",
        "gopher://raw.example",
        "https://",
        "https://user:word@raw.example",
        "https://raw.example@evil.example",
        "https://raw.example?x=1",
        "https://raw.example#x",
        "https://raw.example\\@evil.example",
        "https://raw example",
        "https://raw.example:99999",
        "http://[169.254.169.254]",
        "http://[::::]",
        "http://[fe80::1%25eth0]",
        "http://①⑥⑨.254.169.254",
        "http://169。254。169。254",
        "http://169.254.169.254:80@raw.example",
        "http://raw.example#@169.254.169.254",
        "http:169.254.169.254",
        "http:///169.254.169.254",
        "http://169.254.169.254\t/",
        "http://169.254.169.254\r\nHost: x",
        "http://169.254.169.254%00.raw.example",
        "http://%31%36%39.254.169.254",
        "//169.254.169.254",
        "ftp://raw.example",
        "dict://127.0.0.1:11211",
        "unix:///var/run/docker.sock",
        "jar:http://169.254.169.254!",
        "ldap://169.254.169.254",
        7,
    ],
)
def test_what_is_no_address_of_a_service(address: object) -> None:
    with pytest.raises(ValidationError, match="write https://HOST"):
        Service(name="raw", address=address)


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "process"},
        {"path": "//evil.example/process"},
        {"path": "/a b"},
        {"path": "/{other}"},
        {"body": {"date": "{0.__class__}"}},
        {"method": "DELETE"},
    ],
)
def test_what_is_no_request_of_a_service(request_: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ServiceRequest(**request_)


def test_how_a_service_is_asked_follows_from_what_it_is() -> None:
    request = ServiceRequest()
    there = Service(name="a", project="p", address="https://a.example", request=request)
    assert (there.asked_by, there.cannot_start) == (Control.CLOUD_RUN, "")
    assert Service(name="a").cannot_start == "service a has no address and no request in registry.yaml"
    job = Service(name="j", control=Control.CLOUD_RUN_JOB, project="p")
    assert job.cannot_start == "service j has no region in registry.yaml"

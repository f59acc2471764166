"""The platforms: what jobs they have, when these run, and how a registry says so."""

from __future__ import annotations

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from tests.platforms.model import DAY, Job, Platform

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = (date(2026, 3, 19), date(2026, 4, 3), date(2026, 4, 6))
SHOPPING, EVEN = (0.9, 0.85, 0.9, 1.0, 1.2, 1.5, 1.35), (1.0,) * 7
ZONES = {
    "shop": "Europe/Berlin Europe/Madrid America/Sao_Paulo Europe/London",
    "bank": "Europe/Zurich Asia/Tokyo America/Toronto Australia/Sydney",
    "devices": "Asia/Kolkata UTC America/St_Johns",
    "weekly": "America/New_York Europe/Warsaw Asia/Singapore",
}
SHOP = """
orders.5min | every 5         | CRITICAL | 1 |              | shop/orders
payments    | every 60        | HIGH     | 1 |              | psp/payments
clicks      | every 60        | MEDIUM   | 1 |              | web/clicks
search log  | every 60        | LOW      | 1 |              | web/search
app events  | every 60        | HIGH     | 1 |              | app/events
cart        | every 60        | MEDIUM   | 1 |              | shop/cart
mail/opens  | every 120       | LOW      | 1 |              | mail/opens
returns     | nightly 2:00 45 | MEDIUM   | 1 |              | shop/returns
carriers    | nightly 2:15    | LOW      | 1 |              | carriers
customers   | nightly 3:00    | MEDIUM   | 2 | orders.5min  |
fact_orders | nightly 3:30 60 | CRITICAL | 2 | orders.5min, payments |
sessions    | nightly 4:00    | HIGH     | 2 | clicks       |
mart 1      | nightly 5:10    | MEDIUM   | 3 | sessions     |
mart 2      | nightly 5:20 45 | MEDIUM   | 3 | fact_orders  |
mart 3      | nightly 5:30    | LOW      | 3 | sessions     |
revenue     | nightly 6:00 45 | HIGH     | 3 | fact_orders, returns |
dunning     | workday 8:00    | MEDIUM   | 3 |              |
"""
BANK = """
card feed   | office 8-17:15  | HIGH     | 1 |              | feed/cards
wires       | office 8-17:15  | MEDIUM   | 1 |              | feed/wires
fx.ticks    | office 8-17:15  | MEDIUM   | 1 |              | feed/fx
collateral  | office 8-17:15  | LOW      | 1 |              | feed/collateral
rates       | workday 18:30   | HIGH     | 1 |              | ecb/rates
book A      | workday 19:00   | MEDIUM   | 2 | card feed    |
book B      | workday 19:00   | MEDIUM   | 2 | wires        |
book C      | workday 19:00   | MEDIUM   | 2 | fx.ticks     |
book D      | workday 19:00   | MEDIUM   | 2 | collateral   |
ledger      | workday 20:00   | CRITICAL | 3 | book A, book B |
limits      | workday 20:30   | HIGH     | 3 | book C       |
risk        | workday 21:00   | HIGH     | 3 | ledger, limits |
regulator   | workday 22:15   | HIGH     | 3 |              | reg/forms
statements  | monthend 22:45  | MEDIUM   | 3 |              |
"""
DEVICES = """
meters/2min | every 2         | HIGH     | 1 |              | net/meters
gateways    | every 5         | MEDIUM   | 1 |              | net/gateways
roll-up 1   | every 60        | MEDIUM   | 1 |              |
roll-up 2   | every 60        | MEDIUM   | 1 |              |
roll-up 3   | every 60        | LOW      | 1 |              |
roll-up 4   | every 60        | HIGH     | 1 |              |
roll-up 5   | every 60        | MEDIUM   | 1 |              |
firmware    | every 240       | LOW      | 1 |              | net/firmware
tariffs     | nightly 0:40    | MEDIUM   | 1 |              | market/tariffs
usage       | nightly 1:30 60 | CRITICAL | 2 | meters/2min  |
billing     | nightly 3:00    | HIGH     | 3 | usage        |
anomalies   | nightly 3:20    | MEDIUM   | 3 | usage, gateways |
"""
WEEKLY = """
tickets     | nightly 1:00    | MEDIUM   | 1 |              | desk/tickets
hours       | nightly 1:30    | LOW      | 1 |              | desk/hours
""" + "".join(
    f"extract {day} | {day} 4:20 | HIGH | 1 | | crm/{day}\nmodel {day} | {day} 6:20 | CRITICAL | 1 | extract {day} |\n"
    f"letter {day} | {day} 8:20 | MEDIUM | 1 | model {day} |\n"
    for day in WEEK[:5]
)
TABLES = {"shop": SHOP, "bank": BANK, "devices": DEVICES, "weekly": WEEKLY}


def platform_of(name: str, chance: Random) -> Platform:
    lines = [[cell.strip() for cell in line.split("|")] for line in TABLES[name].strip().splitlines()]
    workdays: dict[str, object] = {"weekdays": list(WEEK[:5]), "holidays": [str(day) for day in HOLIDAYS]}
    calendars = {"business": workdays, "month_end": {**workdays, "month_days": [-1]}}
    jobs = [_job(line, SHOPPING if name == "shop" else EVEN, chance) for line in lines]
    return Platform(ZoneInfo(chance.choice(ZONES[name].split())), jobs, calendars if name in ("shop", "bank") else {})


def _job(line: list[str], swing: tuple[float, ...], chance: Random) -> Job:
    name, when, criticality, phase, depends = line[:5]
    minutes, registry = _schedule(when, chance)
    gap = 24 * 3600 / len(minutes)
    return Job(
        name=name,
        minutes=minutes,
        works={"workday": business, "office": business, "monthend": month_end}.get(when.split()[0], _weekday(when)),
        registry=registry,
        criticality=criticality,
        phase=int(phase),
        rows=chance.randint(60, 400) * len(minutes) if gap < 600 else chance.randint(900, 90_000),
        seconds=chance.uniform(5, 9) if gap < 600 else chance.uniform(30, 400),
        limit=round(gap) if gap < 600 else 1800,
        depends=tuple(each.strip() for each in depends.split(",") if each.strip()),
        source=(line[5] or None) if len(line) > 5 else None,
        swing=swing,
    )


def _schedule(when: str, chance: Random) -> tuple[tuple[int, ...], dict[str, object]]:
    """The slots, and the registry's words for them, which are several."""
    word, at, *more = when.split()
    if word == "every":
        gap, offset = int(at), chance.randint(1, 25) if int(at) >= 60 else 0
        hours = f"*/{gap // 60}" if gap > 60 else "*"
        return tuple(range(offset, 1440, gap)), {
            "schedule": f"{offset} {hours} * * *" if gap >= 60 else f"*/{gap} * * * *"
        }
    hour, minute = at.split(":")
    if word == "office":
        first, last = map(int, hour.split("-"))
        slots = tuple(60 * each + int(minute) for each in range(first, last + 1))
        return slots, {"schedule": f"{minute} {hour} * * *", "calendar": "business"}
    slot, cron = 60 * int(hour) + int(minute), f"{int(minute)} {hour}"
    if word == "nightly":
        slots = (slot + 1440, *(slot + 1440 + int(each) for each in more))
        if chance.random() < 0.5:
            return slots, {"schedule_hours_et": [each / 60 for each in slots]}
        return slots, {"schedule": [f"{each % 60} {each // 60 - 24} * * *" for each in slots], "data_lag_days": 1}
    if word == "workday":
        return (slot,), {"schedule": f"{cron} * * 1-5", "calendar": "business"}
    if word == "monthend":
        return (slot,), {"schedule": f"{cron} * * *", "calendar": "month_end"}
    return (slot,), {"schedule": f"{cron} * * {word}"}


def business(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def month_end(day: date) -> bool:
    later = (day + n * DAY for n in range(1, 10))
    return business(day) and not any(each.month == day.month and business(each) for each in later)


def _weekday(when: str):  # type: ignore[no-untyped-def]
    number = WEEK.index(when.split()[0]) if when.split()[0] in WEEK else None
    return lambda day: number is None or day.weekday() == number

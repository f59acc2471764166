"""oncall.yaml: what it means, and every fault with its line."""

from pathlib import Path

import pytest

from bot.config.oncall import load_oncall
from bot.domain.errors import ConfigError
from bot.domain.oncall.on_call import everyone_on_call, on_call
from tests.support.rotas import eastern

HEAD = "timezone: America/New_York\npeople: [{name: Ana, slack: U0ANA}, {name: Ben}]\n"
ROTA = "rotas: [{name: primary, layers: [{people: [Ana, Ben], starts: 2026-01-05}]}]\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "oncall.yaml"
    path.write_text(text)
    return path


def test_no_file_is_no_rota(tmp_path: Path) -> None:
    assert load_oncall(tmp_path / "oncall.yaml").rotas == ()


def test_a_short_file_is_a_weekly_rota_from_monday_at_nine(tmp_path: Path) -> None:
    plan = load_oncall(written(tmp_path, HEAD + ROTA))
    turn = on_call(plan, "primary", eastern(2026, 1, 13))
    assert (turn.person, turn.since, turn.until) == ("Ben", eastern(2026, 1, 12, 9), eastern(2026, 1, 19, 9))


def test_hours_over_midnight_weekdays_and_overrides_are_of_the_wall_clock(tmp_path: Path) -> None:
    rota = '{name: night, layers: [{people: [Ana], hours: "18:00-08:00", weekdays: [Mon, friday]}]}'
    swap = 'overrides: [{rota: night, person: Ben, since: "2026-03-07 02:30", until: "2026-03-08 02:30"}]'
    plan = load_oncall(written(tmp_path, f"{HEAD}rotas: [{rota}]\n{swap}\n"))
    asked = {(6, 17): "", (6, 18): "Ana", (7, 2): "Ana", (7, 3): "Ben", (8, 1): "Ben", (8, 3): "", (10, 7): "Ana"}
    assert {at: on_call(plan, "night", eastern(2026, 3, *at)).person for at in asked} == asked


def test_the_bundled_rotas_have_somebody_each() -> None:
    plan = load_oncall(Path("config/nba/oncall.yaml"))
    assert [turn.person for turn in everyone_on_call(plan, eastern(2026, 1, 13))] == ["Ben", "Ana", "Dana"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("timezone: Factory\n", ["'Factory' is not a known time zone."]),
        ("timezone: ET\n", ["'ET' is not a known time zone. Did you mean America/New_York?"]),
        (
            HEAD.replace("Ben}", "Ben, timezone: EST5, phone: 555-1234, email: ben}") + ROTA,
            ["'EST5' is not a known", "'555-1234' is no phone number", "'ben' is no mail address"],
        ),
        (HEAD.replace("U0ANA", "ana") + ROTA, ["'ana' is no Slack member id"]),
        (HEAD.replace("Ben", "Ana") + ROTA, ["Ana stands twice in people", "'Ben' is not among the people"]),
        (HEAD.replace("Ben", "ana") + ROTA.replace("Ben", "ana"), ["'ana' and 'Ana' are one name in a command"]),
        (HEAD.replace("Ben}", "Ben, slack: U0ANA}") + ROTA, ["Ben: Ana has this Slack id, too"]),
        (HEAD + ROTA.replace("Ben]", "Bne]"), ["'Bne' is not among the people. Did you mean Ben?"]),
        (HEAD + ROTA.replace(", starts: 2026-01-05", ""), ["several people and no `starts`"]),
        (HEAD + "rotas: [{name: primary}]\n", ["3: primary has nobody"]),
        (HEAD + ROTA[:-2] + ", {name: second, follows: primry}]\n", ["no rota 'primry' to follow. Did you mean"]),
        (HEAD + ROTA[:-2] + ", {name: b, follows: c}, {name: c, follows: b}]\n", ["c has no", "b has no"]),
        (HEAD + ROTA.replace("2026-01-05", "2026-02-30"), ["'2026-02-30' cannot be read"]),
        (HEAD + ROTA.replace("starts", "hours: 9-17, starts"), ["'9-17' are no hours"]),
        (HEAD + ROTA.replace("starts", "evry_days: 7, starts"), ["the key 'evry_days' is not known."]),
        (HEAD + ROTA.replace("starts", "every_days: 0, starts"), ["every_days"]),
        (
            HEAD + ROTA + 'overrides: [{rota: prim, person: Ben, since: "2026-02-02 09:00", until: "2026-02-01 9:00"}]',
            ["there is no rota 'prim'. Did you mean primary?", "ends before it begins"],
        ),
        (
            f'{HEAD}{ROTA}overrides: [{{rota: primary, person: Ben, since: 2026-03-08 2:10, until: 2026-03-08 2:50}}]',
            ["holds no time: America/New_York turns its clock on to 03:00 on 2026-03-08"],
        ),
        (HEAD + ROTA + 'overrides: [{rota: primary, person: Ben, since: soon, until: x}]\n', ["'soon' is no time"]),
    ],
)  # fmt: skip
def test_every_fault_is_named_with_its_line(tmp_path: Path, text: str, faults: list[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        load_oncall(written(tmp_path, text))
    said = str(raised.value)
    assert [fault for fault in faults if fault not in said] == [], said
    assert "oncall.yaml:" in said
    assert "too short" not in said


def test_an_empty_list_is_too_short(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="rotas is too short; give at least 1"):
        load_oncall(written(tmp_path, HEAD + "rotas: []\n"))

"""What stands behind buttons, as rows: made with the episode that they are about."""

import secrets

from sqlalchemy import Connection, RowMapping, select

from bot.adapters.state import tables
from bot.adapters.state.writing import insert_new
from bot.domain.access import Act
from bot.domain.grants import Grant
from bot.domain.incidents.response import Response

GRANT = tables.action_grant
ID_BYTES = 16


def make_grants(connection: Connection, response: Response) -> None:
    """One for each act; those that are there already stay."""
    episode = response.incident, response.episode
    made = (Grant(secrets.token_urlsafe(ID_BYTES), *episode, act, response.opened_at) for act in Act)
    rows = [{**vars(each), "act": each.act.name, "expires_at": each.expires_at} for each in made]
    insert_new(connection, GRANT, rows)


def grants_of(connection: Connection, incident: str, episode: int) -> dict[str, str]:
    query = select(GRANT).where(GRANT.c.incident == incident, GRANT.c.episode == episode)
    return {Act[row["act"]]: row["id"] for row in connection.execute(query).mappings()}


def grant_of(connection: Connection, grant_id: str) -> Grant | None:
    row = connection.execute(select(GRANT).where(GRANT.c.id == grant_id)).mappings().one_or_none()
    return None if row is None else _grant(row)


def _grant(row: RowMapping) -> Grant:
    return Grant(row["id"], row["incident"], row["episode"], Act[row["act"]], row["made_at"])

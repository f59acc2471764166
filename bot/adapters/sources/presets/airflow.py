"""Airflow: the runs of its metadata database."""

from datetime import timedelta
from functools import partial

from bot.adapters.sources.presets.airflow_runs import CURSOR, Level, runs_query
from bot.adapters.sources.sql import Question, SqlSource
from bot.domain.sources import Feed


def airflow_source(name: str, url: str, level: Level, lateness: timedelta) -> SqlSource:
    """`level`: is a task a processor (`dag.task`), or a DAG?"""
    question = Question(partial(runs_query, level=level), CURSOR, "time", lateness, keeps=False)
    return SqlSource(name, Feed.RUNS, url, question, {})

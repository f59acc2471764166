"""Stage the plain rows of a table that lies beside the warehouse: its own SQL does it, and no row comes here."""

from collections.abc import Callable

from bot.adapters.warehouse.calendar_table import Days
from bot.adapters.warehouse.engine import Session
from bot.adapters.warehouse.plain_rows import PLAIN, PlainRows, cases
from bot.adapters.warehouse.reading import Reading
from bot.adapters.warehouse.sql_text import sql_text
from bot.adapters.warehouse.values import Meaning
from bot.domain.evidence.columns import RUNS
from bot.domain.evidence.runs import Category
from bot.domain.redaction import visible
from bot.ports.warehouse import GivenTable


def stage_given(
    session: Session, file: GivenTable, meaning: Meaning, hint: Callable[[str], str]
) -> tuple[Reading, Days]:
    """Make `stage_versions` of runs; returns what is known of the rows without reading them. Only the wordings of
    failures without a recorded category are asked for. Raises BadInput for a mapped column that is not there.
    """
    plain = PlainRows(RUNS, file.types, meaning, file.name)
    missing = tuple(each for each in RUNS.columns if not each.required and not plain.header.places.get(each.name))
    values = ", ".join(f"{value} AS `{name}`" for name, value in plain.values().items())
    known = meaning.vocabulary.categories.items()
    categories = {text: category.value for text, category in known if category is not Category.UNKNOWN}
    recorded = cases("LOWER(TRIM(COALESCE(failure_category, '')))", categories, "''")
    select = sql_text("plain_versions", recorded=recorded, values=values, given=file.table, plain=PLAIN)
    session.stage("stage_versions", select)
    shapes = {shape: hint(shape) for (shape,) in session.rows("staged_shapes")}
    hinted = [(shape, category) for shape, category in shapes.items() if category]
    if hinted:
        session.fill("hints", ("shape", "hinted"), hinted)
        session.run("hint_staged")
    ((first, last),) = session.rows("staged_days")
    ignored = tuple(visible(name) for name in plain.header.ignored)
    zoneless = () if meaning.clock else plain.zoneless()
    return Reading(file.rows, (), missing, ignored=ignored, zoneless=zoneless), (first, last)

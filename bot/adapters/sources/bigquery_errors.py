"""What BigQuery and its credentials refused, in words, with the command that mends it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.redaction import redacted
from bot.domain.sources import SourceFailed

LOGIN = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file."
AGAIN = "It is tried again."
_TABLE = re.compile(r"(?:Table|View) ([\w\-]+(?:\.[\w\-]+)?[:.][\w\-]+\.[\w\-$]+)")
_DATASET = re.compile(r"Dataset ([\w\-]+[:.][\w\-]+)")
_FILTER = re.compile(r"without a filter over column\(s\) '([^']+)'")
_PASSING = {
    "backendError",
    "internalError",
    "jobBackendError",
    "jobInternalError",
    "jobRateLimitExceeded",
    "rateLimitExceeded",
    "tableUnavailable",
}
"""Reasons that go away by themselves (https://cloud.google.com/bigquery/docs/error-messages)."""


@contextmanager
def explained(where: str, project: str, member: str = "") -> Iterator[None]:
    """`where`: the table, or what is read, by its name in messages. `member`: the account that reads, as IAM names it;
    "" where it is not known.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    try:
        yield
    except GoogleAuthError as error:
        raise SourceFailed(f"{where}: Google Cloud gives no identity: {_said(error)}", LOGIN) from error
    except GoogleAPICallError as error:
        raise SourceFailed(
            f"{where}: {_said(error)}", _remedy(error, project, member or "user:WHO@EXAMPLE.COM")
        ) from error
    except (RetryError, RequestException, ConnectionError, TimeoutError) as error:
        raise SourceFailed(
            f"{where}: BigQuery does not answer: {_said(error)}", f"Check the network. {AGAIN}"
        ) from error


def _remedy(error: Exception, project: str, member: str) -> str:
    code, reasons, said = getattr(error, "code", None), _reasons(error), str(error)
    if code == 401:
        return LOGIN
    if "quotaExceeded" in reasons or "quota" in said.casefold():
        return f"Look at the quotas of {project} in the Cloud console, or read less often (`every:`). {AGAIN}"
    if reasons & _PASSING or code == 429 or (code or 0) >= 500:
        return AGAIN
    if "billingNotEnabled" in reasons or "has not enabled" in said:
        return f"Run `gcloud billing projects link {project} --billing-account=ACCOUNT`."
    if "accessNotConfigured" in reasons or "has not been used" in said:
        return f"Run `gcloud services enable bigquery.googleapis.com --project={project}`."
    if code == 403:
        return _grant(said, project, member)
    if code == 404:
        return _not_there(said, project)
    return _of_query(said)


def _grant(said: str, project: str, member: str) -> str:
    """Which role is missing, as the command that grants it."""
    if "organization's policy" in said or "VPC Service Controls" in said:
        return "A perimeter of VPC Service Controls forbids it: ask its owner for an ingress rule."
    if "bigquery.jobs.create" in said:
        return _of_project(project, member, "roles/bigquery.jobUser")
    if "bigquery.tables.create" in said or "bigquery.tables.update" in said:
        return _of_project(project, member, "roles/bigquery.dataEditor")
    if table := _TABLE.search(said):
        role = f"--member={member} --role=roles/bigquery.dataViewer"
        return f"Run `bq add-iam-policy-binding {role} --table=true {_with_colon(table[1])}`."
    held = _DATASET.search(said)
    return _of_project(
        held[1].replace(":", ".").split(".")[0] if held else project, member, "roles/bigquery.dataViewer"
    )


def _of_project(project: str, member: str, role: str) -> str:
    return f"Run `gcloud projects add-iam-policy-binding {project} --member={member} --role={role}`."


def _not_there(said: str, project: str) -> str:
    if table := _TABLE.search(said.replace("table:", "Table ")):
        dataset = _with_colon(table[1]).rpartition(".")[0]
        return f"Correct the name; `bq ls {dataset}` lists what is there."
    return f"Correct the name; `bq ls --project_id={project}` lists what is there."


def _of_query(said: str) -> str:
    if needed := _FILTER.search(said):
        return f"Set `partition: {needed[1].split(',')[0].strip()}` for this source."
    if "bytes billed" in said:
        return "Raise `max_bytes`, or read less: set `partition`, or fewer `days`."
    if "exceeded" in said.casefold() and "time" in said.casefold():
        return "Set `partition`, or give the query a narrower WHERE."
    return "Correct it in sources.yaml; `bq query --dry_run` checks a query for free."


def _with_colon(table: str) -> str:
    """`project:dataset.table`, as the command line tool writes it."""
    if ":" in table or table.count(".") < 2:
        return table
    project, _, rest = table.partition(".")
    return f"{project}:{rest}"


def _reasons(error: Exception) -> set[str]:
    return {str(item.get("reason", "")) for item in getattr(error, "errors", None) or () if isinstance(item, dict)}


def _said(error: Exception) -> str:
    """The first line, without the address of the request that it begins with."""
    lines = redacted(str(getattr(error, "message", "") or error)).strip().splitlines()
    first = lines[0] if lines else type(error).__name__
    shortened = re.sub(r"^(?:\d{3} )?(?:GET|POST|PUT) \S+: ", "", first)
    return re.sub(r"; reason: \w+, (?:location: \S+, )?message: .*", "", shortened).rstrip(".")

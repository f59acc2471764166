"""Cloud Run on this machine: the generated protocol of its API, with services, revisions, jobs and executions."""

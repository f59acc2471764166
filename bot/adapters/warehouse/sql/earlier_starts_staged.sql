-- Of the staged runs.
{earlier_starts:runs=stage_versions}

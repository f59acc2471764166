-- Of all runs.
{earlier_starts:runs=runs}

"""What the replay of generated worlds comes to: targets, and recall by kind."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from benchmarks.detection import WorldScore

Target = tuple[str, str, str, bool]
Row = tuple[str, ...]
AT_LEAST = (
    ("recall (right kind and root)", "recall", 0.97),
    ("page precision", "page_precision", 0.95),
    ("severity", "severity_accuracy", 0.95),
    ("root cause", "root_cause_accuracy", 0.95),
    ("action", "action_accuracy", 0.95),
    ("impact F1", "impact_f1", 0.95),
)
AT_MOST = (
    ("noise of notifications", "alert_noise", 0.05, "< 5 %", "{:.1%}"),
    ("duplicates an incident", "duplicates_per_detected", 0.05, "< 0.05", "{:.3f}"),
    ("time to detect, p90 after the evidence suffices", "ttd_p90_min", 20.0, "≤ 20 min", "{:.0f} min"),
)
FALSE_ALARMS = 2
SLOWEST = 60
NOT_SCORED = "The scorer of the recorded worlds is not there: what was told is not scored (not run)."


def targets(scores: Sequence[WorldScore]) -> list[Target]:
    """Means over the worlds with incidents, and the worst of the clean ones and of the seconds."""
    if not scores:
        return []
    slowest = max(score.seconds for score in scores)
    found: list[Target] = [
        ("replay of 45 days at 10 minutes, the slowest", "< 60 s", f"{slowest:.0f} s", slowest < SLOWEST)
    ]
    ill = [score.figures for score in scores if score.figures and not score.clean]
    if ill:
        means = [(name, fmean(figures[key] for figures in ill), least) for name, key, least in AT_LEAST]
        found += [(name, f"≥ {least}", f"{mean:.3f}", mean >= least) for name, mean, least in means]
        for name, key, most, wanted, form in AT_MOST:
            mean = fmean(figures[key] for figures in ill)
            found.append((name, wanted, form.format(mean), mean <= most))
    alarms = [score.figures["false_alarms"] for score in scores if score.clean]
    if alarms:
        name = "false alarms in 45 days without incidents, the worst"
        found.append((name, f"≤ {FALSE_ALARMS} a month", str(max(alarms)), max(alarms) / 1.5 <= FALSE_ALARMS))
    return found


def by_world(scores: Sequence[WorldScore]) -> tuple[Row, list[Row]]:
    heads = ("world", "seconds", "recall", "false alarms", "what they look like")
    rows: list[Row] = [
        (
            score.name,
            f"{score.seconds:.0f}",
            f"{score.figures['recall']:.3f}" if score.figures and not score.clean else "",
            str(score.figures.get("false_alarms", "")),
            _counted(score.figures.get("false_by_silent_kind", {})),
        )
        for score in scores
    ]
    return heads, rows


def by_kind(scores: Sequence[WorldScore]) -> tuple[Row, list[Row]]:
    """Found of all, over all worlds; and in which worlds one is not found."""
    found: Counter[str] = Counter()
    of: Counter[str] = Counter()
    missed: dict[str, list[str]] = {}
    for score in scores:
        for kind, share in score.figures.get("recall_by_kind", {}).items():
            hits, all_of_it = (int(number) for number in share.split("/"))
            found[kind] += hits
            of[kind] += all_of_it
            if hits < all_of_it:
                missed.setdefault(kind, []).append(score.name)
    rows: list[Row] = [(kind, f"{found[kind]} of {of[kind]}", "; ".join(missed.get(kind, []))) for kind in sorted(of)]
    return ("kind", "found", "not all in"), rows


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))

"""What is done to a service, in words."""

from bot.domain.deploys.deployed import short
from bot.domain.operations.operation import Kind, Operation, Wanted


def said(wanted: Wanted) -> str:
    """An imperative: `roll nba-phase2 back from revision 42 to revision 41`."""
    name = wanted.service
    match wanted.kind:
        case Kind.ROLLBACK:
            ways = [f" from {short(wanted.was)}" if wanted.was else "", f" to {short(wanted.to)}" if wanted.to else ""]
            return f"roll {name} back{''.join(ways)}"
        case Kind.RELEASE:
            pinned = f" from {short(wanted.was)}" if wanted.was else ""
            return f"release the traffic of {name}{pinned} to its newest revision"
        case Kind.RESTART:
            return f"restart {name}{f' (a new revision like {short(wanted.was)})' if wanted.was else ''}"
        case Kind.TIMEOUT:
            before = f"{wanted.was_seconds:,} s" if wanted.was_seconds is not None else "an unknown limit"
            return f"raise the time limit of {name} from {before} to {wanted.seconds or 0:,} s"
        case Kind.CANCEL:
            return f"cancel {wanted.execution or 'the execution'} of {name}"
        case Kind.MAINTENANCE:
            return f"run {name}"
        case Kind.CLEAR_MARKER:
            return f"clear the done-marker of {wanted.processor} {wanted.data_date}"


def people(operation: Operation) -> str:
    """Who wanted it: `asked for by Ana, approved by Ben`."""
    approved = f", approved by {operation.approved_by.name}" if operation.approved_by is not None else ""
    return f"asked for by {operation.asked_by.name}{approved}"

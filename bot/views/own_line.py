"""What Fireline did itself, in words: the same for the digest and the weekly report."""

from bot.domain.counts import plural
from bot.domain.reports.paging import OwnLine
from bot.views import numbers


def own_words(found: OwnLine) -> str:
    p99 = "" if found.p99 is None else f", 99 % within {numbers.seconds(found.p99.total_seconds())}"
    sent = f"{plural(found.sent, 'page')} sent{p99}, {found.unsent:,} not sent"
    again = f"{found.again:,} tried more than once (at most so many came twice)" if found.again else "none tried twice"
    return "; ".join([f"{sent}, {again}", *found.watchdog])

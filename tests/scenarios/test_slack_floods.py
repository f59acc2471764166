"""One person who asks without end, and a Slack that wants ten minutes: everybody else is answered, and soon."""

from bot.adapters.clock import monotonic_seconds
from bot.services.app import AppServices
from bot.slack.allowance import BURST, Allowance
from bot.slack.app import TOO_MANY
from tests.support.slack_bench import ALEX, MONITOR, SAM, Bench, play

FLOOD = 60


def test_a_flood_of_one_person_is_cut_and_others_are_served(services: AppServices, transport: str) -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(FLOOD):
            await bench.workspace.act(ALEX, "command", channel=MONITOR, text="/health help")
        assert (await bench.ask("/health", user=SAM))["text"]
        said = await bench.until(lambda: [one for one in bench.whispers() if TOO_MANY in str(one)])
        assert len(said) == 1
        helped = [one for one in bench.whispers() if TOO_MANY not in str(one)]
        assert len(helped) <= BURST + 5

    play(scenario, transport, services, allowance=Allowance(monotonic_seconds))


def test_a_long_retry_after_is_not_waited_for(services: AppServices, transport: str) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("rate_limited", method="chat.postMessage", count=None, seconds=600)
        began = monotonic_seconds()
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"]
        assert monotonic_seconds() - began < 5

    play(scenario, transport, services)

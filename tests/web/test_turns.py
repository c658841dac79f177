"""One client cannot have every thread for transfers."""

from __future__ import annotations

import asyncio

from mmc.web.turns import Turns, client_of


def test_each_client_has_a_few_turns_at_once_and_others_do_not_wait_for_it() -> None:
    order: list[str] = []

    async def transfer(turns: Turns, client: bytes, name: str, end: asyncio.Event) -> None:
        async with turns.turn_of(client):
            order.append(name)
            await end.wait()

    async def story() -> None:
        turns, end = Turns(2), asyncio.Event()
        tasks = [asyncio.create_task(transfer(turns, b"anna", f"anna {number}", end)) for number in (1, 2, 3)]
        tasks.append(asyncio.create_task(transfer(turns, b"boris", "boris", end)))
        await asyncio.sleep(0)
        assert order == ["anna 1", "anna 2", "boris"]
        end.set()
        await asyncio.gather(*tasks)
        assert order[-1] == "anna 3"
        assert not turns._semaphores

    asyncio.run(story())


def test_a_client_is_a_token_or_a_session_or_an_address() -> None:
    address = {"client": ("192.0.2.7", 5000)}
    assert client_of({**address, "headers": [(b"authorization", b"Bearer x")]}) == b"Bearer x"
    assert client_of({**address, "headers": [(b"cookie", b"theme=dark; sessionid=abc; x=y")]}) == b"abc"
    assert client_of({**address, "headers": []}) == b"192.0.2.7"

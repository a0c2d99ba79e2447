"""The encoding is frozen: these figures must never change."""

from __future__ import annotations

import hmac
from hashlib import sha256

import pytest

from sixping.store import chain

LEDGER = "00112233445566778899aabbccddeeff"
ROW = (
    2, "case", "2026-000001", 1, "reported", "2026-11-23T09:00:00+08:00",
    "2026-11-23T09:00:05+08:00", None, "demo(1000)", "desk", "sixping 0.1.0",
    '{"channel":"投诉举报电话"}', bytes(range(32)), None,
)  # fmt: skip


def test_encoding_is_written_down_byte_for_byte() -> None:
    assert chain.encode((None, 42, "街道", b"\xbe\xef", "", 0)) == "n0:i2:42s2:街道b4:beefs0:i1:0"


def test_golden_link_was_computed_by_hand_from_the_definition() -> None:
    text = (
        "s15:sixping/event/1s32:00112233445566778899aabbccddeeff"
        "b64:" + "00" * 32 + "i1:2s4:cases11:2026-000001i1:1s8:reported"
        "s25:2026-11-23T09:00:00+08:00s25:2026-11-23T09:00:05+08:00n0:s10:demo(1000)s4:desk"
        's13:sixping 0.1.0s20:{"channel":"投诉举报电话"}'
        "b64:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        "n0:"
    )
    link = chain.link(chain.prefix(LEDGER), chain.GENESIS, ROW)
    assert link == sha256(text.encode()).digest()
    assert link.hex() == "8092e38c9aa005b8f57aea8e0205dcd2c02e11bf3bc6ae3b8bee0fbf0ac02a9f"


def test_golden_commitment() -> None:
    private = '{"text":"江南大道占道经营","phone":"13800000000"}'
    seal = chain.commitment(bytes(16), private)
    assert seal == sha256(bytes(16) + private.encode()).digest()
    assert seal.hex() == "7dcf394e07ec517330b9b0485e6be84836c64bc58de8bae348a2f01d171e4fa6"


@pytest.mark.parametrize("place", range(len(ROW)))
def test_every_column_is_covered(place: int) -> None:
    other = list(ROW)
    other[place] = "x"
    prefix = chain.prefix(LEDGER)
    assert chain.link(prefix, chain.GENESIS, other) != chain.link(prefix, chain.GENESIS, ROW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        ((None,), ("None",)),
        ((1,), ("1",)),
        ((b"\xab",), ("ab",)),
        (("",), (None,)),
        (("as1:b",), ("a", "b")),
    ],
)
def test_different_rows_never_look_alike(one: tuple[object], other: tuple[object]) -> None:
    assert chain.encode(one) != chain.encode(other)  # type: ignore[arg-type]


def test_chain_depends_on_ledger_and_on_what_came_before() -> None:
    link = chain.link(chain.prefix(LEDGER), chain.GENESIS, ROW)
    assert chain.link(chain.prefix("f" * 32), chain.GENESIS, ROW) != link
    assert chain.link(chain.prefix(LEDGER), bytes([1]) + bytes(31), ROW) != link


@pytest.mark.parametrize("seal", [None, bytes(range(32))])
def test_an_event_is_linked_as_any_row_is(seal: bytes | None) -> None:
    head = (12, "case", "2026-000001", 1, "imported", "2026-11-24T17:00:00+08:00")
    recorded, facts, remarks = (
        ("2026-11-24T17:00:05+08:00", "街", "u", "h", "p"),
        '{"a":"街"}',
        None,
    )
    before, since, last = (
        text.encode()
        for text in (chain.prefix(LEDGER), chain.encode(recorded), chain.encode((remarks,)))
    )
    said = (len(facts), facts.encode())
    made = chain.link_event(before, bytes(range(32)), head, since, said, seal, last)
    row = (*head, *recorded, facts, seal, remarks)
    assert made == chain.link(chain.prefix(LEDGER), bytes(range(32)), row)


def test_a_handler_makes_handles() -> None:
    handle = chain.handler(bytes(range(32)))
    for identity in ("a", "src:x", "a"):
        assert handle(identity) == chain.handle(chain.pads(bytes(range(32))), identity)


def test_a_handle_is_the_first_half_of_an_hmac() -> None:
    secret, identity = bytes(range(32)), "src:投诉举报电话\x1f88"
    whole = hmac.new(secret, identity.encode(), sha256).digest()
    found = chain.handle(chain.pads(secret), identity)
    assert found == whole[: chain.HANDLE_BYTES]
    assert found.hex() == "aa0f5e5428cf0b79f3193a5698ebcec3"
    assert chain.handle(chain.pads(bytes(32)), identity) != found


def test_salt_makes_a_phone_unguessable() -> None:
    private = '{"phone":"13800000000"}'
    assert chain.commitment(bytes(16), private) != chain.commitment(bytes([1]) * 16, private)
    assert chain.digest(bytes(16), b"a") != chain.digest(bytes([1]) * 16, b"a")

#!/usr/bin/env python3
# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the test vectors of the receipt format, from an implementation of its own.

It shares no code with the Rust crate: Keccak-256, SCALE, the Merkle tree and the MMR are written here from their
specifications. Run it in this folder after a change of the format: `python3 generate.py`.
"""

import json


def keccak_256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it (padding 0x01), from FIPS 202's description of the permutation."""
    mask = (1 << 64) - 1
    rotate = lambda value, by: ((value << by) | (value >> (64 - by))) & mask if by else value
    lanes = [[0] * 5 for _ in range(5)]
    rate = 136
    padded = bytearray(data) + bytearray(rate - len(data) % rate)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            lanes[i % 5][i // 5] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        lfsr = 1
        for _ in range(24):
            parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
            for x in range(5):
                d = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1)
                for y in range(5):
                    lanes[x][y] ^= d
            x, y, current = 1, 0, lanes[1][0]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                current, lanes[x][y] = lanes[x][y], rotate(current, ((t + 1) * (t + 2) // 2) % 64)
            for y in range(5):
                row = [lanes[x][y] for x in range(5)]
                for x in range(5):
                    lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & mask & row[(x + 2) % 5])
            for j in range(7):
                lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) % 256
                if lfsr & 2:
                    lanes[0][0] ^= 1 << ((1 << j) - 1)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
assert keccak_256(b"a" * 136) != keccak_256(b"a" * 135)


# SCALE ----------------------------------------------------------------------------------------------------------------
def uint(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def compact(value: int) -> bytes:
    if value < 1 << 6:
        return uint(value << 2, 1)
    if value < 1 << 14:
        return uint(value << 2 | 1, 2)
    if value < 1 << 30:
        return uint(value << 2 | 2, 4)
    size = max(4, (value.bit_length() + 7) // 8)
    return uint((size - 4) << 2 | 3, 1) + uint(value, size)


TRUST_PATHS = ["OnChain", "ZkProof", "Optimistic", "Committee", "Attested"]


def encode_policy(policy) -> bytes:
    if policy is None:
        return uint(0, 1)
    return b"".join([
        uint(1, 1),
        uint(int(policy["agent"]), 8),
        bytes.fromhex(policy["key"]), bytes.fromhex(policy["policy_hash"]),
        uint(policy["version"], 4),
        bytes.fromhex(policy["restriction_hash"]),
        uint(policy["checked"], 4),
    ])


def encode_evidence(evidence) -> bytes:
    if isinstance(evidence, str):
        return uint(["Consensus", "Absent"].index(evidence), 1)
    return uint(2, 1) + uint(evidence["key"], 4) + bytes.fromhex(evidence["statement"])


def encode_receipt(r: dict) -> bytes:
    return b"".join([
        uint(1, 1),
        uint(r["block"], 4), uint(r["index"], 4),
        uint(r["task"], 8),
        bytes.fromhex(r["requester"]), bytes.fromhex(r["provider"]),
        uint(r["model"], 4), uint(r["version"], 4),
        bytes.fromhex(r["artefact_hash"]), bytes.fromhex(r["input_hash"]), bytes.fromhex(r["output_hash"]),
        uint(TRUST_PATHS.index(r["path"]), 1),
        encode_evidence(r["evidence"]),
        encode_policy(r["policy"]),
        uint(["Accepted", "Rejected", "Expired", "Cancelled"].index(r["verdict"]), 1),
        *(compact(int(r["payment"][part])) for part in ("provider", "royalty", "treasury", "burn")),
    ])


# Tree -----------------------------------------------------------------------------------------------------------------
def tree(leaves: list) -> bytes:
    """RFC 6962, section 2.1: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return keccak_256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:]))


def root(leaves: list) -> bytes:
    return keccak_256(b"\x02" + uint(len(leaves), 4) + tree(leaves)) if leaves else bytes(32)


# MMR ------------------------------------------------------------------------------------------------------------------
def mmr_root(leaves: list) -> bytes:
    """Perfect trees from the left, largest first; peaks joined from the right as hash(right, left)."""
    peaks, rest = [], leaves
    while rest:
        width = 1 << (len(rest).bit_length() - 1)
        level, rest = rest[:width], rest[width:]
        while len(level) > 1:
            level = [keccak_256(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
        peaks.append(level[0])
    top = peaks.pop()
    while peaks:
        top = keccak_256(top + peaks.pop())
    return top


# Vectors --------------------------------------------------------------------------------------------------------------
def receipt(block: int, index: int, task: int, path: str, payment: tuple) -> dict:
    mark = lambda what: keccak_256(f"{what} {task}".encode()).hex()
    return {
        "block": block, "index": index, "task": task,
        "requester": mark("requester"), "provider": mark("provider"),
        "model": task % 7, "version": 1 + task % 3,
        "artefact_hash": mark("artefact"), "input_hash": mark("input"), "output_hash": mark("output"),
        "path": path, "evidence": "Consensus", "policy": None, "verdict": "Accepted",
        "payment": dict(zip(("provider", "royalty", "treasury", "burn"), map(str, payment))),
    }


def extreme(value: int, size: int) -> dict:
    fill = lambda width: (1 << (8 * width)) - 1 if value else 0
    return {
        "block": fill(4), "index": 0, "task": str(fill(8)),
        "requester": (bytes([value]) * 32).hex(), "provider": (bytes([value]) * 32).hex(),
        "model": fill(4), "version": fill(4),
        "artefact_hash": (bytes([value]) * 32).hex(), "input_hash": (bytes([value]) * 32).hex(),
        "output_hash": (bytes([value]) * 32).hex(),
        "path": TRUST_PATHS[-1 if value else 0], "evidence": "Consensus", "policy": None, "verdict": "Accepted",
        "payment": {part: str(fill(16)) for part in ("provider", "royalty", "treasury", "burn")},
    }


def block_vector(name: str, receipts: list) -> dict:
    out = []
    for r in receipts:
        encoded = encode_receipt({**r, "task": int(r["task"])})
        out.append({**r, "task": str(r["task"]), "encoded": encoded.hex(), "leaf": keccak_256(b"\x00" + encoded).hex()})
    return {"name": name, "receipts": out, "root": root([bytes.fromhex(r["leaf"]) for r in out]).hex()}


def main() -> None:
    payments = [(0, 0, 0, 0), (63, 64, 16383, 16384), ((1 << 30) - 1, 1 << 30, (1 << 32) - 1, 1 << 32),
                (8_000_000_000, 1_000_000_000, 500_000_000, 500_000_000), (10**18, 10**17, 1, 10**24)]
    many = lambda block, count: [
        receipt(block, i, 1000 * block + i, TRUST_PATHS[i % 5], payments[i % 5]) for i in range(count)]
    blocks = [block_vector(f"{count} receipts", many(40 + count, count)) for count in (0, 1, 2, 3, 4, 5, 7, 8, 9)]
    blocks.append(block_vector("smallest receipt", [extreme(0, 0)]))
    blocks.append(block_vector("largest receipt", [extreme(255, 0)]))
    policy = {"agent": "7", "key": keccak_256(b"key").hex(), "policy_hash": keccak_256(b"policy").hex(), "version": 3,
              "restriction_hash": keccak_256(b"restriction").hex(), "checked": 0x00ec7fbe}
    by_agent = {**receipt(60, 0, 60_000, "OnChain", payments[3]), "policy": policy}
    blocks.append(block_vector("receipt of an agent", [by_agent]))
    proof = {"key": 9, "statement": keccak_256(b"statement").hex()}
    outcomes = [("Accepted", proof), ("Rejected", proof), ("Expired", "Absent"), ("Cancelled", "Absent")]
    blocks.append(block_vector("receipts of the ZK path", [
        {**receipt(61, i, 61_000 + i, "ZkProof", payments[3] if i == 0 else payments[0]), "verdict": verdict, "evidence": evidence}
        for i, (verdict, evidence) in enumerate(outcomes)]))
    with open("receipts_v1.json", "w") as file:
        json.dump(blocks, file, indent="\t")
        file.write("\n")

    leaves = []
    for number in range(12):
        block_hash = keccak_256(f"block {number}".encode())
        receipts_root = bytes(32) if number % 3 == 0 else keccak_256(f"receipts {number}".encode())
        encoded = uint(1, 1) + uint(number, 4) + block_hash + receipts_root
        leaves.append((number, block_hash, receipts_root, encoded))
    some_root = keccak_256(b"some root")
    digest_item = lambda index: (uint(4, 1) + b"AIVM" + compact(33) + uint(index, 1) + some_root).hex()
    chain = {
        "leaves": [
            {"block": n, "block_hash": h.hex(), "receipts_root": r.hex(), "encoded": e.hex(),
             "mmr_hash": keccak_256(e).hex(),
             "mmr_root": mmr_root([keccak_256(leaf[3]) for leaf in leaves[: n + 1]]).hex()}
            for n, h, r, e in leaves],
        "digest": {"root": some_root.hex(), "mmr_root_item": digest_item(1), "receipts_root_item": digest_item(2)},
        "offchain_key": (b"aivm:receipts:" + some_root).hex(),
    }
    with open("chain_v1.json", "w") as file:
        json.dump(chain, file, indent="\t")
        file.write("\n")


main()

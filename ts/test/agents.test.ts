// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

import { warnings } from '../src/warnings.js';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiPromise, Keyring } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { Bytes, Option, Struct, u128, u32 } from '@polkadot/types';
import type { AccountId, Hash } from '@polkadot/types/interfaces';
import type { Codec } from '@polkadot/types/types';
import { randomAsU8a } from '@polkadot/util-crypto';

import { DevNode } from '../src/node.js';
import { connect, submit, view } from '../src/polkadot-js.js';

const UNIT = 1_000_000_000_000n;
const AGENT = 0;
/** `InvalidTransaction::Custom` of what a session key must not do. */
const KEY_REMOVED = 64;
const AGENT_FROZEN = 68;
const OUTSIDE_HOURS = 71;
const NEEDS_ACT = 77;
const DESTINATION_NOT_ALLOWED = 79;
const ABOVE_TRANSACTION_LIMIT = 85;

interface Spent extends Struct { day: u128; lifetime: u128 }
interface PolicyInForce extends Struct { version: u32; hash: Hash }

describe('an agent that acts with a session key', { timeout: 600_000 }, () => {
  let node: DevNode;
  let api: ApiPromise;
  let alice: KeyringPair;
  let key: KeyringPair;
  let agent: string;
  let rules: Record<string, unknown>;
  const expiry = { Block: 100_000 };

  before(async () => {
    node = await DevNode.start();
    api = await connect(node.url);
    const keyring = new Keyring({ type: 'sr25519' });
    alice = keyring.addFromUri('//Alice');
    key = keyring.addFromSeed(randomAsU8a(32));
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  const bob = () => new Keyring({ type: 'sr25519' }).addFromUri('//Bob').address;
  const charlie = () => new Keyring({ type: 'sr25519' }).addFromUri('//Charlie').address;
  const pay = (to: string, value: bigint) => api.tx.balances.transferKeepAlive(to, value);
  const act = (call: SubmittableExtrinsic<'promise'>) => api.tx['policy']!['act']!(call);
  const total = async (who: string) => {
    const { data } = await api.query.system.account(who);
    return data.free.toBigInt() + data.reserved.toBigInt();
  };
  const refused = async (call: SubmittableExtrinsic<'promise'>, code: number) => {
    const accounts = [agent, bob(), charlie()];
    const balances = await Promise.all(accounts.map(total));
    await assert.rejects(submit(call, key), new RegExp(`1010: Invalid Transaction: Custom error: ${code}$`));
    assert.deepEqual(await Promise.all(accounts.map(total)), balances);
    const text = await view<Codec>(api, 'Policy', 'explain_refusal', code);
    assert.ok(String(text.toHuman()).length > 10);
  };

  it('is registered, funded and limited by its owner', async () => {
    const { agentIdentity, policy } = api.tx;
    await submit(agentIdentity!['register']!('https://example.org/agent.json', null, []), alice);
    agent = (await view<AccountId>(api, 'AgentIdentity', 'account_of', AGENT)).toString();
    await submit(pay(agent, 20n * UNIT), alice);

    const pallet = (name: string) =>
      api.runtimeMetadata.asLatest.pallets.find((entry) => entry.name.eq(name))!.index.toNumber();
    rules = {
      limits: [{ asset: 'Native', perTransaction: 2n * UNIT, perDay: 5n * UNIT, lifetime: 10n * UNIT }],
      calls: ['Balances', 'Utility', 'Proxy'].map((name) => ({ pallet: pallet(name), call: null })),
      destinations: { Only: [bob()] },
      denied: [],
      hours: 'Always',
      maxWeight: { refTime: 10n ** 12n, proofSize: 10n ** 7n },
      maxFee: UNIT / 10n,
      transactionsPerHour: 50,
      models: 'Any',
      maxTaskPrice: 0,
      expires: null,
      looseningDelay: 3_600,
    };
    await submit(policy!['setPolicy']!(AGENT, rules), alice);
    const payload = await view<Bytes>(api, 'Policy', 'key_proof', AGENT, alice.address, expiry);
    const proof = { Sr25519: key.sign(payload.toU8a(true)) };
    await submit(policy!['addSessionKey']!(AGENT, key.address, expiry, rules, proof), alice);
    const inForce = await view<Option<PolicyInForce>>(api, 'Policy', 'policy_of', AGENT);
    assert.equal(inForce.unwrap().version.toNumber(), 1);
  });

  it('pays with a key that has no money', async () => {
    const [before, theirs] = [await total(agent), await total(bob())];
    await submit(pay(bob(), UNIT), key);
    assert.equal(await total(bob()), theirs + UNIT);
    assert.equal(await total(key.address), 0n);
    const fee = before - UNIT - (await total(agent));
    assert.ok(fee > 0n && fee < UNIT / 10n, `fee ${fee}`);
    const spent = await view<Spent>(api, 'Policy', 'spent', AGENT, 'Native');
    assert.equal(spent.day.toBigInt(), UNIT + fee);
  });

  it('batches inside act', async () => {
    const theirs = await total(bob());
    await submit(act(api.tx.utility.batchAll([pay(bob(), UNIT / 2n), pay(bob(), UNIT / 2n)])), key);
    assert.equal(await total(bob()), theirs + UNIT);
  });

  it('is refused what breaks a rule, before it costs anything', async () => {
    await refused(pay(bob(), 2n * UNIT + 1n), ABOVE_TRANSACTION_LIMIT);
    await refused(pay(charlie(), 1n), DESTINATION_NOT_ALLOWED);
    await refused(api.tx.utility.batchAll([pay(bob(), 1n)]), NEEDS_ACT);
    await refused(act(api.tx.utility.batchAll([pay(bob(), UNIT), pay(bob(), UNIT + 1n)])), ABOVE_TRANSACTION_LIMIT);
    const proxied = (call: SubmittableExtrinsic<'promise'>) => act(api.tx['proxy']!['proxy']!(agent, null, call));
    await refused(proxied(pay(bob(), 3n * UNIT)), ABOVE_TRANSACTION_LIMIT);
    await refused(proxied(pay(charlie(), 1n)), DESTINATION_NOT_ALLOWED);
    await refused(act(api.tx.utility.forceBatch([pay(bob(), 1n), pay(charlie(), 1n)])), DESTINATION_NOT_ALLOWED);
  });

  it('is refused outside the hours of its key', async () => {
    const usual = key;
    key = new Keyring({ type: 'sr25519' }).addFromSeed(randomAsU8a(32));
    const payload = await view<Bytes>(api, 'Policy', 'key_proof', AGENT, alice.address, expiry);
    const never = { ...rules, hours: { Weekly: [0, 0, 0, 0, 0, 0, 0] } };
    const proof = { Sr25519: key.sign(payload.toU8a(true)) };
    await submit(api.tx['policy']!['addSessionKey']!(AGENT, key.address, expiry, never, proof), alice);
    await refused(pay(bob(), 1n), OUTSIDE_HOURS);
    key = usual;
  });

  it('stops when its owner freezes it or removes the key', async () => {
    const { policy } = api.tx;
    await submit(policy!['freeze']!(AGENT), alice);
    await refused(pay(bob(), 1n), AGENT_FROZEN);
    await submit(policy!['unfreeze']!(AGENT), alice);
    await submit(pay(bob(), UNIT / 100n), key);
    await submit(policy!['removeSessionKey']!(AGENT, key.address), alice);
    await refused(pay(bob(), 1n), KEY_REMOVED);
  });

  it('knows every type of the chain', () => {
    const expected = [/RPC methods not decorated: (?!.*aivm_)/, /submitAndWatchExtrinsic.*Custom error: \d+/];
    assert.deepEqual(warnings.filter((line) => !expected.some((pattern) => pattern.test(line))), []);
  });
});

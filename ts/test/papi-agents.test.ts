// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

import { warnings } from '../src/warnings.js';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AccountId, Enum, InvalidTxError, type PolkadotClient, type PolkadotSigner, type Transaction } from 'polkadot-api';

import { DevNode } from '../src/node.js';
import { connect, devSigner, submit } from '../src/papi.js';

const UNIT = 1_000_000_000_000n;
/** `InvalidTransaction::Custom` of what a session key must not do. */
const AGENT_FROZEN = 68;
const CALL_NOT_ALLOWED = 76;
const NEEDS_ACT = 77;
const DESTINATION_NOT_ALLOWED = 79;
const ABOVE_TRANSACTION_LIMIT = 85;

describe('an agent that acts with a session key, with PAPI', { timeout: 600_000 }, () => {
  const alice = devSigner('//Alice');
  const key = devSigner('//Agent//session');
  const bob = addressOf(devSigner('//Bob'));
  const charlie = addressOf(devSigner('//Charlie'));
  const agent = 0n;
  let node: DevNode;
  let client: PolkadotClient;
  let api: ReturnType<PolkadotClient['getUnsafeApi']>;
  let account: string;

  before(async () => {
    node = await DevNode.start();
    client = connect(node.url);
    api = client.getUnsafeApi();
  });

  after(async () => {
    client?.destroy();
    await node?.stop();
  });

  const pay = (to: string, value: bigint) =>
    api.tx['Balances']!['transfer_keep_alive']!({ dest: Enum('Id', to), value });
  const batch = (...calls: Transaction[]) =>
    api.tx['Utility']!['batch_all']!({ calls: calls.map((call) => call.decodedCall) });
  const act = (call: Transaction) => api.tx['Policy']!['act']!({ call: call.decodedCall });
  const total = async (who: string) => {
    const { data } = await api.query['System']!['Account']!.getValue(who) as { data: { free: bigint; reserved: bigint } };
    return data.free + data.reserved;
  };
  const refused = async (call: Transaction, code: number) => {
    const balances = await Promise.all([account, bob, charlie].map(total));
    await assert.rejects(submit(call, key), (error) => {
      assert.ok(error instanceof InvalidTxError);
      assert.deepEqual(error.error, { type: 'Invalid', value: { type: 'Custom', value: code } });
      return true;
    });
    // A block later, nothing has moved.
    await submit(api.tx['System']!['remark']!({ remark: new Uint8Array([7]) }), devSigner('//Dave'));
    assert.deepEqual(await Promise.all([account, bob, charlie].map(total)), balances);
  };

  it('is registered, funded and limited by its owner', async () => {
    const register = api.tx['AgentIdentity']!['register']!({ uri: undefined, card_hash: undefined, metadata: [] });
    await submit(register, alice);
    account = await api.view['AgentIdentity']!['account_of']!(agent) as string;
    await submit(pay(account, 20n * UNIT), alice);

    const pallet = async (call: Transaction) => (await call.getEncodedData())[0]!;
    const calls = await Promise.all([pay(bob, 1n), batch()].map(pallet));
    const policy = {
      limits: [{ asset: Enum('Native'), per_transaction: 2n * UNIT, per_day: 8n * UNIT, lifetime: 10n * UNIT }],
      calls: calls.sort((left, right) => left - right).map((index) => ({ pallet: index, call: undefined })),
      destinations: Enum('Only', [bob]),
      denied: [],
      hours: Enum('Always'),
      max_weight: { ref_time: 10n ** 12n, proof_size: 10n ** 7n },
      max_fee: UNIT / 10n,
      transactions_per_hour: 50,
      models: Enum('Any'),
      max_task_price: 0n,
      expires: undefined,
      loosening_delay: 3_600n,
    };
    await submit(api.tx['Policy']!['set_policy']!({ agent, policy }), alice);

    const expiry = Enum('Block', 100_000);
    const payload = await api.view['Policy']!['key_proof']!(agent, addressOf(alice), expiry) as Uint8Array;
    // As wallets sign, between <Bytes> and </Bytes>.
    const signature = await key.signBytes(payload);
    const proof = Enum('Sr25519', `0x${Buffer.from(signature).toString('hex')}`);
    const restriction = { ...policy, max_fee: UNIT / 20n };
    const add = { agent, key: addressOf(key), expiry, restriction, proof };
    await submit(api.tx['Policy']!['add_session_key']!(add), alice);
    const inForce = await api.view['Policy']!['policy_of']!(agent) as { version: number; frozen: boolean };
    assert.deepEqual([inForce.version, inForce.frozen], [1, false]);
  });

  it('pays with a key that has no money', async () => {
    const [before, theirs] = [await total(account), await total(bob)];
    await submit(pay(bob, UNIT), key);
    assert.equal(await total(bob), theirs + UNIT);
    assert.equal(await total(addressOf(key)), 0n);
    const fee = before - UNIT - (await total(account));
    assert.ok(fee > 0n && fee < UNIT / 20n, `fee ${fee}`);
    const spent = await api.view['Policy']!['spent']!(agent, Enum('Native')) as { day: bigint };
    assert.equal(spent.day, UNIT + fee);
  });

  it('batches inside act', async () => {
    const theirs = await total(bob);
    await submit(act(batch(pay(bob, UNIT / 2n), pay(bob, UNIT / 4n))), key);
    assert.equal(await total(bob), theirs + (UNIT * 3n) / 4n);
  });

  it('is refused what breaks a rule, with the code of the rule', async () => {
    await refused(pay(bob, 2n * UNIT + 1n), ABOVE_TRANSACTION_LIMIT);
    await refused(act(batch(pay(bob, UNIT), pay(bob, UNIT + 1n))), ABOVE_TRANSACTION_LIMIT);
    await refused(pay(charlie, 1n), DESTINATION_NOT_ALLOWED);
    await refused(batch(pay(bob, 1n)), NEEDS_ACT);
    await refused(api.tx['System']!['remark']!({ remark: new Uint8Array() }), CALL_NOT_ALLOWED);
  });

  it('is refused as soon as its owner freezes it', async () => {
    await submit(api.tx['Policy']!['freeze']!({ agent }), alice);
    await refused(pay(bob, 1n), AGENT_FROZEN);
  });

  it('has nothing to complain about', () => {
    assert.deepEqual(warnings, []);
  });
});

/** The address of a signer. */
function addressOf({ publicKey }: PolkadotSigner): string {
  return AccountId().dec(publicKey);
}

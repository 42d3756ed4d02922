// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

import { warnings } from '../src/warnings.js';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiPromise, Keyring } from '@polkadot/api';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { Bool, Bytes, Result, Struct, u128, u32 } from '@polkadot/types';
import type { AccountId, WeightV2 } from '@polkadot/types/interfaces';
import type { Codec } from '@polkadot/types/types';
import { u8aToHex } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';

import { dryRun, type ProvenReceipt, verifyReceipt } from '../src/cli.js';
import { chunks, importModel, type Model, quantise } from '../src/model.js';
import { DevNode } from '../src/node.js';
import { aivmRpc, connect, type Included, submit, view } from '../src/polkadot-js.js';

const UNIT = 1_000_000_000_000n;
/** How many held-out rows are run. */
const ROWS = 3;
/** `InvalidTransaction::Custom` of an inference whose input has the wrong length. */
const WRONG_INPUT_LENGTH = 21;

interface ReceiptId extends Struct { block: u32; index: u32 }
interface Quote extends Struct { inputLen: u32; weight: WeightV2; fitsBlock: Bool; total: u128 }
interface DryRun extends Struct { output: Bytes; quote: Quote }
interface Inferred { requester: AccountId; output: Bytes; paid: u128; receipt: ReceiptId }

describe('Polkadot.js API', { timeout: 600_000 }, () => {
  let node: DevNode;
  let api: ApiPromise;
  let alice: KeyringPair;
  let bob: KeyringPair;
  let model: Model;
  let version: { model: number; version: number };

  before(async () => {
    model = importModel();
    node = await DevNode.start();
    api = await connect(node.url);
    const keyring = new Keyring({ type: 'sr25519' });
    alice = keyring.addFromUri('//Alice');
    bob = keyring.addFromUri('//Bob');
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  it('offers the methods that a node alone can answer', async () => {
    const { methods } = await api.rpc.rpc.methods();
    const names = methods.map((method) => method.toString());
    const own = ['aivm_receipts', 'aivm_receiptProof', 'mmr_generateProof'];
    for (const name of [...own, 'payment_queryInfo', 'chainHead_v1_follow', 'transaction_v1_broadcast']) {
      assert.ok(names.includes(name), `${name} is missing`);
    }
  });

  it('transfers', async () => {
    const to = new Keyring({ type: 'sr25519' }).addFromUri('//Fresh').address;
    await submit(api.tx.balances.transferKeepAlive(to, 5n * UNIT), alice);
    const { data } = await api.query.system.account(to);
    assert.equal(data.free.toBigInt(), 5n * UNIT);
  });

  it('publishes a model', async () => {
    const { manifest, manifestHash, manifestCid, program } = model;
    const registered = await submit(api.tx['modelRegistry']!['registerModel']!(manifest.name), alice);
    const { model: id } = eventOf<{ model: u32 }>(registered, 'modelRegistry', 'ModelRegistered');
    version = { model: id.toNumber(), version: 1 };

    const { publishVersion, uploadChunk, finaliseVersion, activate } = api.tx['modelRegistry']!;
    const spec = {
      manifestCid,
      manifestHash,
      artefactHash: `0x${manifest.artefact.blake2b_256}`,
      artefactSize: manifest.artefact.size,
      format: 'Program',
      licence: manifest.licence,
      parent: null,
      royalty: { share: manifest.royalty.share_ppm, minimum: manifest.royalty.minimum },
    };
    const size = (api.consts['modelRegistry']!['chunkBytes'] as u32).toNumber();
    await submit(
      api.tx.utility.batchAll([
        publishVersion!(id, spec),
        ...chunks(program, size).map((chunk, index) => uploadChunk!(id, 1, index, u8aToHex(chunk))),
        finaliseVersion!(id, 1),
        activate!(id, 1),
      ]),
      alice,
    );
    const active = await view<Codec>(api, 'ModelRegistry', 'active_version', id);
    assert.equal(active.toString(), '1');
  });

  it('runs the model on chain, with the output that was foretold', async () => {
    for (const { row, floatLabel } of model.heldOut.slice(0, ROWS)) {
      const input = quantise(row, model.manifest.inputs[0]!.quantisation);
      const answer = await view<Result<DryRun, Codec>>(api, 'Tasks', 'dry_run', version, u8aToHex(input));
      if (answer.isErr) throw new Error(answer.asErr.toString());
      const { output: foretold, quote } = answer.asOk;

      const infer = api.tx['tasks']!['infer']!(version, u8aToHex(input), quote.weight, quote.total);
      const included = await submit(infer, bob);
      const { output, paid, requester } = eventOf<Inferred>(included, 'tasks', 'Inferred');
      assert.ok(quote.fitsBlock.isTrue);
      assert.equal(output.toHex(), foretold.toHex());
      const cli = dryRun(node.url, `${version.model}@${version.version}`, row);
      assert.deepEqual(cli, { output: output.toHex(), class: floatLabel });
      assert.equal(paid.toBigInt(), quote.total.toBigInt());
      assert.equal(requester.toString(), bob.address);

      const { receipt } = eventOf<Inferred>(included, 'tasks', 'Inferred');
      const [block, index] = [receipt.block.toNumber(), receipt.index.toNumber()];
      const proven = await aivmRpc(api).receiptProof(block, index);
      assert.equal(proven.blockHash.toHex(), included.block.toHex());
      assert.deepEqual((await aivmRpc(api).receipts(block)).map((bytes) => bytes.toHex()), [proven.receipt.toHex()]);
      const trusted = (await api.rpc.chain.getBlockHash(proven.at.toNumber())).toHex();
      const receiptOf = verifyReceipt(proven.toJSON() as unknown as ProvenReceipt, trusted);
      assert.equal(receiptOf.input_hash, blake2AsHex(input));
      assert.equal(receiptOf.output_hash, blake2AsHex(output.toU8a(true)));
    }
  });

  it('refuses an input of the wrong length before it costs anything', async () => {
    const quote = (await view<Result<Quote, Codec>>(api, 'Tasks', 'quote', version)).asOk;
    const input = new Uint8Array(quote.inputLen.toNumber() + 1);
    const account = await api.query.system.account(bob.address);
    const nonce = account.nonce.toNumber();

    const infer = api.tx['tasks']!['infer']!(version, u8aToHex(input), quote.weight, quote.total);
    const refusal = new RegExp(`1010: Invalid Transaction: Custom error: ${WRONG_INPUT_LENGTH}`);
    await assert.rejects(submit(infer, bob), refusal);

    // The view functions tell the same in words.
    const dryRun = await view<Result<DryRun, Codec>>(api, 'Tasks', 'dry_run', version, u8aToHex(input));
    assert.deepEqual(dryRun.asErr.toHuman(), {
      WrongInputLength: { expected: quote.inputLen.toString(), given: input.length.toString() },
    });
    const text = await view<Codec>(api, 'Tasks', 'explain_refusal', WRONG_INPUT_LENGTH);
    assert.match(String(text.toHuman()), /input's length/);

    await submit(api.tx.system.remark('later'), alice);
    const later = await api.query.system.account(bob.address);
    assert.equal(later.toHex(), account.toHex());
    assert.equal(later.nonce.toNumber(), nonce);
  });

  it('decodes every block and every event', async () => {
    const head = (await api.rpc.chain.getHeader()).number.toNumber();
    const seen = new Set<string>();
    for (let height = 0; height <= head; height++) {
      const hash = await api.rpc.chain.getBlockHash(height);
      const { block } = await api.rpc.chain.getBlock(hash);
      const raw = await api.rpc.chain.getBlock.raw(hash) as unknown as { block: { extrinsics: string[] } };
      assert.equal(block.header.hash.toHex(), hash.toHex());
      // Encoded again, everything is what the node sent: nothing was skipped or misread.
      assert.deepEqual(block.extrinsics.map((extrinsic) => extrinsic.toHex()), raw.block.extrinsics);
      for (const { method } of block.extrinsics) seen.add(`${method.section}.${method.method}`);

      const at = await api.at(hash);
      const events = await at.query.system.events();
      const stored = await api.rpc.state.getStorage.raw(at.query.system.events.key(), hash) as unknown as string | null;
      assert.equal(events.toHex(), stored ?? '0x00');
      for (const { event } of events) seen.add(`${event.section}.${event.method}`);
    }
    assert.ok(head > 5);
    const expected = [
      ...['timestamp.set', 'balances.transferKeepAlive', 'utility.batchAll', 'tasks.infer'],
      ...['balances.Transfer', 'modelRegistry.VersionActivated', 'tasks.Inferred', 'system.ExtrinsicSuccess'],
    ];
    for (const name of expected) assert.ok(seen.has(name), `${name} was not seen`);
  });

  it('knows every type of the chain', () => {
    const expected = [
      // The library has no names for the newer standard methods. It has them for the chain's own.
      /RPC methods not decorated: (?!.*aivm_)/,
      // The test of a refusal.
      /submitAndWatchExtrinsic.*Custom error: 21/,
    ];
    assert.deepEqual(warnings.filter((line) => !expected.some((pattern) => pattern.test(line))), []);
  });
});

/** The data of the one event with this name. */
function eventOf<T>({ events }: Included, pallet: string, name: string): T {
  const found = events.filter(({ event }) => event.section === pallet && event.method === name);
  assert.equal(found.length, 1);
  return found[0]!.event.data as unknown as T;
}

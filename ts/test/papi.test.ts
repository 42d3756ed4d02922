// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

import { warnings } from '../src/warnings.js';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { getExtrinsicDecoder } from '@polkadot-api/tx-utils';
import { blake2AsHex } from '@polkadot/util-crypto';
import {
  AccountId,
  Binary,
  Enum,
  InvalidTxError,
  type PolkadotClient,
  type TxEvent,
  type TxEventsPayload,
} from 'polkadot-api';
import { firstValueFrom, lastValueFrom, take, tap, toArray } from 'rxjs';

import { dryRun, type ProvenReceipt, verifyReceipt } from '../src/cli.js';
import { chunks, importModel, type Model, quantise } from '../src/model.js';
import { DevNode } from '../src/node.js';
import { connect, devSigner, submit } from '../src/papi.js';

const UNIT = 1_000_000_000_000n;
/** How many held-out rows are run. */
const ROWS = 3;
/** `InvalidTransaction::Custom` of an inference whose input has the wrong length. */
const WRONG_INPUT_LENGTH = 21;

interface Weight { ref_time: bigint; proof_size: bigint }
interface Quote { input_len: number; weight: Weight; fits_block: boolean; total: bigint }
interface DryRun { output: Uint8Array; quote: Quote }
type Answer<T> = { success: true; value: T } | { success: false; value: unknown };
interface Inferred { output: Uint8Array; paid: bigint; receipt: { block: number; index: number } }
interface EventRecord { event: { type: string; value: { type: string; value: unknown } } }

describe('PAPI', { timeout: 600_000 }, () => {
  const alice = devSigner('//Alice');
  const bob = devSigner('//Bob');
  let node: DevNode;
  let client: PolkadotClient;
  let api: ReturnType<PolkadotClient['getUnsafeApi']>;
  let model: Model;
  let version: { model: number; version: number };

  before(async () => {
    model = importModel();
    node = await DevNode.start();
    client = connect(node.url);
    api = client.getUnsafeApi();
  });

  after(async () => {
    client?.destroy();
    await node?.stop();
  });

  it('follows best and finalised blocks', async () => {
    const finalised = await firstValueFrom(client.finalizedBlock$.pipe(take(3), toArray()));
    for (const [place, block] of finalised.entries()) {
      if (place > 0) assert.equal(block.parent, finalised[place - 1]?.hash);
    }
    const [best, ...older] = await client.getBestBlocks();
    assert.ok(best && best.number >= finalised[2]!.number);
    assert.ok(older.every((block) => block.number < best.number));
  });

  it('transfers', async () => {
    const to = devSigner('//Fresh').publicKey;
    const dest = Enum('Id', addressOf(to));
    await submit(api.tx['Balances']!['transfer_keep_alive']!({ dest, value: 5n * UNIT }), alice);
    assert.equal((await accountOf(to)).data.free, 5n * UNIT);
  });

  it('publishes a model', async () => {
    const { manifest, manifestHash, manifestCid, program } = model;
    const register = api.tx['ModelRegistry']!['register_model']!({ name: Binary.fromText(manifest.name) });
    const { model: id } = eventOf<{ model: number }>(await submit(register, alice), 'ModelRegistry', 'ModelRegistered');
    version = { model: id, version: 1 };

    const { publish_version, upload_chunk, finalise_version, activate } = api.tx['ModelRegistry']!;
    const spec = {
      manifest_cid: Binary.fromText(manifestCid),
      manifest_hash: manifestHash,
      artefact_hash: `0x${manifest.artefact.blake2b_256}`,
      artefact_size: BigInt(manifest.artefact.size),
      format: Enum('Program'),
      licence: Binary.fromText(manifest.licence),
      parent: undefined,
      royalty: { share: manifest.royalty.share_ppm, minimum: BigInt(manifest.royalty.minimum) },
    };
    const size = await api.constants['ModelRegistry']!['ChunkBytes']!() as number;
    const calls = [
      publish_version!({ model: id, spec }),
      ...chunks(program, size).map((bytes, index) => upload_chunk!({ ...version, index, bytes })),
      finalise_version!(version),
      activate!(version),
    ];
    await submit(api.tx['Utility']!['batch_all']!({ calls: calls.map((call) => call.decodedCall) }), alice);
    assert.equal(await api.view['ModelRegistry']!['active_version']!(id), 1);
  });

  it('runs the model on chain, with the output that was foretold', async () => {
    for (const { row, floatLabel } of model.heldOut.slice(0, ROWS)) {
      const input = quantise(row, model.manifest.inputs[0]!.quantisation);
      const answer = await api.view['Tasks']!['dry_run']!(version, input) as Answer<DryRun>;
      if (!answer.success) throw new Error(JSON.stringify(answer.value));
      const { output: foretold, quote } = answer.value;

      const { weight: weight_limit, total: max_payment } = quote;
      const infer = api.tx['Tasks']!['infer']!({ version, input, weight_limit, max_payment });
      const stages: TxEvent[] = [];
      const final = await lastValueFrom(infer.signSubmitAndWatch(bob).pipe(tap((stage) => stages.push(stage))));
      assert.ok(final.type === 'finalized' && final.ok);
      const { output, paid, receipt } = eventOf<Inferred>(final, 'Tasks', 'Inferred');
      assert.ok(quote.fits_block);
      assert.deepEqual(output, foretold);
      const cli = dryRun(node.url, `${version.model}@${version.version}`, row);
      assert.deepEqual(cli, { output: Binary.toHex(output), class: floatLabel });
      assert.equal(paid, quote.total);

      // It was in a best block first, and in the same one when that was final.
      assert.deepEqual(stages.slice(0, 2).map(({ type }) => type), ['signed', 'broadcasted']);
      const best = stages.findLast((stage) => stage.type === 'txBestBlocksState' && stage.found);
      assert.ok(best?.type === 'txBestBlocksState' && best.found);
      assert.deepEqual(best.block, final.block);

      const proven = await client._request<ProvenReceipt>('aivm_receiptProof', [receipt.block, receipt.index]);
      assert.equal(proven.blockHash, final.block.hash);
      const receipts = await client._request<string[]>('aivm_receipts', [final.block.number]);
      assert.equal(receipts[receipt.index], proven.receipt);
      const trusted = await client._request<string>('chain_getBlockHash', [proven.at]);
      const receiptOf = verifyReceipt(proven, trusted);
      assert.equal(receiptOf.input_hash, blake2AsHex(input));
      assert.equal(receiptOf.output_hash, blake2AsHex(output));
    }
  });

  it('refuses an input of the wrong length before it costs anything', async () => {
    const answer = await api.view['Tasks']!['quote']!(version) as Answer<Quote>;
    assert.ok(answer.success);
    const { input_len, weight, total } = answer.value;
    const input = new Uint8Array(input_len + 1);
    const account = await accountOf(bob.publicKey);

    const infer = api.tx['Tasks']!['infer']!({ version, input, weight_limit: weight, max_payment: total });
    await assert.rejects(submit(infer, bob), (error) => {
      assert.ok(error instanceof InvalidTxError);
      assert.deepEqual(error.error, { type: 'Invalid', value: { type: 'Custom', value: WRONG_INPUT_LENGTH } });
      return true;
    });

    // The view functions tell the same in words.
    assert.deepEqual(await api.view['Tasks']!['dry_run']!(version, input), {
      success: false,
      value: { type: 'WrongInputLength', value: { expected: input_len, given: input.length } },
    });
    const text = await api.view['Tasks']!['explain_refusal']!(WRONG_INPUT_LENGTH) as Uint8Array;
    assert.match(Binary.toText(text), /input's length/);

    await submit(api.tx['System']!['remark']!({ remark: Binary.fromText('later') }), alice);
    assert.deepEqual(await accountOf(bob.publicKey), account);
  });

  it('decodes every block and every event', async () => {
    const { number: head, hash: headHash } = await client.getFinalizedBlock();
    const decode = getExtrinsicDecoder(await client.getMetadata(headHash));
    const seen = new Set<string>();
    for (let height = 0; height <= head; height++) {
      const hash = await client._request<string>('chain_getBlockHash', [height]);
      for (const extrinsic of await client.getBlockBody(hash)) {
        const { call } = decode(extrinsic);
        seen.add(`${call.type}.${call.value.type}`);
      }
      const events = await api.query['System']!['Events']!.getValue({ at: hash }) as EventRecord[];
      for (const { event } of events) seen.add(`${event.type}.${event.value.type}`);
    }
    assert.ok(head > 5);
    const expected = [
      ...['Timestamp.set', 'Balances.transfer_keep_alive', 'Utility.batch_all', 'Tasks.infer'],
      ...['Balances.Transfer', 'ModelRegistry.VersionActivated', 'Tasks.Inferred', 'System.ExtrinsicSuccess'],
    ];
    for (const name of expected) assert.ok(seen.has(name), `${name} was not seen`);
  });

  it('has nothing to complain about', () => {
    assert.deepEqual(warnings, []);
  });

  /** The balances and the nonce of an account. */
  async function accountOf(publicKey: Uint8Array) {
    const account = await api.query['System']!['Account']!.getValue(addressOf(publicKey));
    return account as { nonce: number; data: { free: bigint; reserved: bigint } };
  }
});

/** The address of a public key. */
function addressOf(publicKey: Uint8Array): string {
  return AccountId().dec(publicKey);
}

/** The data of the one event with this name. */
function eventOf<T>({ events }: TxEventsPayload, pallet: string, name: string): T {
  const found = events.filter((event) => event.type === pallet && event.value.type === name);
  assert.equal(found.length, 1);
  return found[0]!.value.value as T;
}

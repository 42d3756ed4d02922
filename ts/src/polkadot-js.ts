// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// What a program needs besides Polkadot.js API itself.

import '@polkadot/api-augment';

import { ApiPromise, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { Bytes, Json, Result, Struct, u32, Vec } from '@polkadot/types';
import type { EventRecord, Hash, SiLookupTypeId } from '@polkadot/types/interfaces';
import type { Codec, ISubmittableResult } from '@polkadot/types/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { u8aConcat, u8aToHex } from '@polkadot/util';

/** Transaction extensions of the chain that the library does not know. They add nothing to what is signed. */
const signedExtensions = {
  AuthorizeCall: { extrinsic: {}, payload: {} },
  CheckInference: { extrinsic: {}, payload: {} },
};

/** The node's own methods, and the one type in their answers that is not in the metadata. */
const rpc = {
  aivm: {
    receipts: {
      description: 'The receipts of a block.',
      params: [
        { name: 'block', type: 'u32' },
        { name: 'start', type: 'u32', isOptional: true },
      ],
      type: 'Vec<Bytes>',
    },
    receiptProof: {
      description: 'A receipt and the proof that it is part of the finalised chain.',
      params: [
        { name: 'block', type: 'u32' },
        { name: 'index', type: 'u32' },
        { name: 'at', type: 'u32', isOptional: true },
      ],
      type: 'ProvenReceipt',
    },
    collectorStatus: {
      description: 'What the off-chain worker that collects attestations did; null where none runs.',
      params: [],
      type: 'Json',
    },
  },
};
const types = {
  ProvenReceipt: {
    receipt: 'Bytes', proof: 'Bytes', block: 'u32', blockHash: 'Hash', index: 'u32', at: 'u32', atHash: 'Hash',
  },
};

/** Connects to a node. Fails if the metadata has a type that the library does not know. */
export function connect(url: string): Promise<ApiPromise> {
  const provider = new WsProvider(url);
  return ApiPromise.create({ provider, rpc, types, signedExtensions, throwOnConnect: true, throwOnUnknown: true });
}

/** The node's answer to `aivm_receiptProof`. */
export interface ProvenReceipt extends Struct {
  receipt: Bytes;
  proof: Bytes;
  block: u32;
  blockHash: Hash;
  index: u32;
  at: u32;
  atHash: Hash;
}

/** The node's own methods. */
interface AivmRpc {
  receipts(block: number, start?: number): Promise<Vec<Bytes>>;
  receiptProof(block: number, index: number, at?: number): Promise<ProvenReceipt>;
  collectorStatus(): Promise<Json>;
}

/** The node's own methods, with their types. */
export function aivmRpc(api: ApiPromise): AivmRpc {
  return (api.rpc as unknown as { aivm: AivmRpc }).aivm;
}

/** Calls a view function of a pallet, by the names and types in the metadata. */
export async function view<T extends Codec>(
  api: ApiPromise,
  pallet: string,
  name: string,
  ...args: unknown[]
): Promise<T> {
  const { pallets } = api.runtimeMetadata.asLatest;
  const found = pallets.find((entry) => entry.name.eq(pallet))?.viewFunctions.find((entry) => entry.name.eq(name));
  if (!found) throw new Error(`the chain has no view function ${pallet}.${name}`);
  const typed = (type: SiLookupTypeId, value: unknown) =>
    api.registry.createTypeUnsafe<T>(api.registry.createLookupType(type), [value]);

  const id = { prefix: found.id.slice(0, 16), suffix: found.id.slice(16) };
  const input = u8aToHex(u8aConcat(...found.inputs.map(({ type }, place) => typed(type, args[place]).toU8a())));
  const output = await api.call['runtimeViewFunction']!['executeViewFunction']!(id, input) as Result<Bytes, Codec>;
  if (output.isErr) throw new Error(`${pallet}.${name}: ${output.asErr.toString()}`);
  return typed(found.output, output.asOk.toU8a(true));
}

/** A transaction in a finalised block. */
export interface Included {
  block: Hash;
  events: EventRecord[];
}

/** Signs and submits a transaction, and waits until it is final. Fails if the chain refuses it or it has no effect. */
export function submit(tx: SubmittableExtrinsic<'promise'>, signer: KeyringPair): Promise<Included> {
  return new Promise((resolve, reject) => {
    const onStatus = ({ status, dispatchError, events, isError }: ISubmittableResult) => {
      if (dispatchError?.isModule) {
        const { section, name, docs } = tx.registry.findMetaError(dispatchError.asModule);
        reject(new Error(`${section}.${name}: ${docs.join(' ')}`));
      } else if (dispatchError || isError) {
        reject(new Error((dispatchError ?? status).toString()));
      } else if (status.isFinalized) {
        resolve({ block: status.asFinalized, events });
      }
    };
    // The pool's refusal rejects the promise.
    tx.signAndSend(signer, onStatus).catch(reject);
  });
}

// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// What a program needs besides PAPI itself.

import { sr25519CreateDerive } from '@polkadot-labs/hdkd';
import { DEV_MINI_SECRET } from '@polkadot-labs/hdkd-helpers';
import {
  createClient,
  type PolkadotClient,
  type PolkadotSigner,
  type Transaction,
  type TxFinalizedPayload,
} from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider } from 'polkadot-api/ws';
import WebSocket from 'ws';

/** Connects to a node. Node.js before version 22 has no WebSocket of its own, so it gets one. */
export function connect(url: string): PolkadotClient {
  return createClient(getWsProvider(url, { websocketClass: WebSocket as unknown as typeof globalThis.WebSocket }));
}

/** Signs with a key of the development chain, such as `//Alice`. Everybody knows these keys. */
export function devSigner(path: string): PolkadotSigner {
  const pair = sr25519CreateDerive(DEV_MINI_SECRET)(path);
  return getPolkadotSigner(pair.publicKey, 'Sr25519', pair.sign);
}

/** Signs and submits a transaction, and waits until it is final. Fails if the chain refuses it or it has no effect. */
export async function submit(tx: Transaction, signer: PolkadotSigner): Promise<TxFinalizedPayload> {
  const result = await tx.signAndSubmit(signer);
  if (!result.ok) throw new Error(`the transaction failed: ${JSON.stringify(result.dispatchError)}`);
  return result;
}

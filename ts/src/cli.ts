// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// The `aivm` command line, against which the tests compare what the libraries get.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { binary } from './node.js';

/** Runs the `aivm` command line and returns what it prints. */
export function aivm<T>(...args: string[]): T {
  return JSON.parse(execFileSync(binary('aivm', 'AIVM_CLI'), [...args, '--json'], { encoding: 'utf8' })) as T;
}

/** Runs `use` with a folder that is removed afterwards. */
export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'aivm-ts-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `aivm` gets for a row from the published model, without a transaction. */
export function dryRun(url: string, version: string, row: number[]): { output: string; class: number } {
  const args = ['infer', version, '--row', row.join(','), '--dry-run', '--url', url];
  const { output, result } = aivm<{ output: string; result: { class: number } }>(...args);
  return { output, class: result.class };
}

/** The node's answer to `aivm_receiptProof`, as JSON. */
export interface ProvenReceipt {
  receipt: string;
  proof: string;
  block: number;
  blockHash: string;
  index: number;
  at: number;
  atHash: string;
}

/** Lets `aivm` verify a proof against the block `trusted`, without a node. Returns the hashes in the receipt. */
export function verifyReceipt(proven: ProvenReceipt, trusted: string): { input_hash: string; output_hash: string } {
  const { blockHash: block_hash, atHash: at_hash, ...rest } = proven;
  return withFolder((folder) => {
    const file = join(folder, 'receipt.json');
    writeFileSync(file, JSON.stringify({ format: 'aivm-receipt-proof/1', ...rest, block_hash, at_hash }));
    const args = ['receipt', 'verify', file, '--trusted-hash', trusted, '--url', 'ws://127.0.0.1:1'];
    return aivm<{ receipt: { input_hash: string; output_hash: string } }>(...args).receipt;
  });
}

// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// A development node for a test file: one process on loopback, with free ports and a database of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 20_000;
const TAIL_LINES = 40;

/** The folder with the binaries that `cargo build --release` makes. */
const BIN = join(
  process.env['CARGO_TARGET_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aivm/target'),
  'release',
);

/** Path of one of the project's binaries. `variable` names the environment variable that overrides it. */
export function binary(name: string, variable: string): string {
  const path = process.env[variable] ?? join(BIN, name);
  if (!existsSync(path)) {
    throw new Error(`${path} does not exist: run 'cargo build --release', or set ${variable}`);
  }
  return path;
}

/**
 * A running `aivm-node --dev`. It dies with this process, however this process ends. Its log is shown if that was a
 * failure, and its folder is removed.
 */
export class DevNode {
  /** Where clients connect to. */
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: string) {
    this.#child = child;
    this.url = `ws://127.0.0.1:${port}`;
  }

  /** Starts a node and returns once its JSON-RPC server listens. */
  static async start(): Promise<DevNode> {
    const folder = mkdtempSync(join(tmpdir(), 'aivm-ts-'));
    const log = openSync(join(folder, 'node.log'), 'a');
    const child = spawn(
      binary('aivm-node', 'AIVM_NODE'),
      [
        ...['--dev', '--base-path', folder, '--name', 'ts', '--rpc-port', '0'],
        ...['--listen-addr', '/ip4/127.0.0.1/tcp/0', '--no-mdns', '--no-telemetry', '--no-prometheus'],
      ],
      { stdio: ['ignore', log, log] },
    );
    closeSync(log);

    process.on('exit', (code) => {
      child.kill('SIGKILL');
      if (code !== 0) console.error(tail(folder));
      rmSync(folder, { recursive: true, force: true });
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => process.exit(1));
    }

    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (ended(child)) throw new Error(`the node ended while it started\n${tail(folder)}`);
      const port = /Running JSON-RPC server: addr=127\.0\.0\.1:(\d+)[,\s]/.exec(read(folder))?.[1];
      if (port !== undefined) return new DevNode(child, port);
      await sleep(100);
    }
    throw new Error(`the node did not start within ${START_TIMEOUT_MS / 1000} s\n${tail(folder)}`);
  }

  /** Asks the node to stop and waits until it did. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    for (let waited = 0; waited < STOP_TIMEOUT_MS && !ended(this.#child); waited += 50) await sleep(50);
    if (!ended(this.#child)) throw new Error('the node does not stop');
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function read(folder: string): string {
  return readFileSync(join(folder, 'node.log'), 'utf8');
}

function tail(folder: string): string {
  return ['the end of the node\'s log:', ...read(folder).trimEnd().split('\n').slice(-TAIL_LINES)].join('\n  ');
}

// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// Writes what the tests showed as a JSON list, for `node --test --test-reporter`.

import { basename } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** A test that ran. */
interface Shown { suite: string; what: string; passed: boolean; ms: number }

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const shown: Shown[] = [];
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { details, file, name } = event.data;
    if (details.type === 'suite') continue;
    const suite = basename(file ?? '').replace(/\.test\.[jt]s$/, '');
    shown.push({ suite, what: name, passed: event.type === 'test:pass', ms: Math.round(details.duration_ms) });
  }
  yield `${JSON.stringify(shown, null, 2)}\n`;
}

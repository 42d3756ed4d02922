// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

/** The lines of a text without their indentation. */
function lines(text: string): string {
  return text.split('\n').map((line) => line.trim()).join('\n').trim();
}

it('the guide for dApps shows the code of the tests', () => {
  const code = ['src', 'test'].flatMap((folder) =>
    readdirSync(folder).map((file) => lines(readFileSync(join(folder, file), 'utf8'))));
  const guide = readFileSync('../docs/guides/dapp.md', 'utf8');
  const examples = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map((example) => lines(example[1] ?? ''));
  assert.ok(examples.length > 5);
  for (const example of examples) {
    assert.ok(code.some((file) => file.includes(example)), `not in the tests:\n${example}`);
  }
});

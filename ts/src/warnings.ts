// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// Libraries report what they cannot decode on the console only. Tests must see that.

import { format } from 'node:util';

/** What was written to `console.warn` and `console.error` since this module was loaded. It is printed as well. */
export const warnings: string[] = [];

for (const level of ['warn', 'error'] as const) {
  const print = console[level].bind(console);
  console[level] = (...parts: unknown[]) => {
    warnings.push(format(...parts));
    print(...parts);
  };
}

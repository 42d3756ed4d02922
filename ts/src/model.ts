// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

// A real model: the handwritten digits of scripts/models, imported and packed by the `aivm` command line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { aivm, withFolder } from './cli.js';

const FOLDER = '../scripts/models/digits-mlp';

/** What the integers of a tensor stand for: `real = (integer - zero point) * mantissa * 2^exponent`. */
export interface Affine {
  kind: 'affine';
  scales: { mantissa: number; exponent: number }[];
  zero_points: number[];
}

/** The members of a manifest (docs/reference/model-manifest.md) that the tests use. */
export interface Manifest {
  name: string;
  licence: string;
  artefact: { size: number; blake2b_256: string };
  royalty: { share_ppm: number; minimum: string };
  inputs: { dtype: string; shape: number[]; quantisation: Affine }[];
}

/** A model that is ready to be published. */
export interface Model {
  /** The program in its canonical encoding. */
  program: Uint8Array;
  manifest: Manifest;
  /** BLAKE2b-256 of the manifest's canonical bytes. */
  manifestHash: string;
  manifestCid: string;
  /** Rows that the model was not trained on, with the right answer and the float model's. */
  heldOut: { row: number[]; label: number; floatLabel: number }[];
}

/** Makes the program and its manifest from the ONNX file. */
export function importModel(): Model {
  return withFolder((folder) => {
    const [program, manifest] = [join(folder, 'digits.aivm'), join(folder, 'manifest.json')];
    const data = (file: string) => join(FOLDER, file);
    aivm('model', 'import', data('model.onnx'), '--calibration', data('calibration.csv'), '--out', program);
    const terms = ['--author', 'Tests', '--royalty-share', '10', '--royalty-minimum', '0.001'];
    const packed = aivm<{ hash: string; cid: string }>(
      'model', 'pack', program, '--card', data('card.json'), '--out', manifest, ...terms,
    );
    const lines = readFileSync(data('heldout.csv'), 'utf8').trim().split('\n').slice(1);
    return {
      program: new Uint8Array(readFileSync(program)),
      manifest: JSON.parse(readFileSync(manifest, 'utf8')) as Manifest,
      manifestHash: packed.hash,
      manifestCid: packed.cid,
      heldOut: lines.map((line) => {
        const numbers = line.split(',').map(Number);
        return { row: numbers.slice(0, -2), label: numbers.at(-2)!, floatLabel: numbers.at(-1)! };
      }),
    };
  });
}

/** Cuts a program into chunks as the chain takes them. */
export function chunks(program: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(program.length / size);
  return Array.from({ length: count }, (_, index) => program.slice(index * size, (index + 1) * size));
}

/** The input bytes for a row of numbers, for a model whose input is of type `i8` with affine quantisation. */
export function quantise(row: number[], { scales, zero_points }: Affine): Uint8Array {
  const integers = row.map((value, feature) => {
    const { mantissa, exponent } = scales[feature] ?? scales[0]!;
    // Single precision, and halves to even: what the Rust tools do, bit for bit.
    const quotient = Math.fround(value / Math.fround(mantissa * 2 ** exponent));
    const up = Math.round(quotient);
    const rounded = up - quotient === 0.5 && up % 2 !== 0 ? up - 1 : up;
    return Math.min(127, Math.max(-128, rounded + (zero_points[feature] ?? zero_points[0]!)));
  });
  return Uint8Array.from(integers);
}

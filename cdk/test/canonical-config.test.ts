/**
 * The types of the canonical configuration: those that the schema of the file gives, and what the real `tvm` prints.
 *
 * Real: `tvm`, and every file of `config/`. The compiler judges the configurations that the tests write themselves.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';

import { canonicalSchema, canonicalTypes, TYPES } from '../bin/config-types.ts';
import { everything, shippedConfigurations } from './configurations.ts';
import { bySecret, canonical, MODES } from './fixtures.ts';

const isCanonical = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(canonicalSchema());

test('the types are those that the schema gives', async () => {
  const current = await canonicalTypes();
  assert.equal(readFileSync(TYPES, 'utf8'), current, 'run `npm run config-types --workspace cdk`');
});

test('what tvm renders of every shipped file is of these types', () => {
  for (const { name, config } of shippedConfigurations()) {
    assert.ok(isCanonical(config), `${name}: ${JSON.stringify(isCanonical.errors)}`);
  }
});

test('so are the configurations of the other tests', () => {
  for (const config of [canonical(), canonical({ authorizer: bySecret('signing') }), ...MODES.map(everything)]) {
    assert.ok(isCanonical(config), JSON.stringify(isCanonical.errors));
  }
});

test('a default that is left out, a duration in words and a null are not', () => {
  const { momento: _, ...without } = canonical();
  const { token } = canonical();
  for (const config of [
    without,
    { ...canonical(), token: { ...token, expires_in: '1h' } },
    { ...canonical(), api: null },
  ]) {
    assert.equal(isCanonical(config), false);
  }
});

/** The list of the emulator's gate. What the gate does is in tests/ports.test.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/options.ts';

test('pages may ask Cognito for just the operations that its model lets anybody ask for without credentials of AWS', () => {
  const entry = createRequire(import.meta.url).resolve('@aws-sdk/client-cognito-identity-provider');
  const schemes = join(dirname(entry), '../dist-es/auth/httpAuthSchemeProvider.js');
  const model = [
    ...readFileSync(schemes, 'utf8').matchAll(/case "(\w+)":\s*\{\s*options\.push\(createSmithyApiNoAuth/g),
  ];
  const operations = model.map(([, operation]) => operation).sort();
  assert.ok(operations.includes('InitiateAuth') && !operations.includes('AdminCreateUser'));
  const gate = readFileSync(join(ROOT, 'local/emulator_gate.py'), 'utf8');
  const [, list = ''] = /WITHOUT_CREDENTIALS = frozenset\(\s*"""([^"]*)"""/.exec(gate) ?? [];
  assert.deepEqual(list.trim().split(/\s+/).sort(), operations);
});

/** The list of the emulator's gate, and what it has the emulator write. Whom it lets through is in tests/ports.test.ts. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { VENV_BIN } from '../src/emulator.ts';
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

test('a function is told the claims of a user as REST APIs of AWS write them', () => {
  const program = `
import json, emulator_gate, ministack.services.apigateway_v1 as rest_apis
emulator_gate.as_aws_writes()
print(json.dumps(rest_apis._stringify_claims({"cognito:groups": ["A", "B"], "one": ["A"], "sub": "x", "email_verified": True, "exp": 1796112000, "auth_time": 1796108400, "no": None})))
`;
  const environment = { PYTHONPATH: join(ROOT, 'local'), PYTHONDONTWRITEBYTECODE: '1' };
  const written = execFileSync(join(VENV_BIN, 'python'), ['-c', program], { env: environment, encoding: 'utf8' });
  assert.deepEqual(JSON.parse(written), {
    'cognito:groups': 'A,B',
    one: 'A',
    sub: 'x',
    email_verified: 'true',
    exp: 'Tue Dec 01 08:00:00 UTC 2026',
    auth_time: '1796108400',
  });
});

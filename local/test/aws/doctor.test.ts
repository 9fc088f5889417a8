/** `make doctor`: which `tvm` looks, what it is told, and what its answer means. Not real: that `tvm`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyCommand } from '../../src/aws/deploy.ts';
import { doctor, doctorArguments } from '../../src/aws/doctor.ts';
import type { Check } from '../../src/aws/findings.ts';
import { type CloudOptions, cloudOptionsFrom } from '../../src/aws/options.ts';
import { Failure } from '../../src/failure.ts';
import { ROOT } from '../../src/options.ts';
import { Progress } from '../../src/progress.ts';
import { Transcript, temporaryDirectory } from '../fixtures.ts';

const FINE: Check[] = [{ title: 'AWS region', outcome: 'fine', note: 'eu-central-1' }];
const TROUBLE: Check = { title: 'cdk bootstrap', outcome: 'trouble', what: 'it is not there', fix: 'cdk bootstrap' };

/** A `tvm` whose `doctor` ends with `code`, and the file in which it leaves what it was told; `access_logs` is in its configuration. */
function looking(t: TestContext, code: number, access_logs = false): { options: CloudOptions; told: string } {
  const dir = temporaryDirectory(t);
  const told = join(dir, 'told');
  mkdirSync(join(dir, 'bin'));
  const tvm = join(dir, 'bin/tvm');
  const config = JSON.stringify({ api: { access_logs }, deployment: { stage: 'dev' } });
  const report = JSON.stringify({ in_the_way: code, checks: code === 0 ? FINE : [...FINE, TROUBLE] });
  const script = `if [ "$1" = config ]; then echo '${config}'; else echo "$@" >'${told}'; echo '${report}'; exit ${code}; fi`;
  writeFileSync(tvm, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { options: { ...cloudOptionsFrom({ TVM_BIN: tvm, STAGE: 'test' }), dir }, told };
}

test('tvm looks at the file, the stack and the mode that are deployed', async (t) => {
  const { options, told } = looking(t, 0);
  assert.equal(await doctor(options, new Progress(new Transcript())), options.tvm);
  assert.equal(readFileSync(told, 'utf8'), 'doctor config/tvm.toml --stack TokenVendingMachine-test --json\n');
  assert.deepEqual(doctorArguments({ ...options, auth: 'Open' }).slice(-2), ['--auth', 'Open']);
});

test('what is in the way ends it, and so does a tvm that is none', async (t) => {
  const progress = new Progress(new Transcript());
  await assert.rejects(doctor(looking(t, 1).options, progress), Failure);
  const { options } = looking(t, 0);
  await assert.rejects(doctor({ ...options, tvm: '/nonexistent/tvm' }, progress), /is TVM_BIN a tvm/);
  await assert.rejects(doctor({ ...options, tvm: '/bin/true' }, progress), /printed no report; is TVM_BIN a tvm/);
});

test('what is in the way is told in one list, with what tvm cannot know: a stage that the file does not have', async (t) => {
  const screen = new Transcript();
  const { options } = looking(t, 0);
  const prod = { ...options, stage: 'prod' };
  await assert.rejects(doctor(prod, new Progress(screen)), /^Failure: Nothing was changed\. Fix what is in the way/);
  assert.match(
    screen.text,
    /^fine {5}AWS region: eu-central-1\ntrouble {2}stage: STAGE=prod deploys for real users, but /,
  );
  assert.match(screen.text, /\n {9}fix: write stage = "prod" there, .*\n\n1 thing is in the way of a deployment\.\n$/);
  assert.doesNotMatch(screen.text, /Nothing/);
});

test('the role for access logs is asked for where there are to be any, whatever else is in the way', async (t) => {
  const { options } = looking(t, 1, true);
  const server = createServer((_request, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const account = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  const before = { ...process.env };
  Object.assign(process.env, account);
  t.after(() => {
    process.env = before;
  });
  const screen = new Transcript();
  await assert.rejects(doctor(options, new Progress(screen)), /Nothing was changed/);
  assert.match(screen.text, /trouble {2}cdk bootstrap: it is not there\n {9}fix: cdk bootstrap\n/);
  assert.match(screen.text, /trouble {2}role for access logs: api\.access_logs needs a role .*\n {9}fix: set one once/);
  assert.match(screen.text, /\n2 things are in the way of a deployment\.\n$/);
});

test('the line for the key can be pasted where make runs', () => {
  const options = { ...cloudOptionsFrom({ STAGE: 'test' }), tvm: join(ROOT, '.local/aws/X/tvm') };
  const line = '.local/aws/X/tvm key set --stack TokenVendingMachine-test --config config/tvm.toml';
  assert.equal(keyCommand(options), line);
  assert.match(keyCommand({ ...options, tvm: "/o'neill/my tools/tvm" }), /^'\/o'\\''neill\/my tools\/tvm' key set /);
});

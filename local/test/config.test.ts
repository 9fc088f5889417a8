/** The real `tvm`, built from this repository. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildTools } from '../src/build.ts';
import { effectiveConfig } from '../src/config.ts';
import { ROOT } from '../src/options.ts';

const dir = mkdtempSync(join(tmpdir(), 'local-test-'));
const shipped = { dir, stackName: 'X', config: join(ROOT, 'config/tvm.toml') };
let tvm = '';

before(async () => {
  ({ tvm } = await buildTools(dir, ['tvm']));
});
after(() => rmSync(dir, { recursive: true, force: true }));

test('without a mode the file is deployed as it is', async () => {
  const config = await effectiveConfig(shipped, tvm);
  assert.equal(config.path, shipped.config);
  assert.equal(config.values.auth, 'Open');
});

test('with a mode the file that is deployed is another one, and the one of the user stays', async () => {
  const before = readFileSync(shipped.config, 'utf8');
  const config = await effectiveConfig({ ...shipped, auth: 'AmazonCognito' }, tvm);
  assert.equal(config.path, join(dir, 'tvm.toml'));
  assert.match(readFileSync(config.path, 'utf8'), /auth = "AmazonCognito"/);
  assert.equal(config.values.auth, 'AmazonCognito');
  assert.deepEqual(Object.keys(config.values.groups), ['ReadOnlyUserGroup', 'ReadWriteUserGroup']);
  assert.equal(readFileSync(shipped.config, 'utf8'), before);
});

test('a file that is not accepted is told in the words of tvm', async () => {
  const config = join(dir, 'bad.toml');
  writeFileSync(config, 'auth = "Opn"\n');
  await assert.rejects(effectiveConfig({ ...shipped, config }, tvm), (error: Error) => {
    assert.match(error.message, /bad\.toml was not accepted; nothing was deployed/);
    assert.match(error.message, /bad\.toml:1.*Opn/);
    return true;
  });
});

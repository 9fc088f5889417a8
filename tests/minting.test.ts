/**
 * Tokens are minted by `tvm-issuer` alone: the official SDKs' `AuthClient` cannot express all permissions, has no deadline
 * in Rust, and widens a scope in JavaScript.
 *
 * Real: the sources of everything that is deployed or run by `make`; nothing is started.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from 'local';

/** Folders with programs; tests and generated files below them are passed over. */
const PROGRAMS = ['lambdas', 'crates', 'cdk', 'local'];
const NOT_OURS = /(^|\/)(tests?|node_modules|target|cdk\.out)(\/|$)/;

test('no program mints with the AuthClient of an official SDK', () => {
  const sources = PROGRAMS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(rs|ts)$/.test(path) && !NOT_OURS.test(path))
      .map((path) => join(ROOT, folder, path)),
  );
  assert.ok(sources.length > 50, `${sources.length} sources`);
  const users = sources.filter((path) => /\bAuthClient\b/.test(readFileSync(path, 'utf8')));
  assert.deepEqual(users, []);
});

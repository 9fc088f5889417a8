/**
 * What `make check` says of the imports of Rust code: by crates and modules that are written here. That the repository's own are in order, the check
 * itself says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowsNotDrawn, type Crate, circles } from '../src/checks/rust-imports.ts';

function crate(name: string, normal: readonly string[], forTests: readonly string[] = []): Crate {
  const dependencies = [
    ...normal.map((dependency) => ({ name: dependency, kind: null })),
    ...forTests.map((dependency) => ({ name: dependency, kind: 'dev' })),
  ];
  return { name, manifest_path: `${name}/Cargo.toml`, dependencies };
}

test('a crate may depend on the crates that are drawn, on any for its tests, and on those of others', () => {
  const all = [crate('policy', ['serde'], ['config']), crate('config', ['policy'])];
  assert.deepEqual(arrowsNotDrawn(all, { policy: [], config: ['policy'] }), []);
});

test('an arrow that is not drawn is named, and so is a crate that has no place', () => {
  const all = [crate('policy', ['config']), crate('config', []), crate('new', [])];
  assert.deepEqual(arrowsNotDrawn(all, { policy: [], config: [] }), [
    'policy may not depend on config',
    'new is not in MAY_IMPORT: say there what it may depend on',
  ]);
});

test('modules that import each other are a circle, however the path is written', () => {
  const modules = new Map([
    ['lib', 'mod a;\nmod b;\nmod c;\nmod d;\npub use a::Thing;\n'],
    ['a', 'use crate::{b::{One, Two}, d};\n'],
    ['b', 'fn f() -> crate::c::Three { todo!() }\n'],
    ['c', 'use crate::Thing;\n'],
    ['d', 'use std::fmt;\n'],
    ['e::one', 'use super::two::Four;\n'],
    ['e::two', 'use crate::e::one;\n'],
  ]);
  assert.deepEqual(circles(modules), [
    ['a', 'b', 'c'],
    ['e::one', 'e::two'],
  ]);
});

test('neither a comment nor a unit test is an import', () => {
  const modules = new Map([
    ['a', 'use crate::b::One;\n'],
    ['b', '// crate::a is another matter\n#[cfg(test)]\nmod tests {\n    use crate::a;\n}\n'],
  ]);
  assert.deepEqual(circles(modules), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireSpace, requireSystem } from '../src/host-requirements.ts';

test('a disk with too little left is told before anything is written', () => {
  requireSpace('/', 0);
  assert.throws(() => requireSpace('/', 1e9), /has \d+ MB left and this needs about 1000000000 MB\. Free some space/);
});

test('a computer that cannot run the functions is told what can, and what it can do itself', () => {
  requireSystem('linux', 'x64');
  assert.throws(
    () => requireSystem('darwin', 'arm64'),
    /Linux on x86-64; this is darwin on arm64.*make deploy work here/,
  );
  assert.throws(() => requireSystem('linux', 'arm64'), /linux on arm64/);
});

/** What `make dist` gives out, from its parts. Real: the tree of this workspace's own functions. Not real: the programs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { unzipSync } from 'fflate';
import { type Artifact, billOfMaterials, checksumsIn } from '../../src/dist/sbom.ts';
import { parseTree, treeArguments } from '../../src/dist/tree.ts';
import { zipOf } from '../../src/dist/zip.ts';
import { ROOT } from '../../src/options.ts';

const PROGRAM = new TextEncoder().encode('a program '.repeat(1000));

test('the same program gives the same zip, whose one file can be run', () => {
  const zip = zipOf(PROGRAM);
  assert.deepEqual(zipOf(PROGRAM), zip);
  assert.deepEqual(unzipSync(zip), { bootstrap: PROGRAM });
  const listed = spawnSync('python3', ['-c', LIST_MODES], { input: zip, encoding: 'utf8' });
  assert.equal(listed.stdout.trim(), 'bootstrap 100755', listed.stderr);
});

const LIST_MODES = `
import io, sys, zipfile
for each in zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).infolist():
    print(each.filename, oct(each.external_attr >> 16)[2:])
`;

function treeOf(name: string) {
  const { status, stdout, stderr } = spawnSync('cargo', treeArguments(name, 'x86_64-unknown-linux-gnu'), {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return parseTree(stdout);
}

function artifact(name: string): Artifact {
  return { file: `${name}.zip`, sha256: 'ab'.repeat(32), tree: treeOf(name) };
}

const CHECKSUMS = checksumsIn(readFileSync(join(ROOT, 'Cargo.lock'), 'utf8'));

test('the bill of materials is valid CycloneDX, and the same each time', async () => {
  const bill = () => billOfMaterials('1.2.3', [artifact('tvm-vending'), artifact('tvm-authorizer')], CHECKSUMS);
  const text = bill();
  assert.equal(bill(), text);
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  assert.equal(await validator.validate(text), null);
});

test('it has every crate that is linked, with its checksum, and none that only helps to compile', () => {
  const bill = JSON.parse(billOfMaterials('1.2.3', [artifact('tvm-vending')], CHECKSUMS));
  const named = new Map<string, Component>(bill.components.map((it: Component) => [it.name, it]));
  const h2 = named.get('h2');
  assert.match(h2?.purl ?? '', /^pkg:cargo\/h2@/);
  assert.match(h2?.hashes?.[0]?.content ?? '', /^[0-9a-f]{64}$/);
  assert.equal(h2?.licenses?.[0]?.expression, 'MIT');
  // Of this project: in no registry.
  assert.ok(named.has('tvm-policy') && named.get('tvm-policy')?.purl === undefined);
  for (const helper of ['syn', 'quote', 'serde_derive', 'tvm-lambda-emulator']) assert.ok(!named.has(helper), helper);
  const depends = bill.dependencies.find((it: { ref: string }) => it.ref === 'tvm-vending.zip');
  assert.match(depends.dependsOn[0], /^tvm-vending@/);
});

interface Component {
  readonly name: string;
  readonly purl?: string;
  readonly hashes?: { content: string }[];
  readonly licenses?: { expression: string }[];
}

test('a line that cargo tree never printed is an error, not a crate that is left out', () => {
  assert.throws(() => parseTree('0 tvm v1.0.0 | MIT\n1 what is this\n'), /not understood: 1 what is this/);
  assert.throws(() => parseTree(''), /printed nothing/);
});

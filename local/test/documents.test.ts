/** What the documents refer to is there: files, and headings in them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/options.ts';

const { stdout } = spawnSync('git', ['ls-files', '-z', '*.md'], { cwd: ROOT, encoding: 'utf8' });
const DOCUMENTS = stdout.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));

/** The anchors of a document's headings, as GitHub makes them. */
function anchors(path: string): Set<string> {
  const headings = readFileSync(path, 'utf8').match(/^#+ .*$/gm) ?? [];
  const anchor = (heading: string) =>
    heading
      .replace(/^#+ /, '')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
  return new Set(headings.map(anchor));
}

test('every link between the documents leads somewhere', { skip: DOCUMENTS.length === 0 && 'not a clone' }, () => {
  const broken: string[] = [];
  for (const document of DOCUMENTS) {
    const text = readFileSync(join(ROOT, document), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? join(ROOT, document) : join(ROOT, dirname(document), file);
      const found = existsSync(path) && (anchor === undefined || !path.endsWith('.md') || anchors(path).has(anchor));
      if (!found) broken.push(`${document}: ${target} (${relative(ROOT, path)})`);
    }
  }
  assert.ok(DOCUMENTS.length >= 10, DOCUMENTS.join(' '));
  assert.deepEqual(broken, []);
});

test('the README is short enough to be read', () => {
  const lines = readFileSync(join(ROOT, 'README.md'), 'utf8').trimEnd().split('\n');
  assert.ok(lines.length <= 200, `${lines.length} lines: at most 200; the rest belongs into docs/`);
});

/** What the documents, the comments and the error texts refer to is there: files, and headings in them. */
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
  return new Set(headings.map(anchorOf));
}

function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
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

/** What is shipped and may name a document: sources, configuration files and examples with their comments; not the tests of the tests. */
const NAMING = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .stdout.split('\0')
  .filter((path) => /\.(rs|tsx?|py|toml|json|yml|cjs)$|(^|\/)(Makefile|setup|run)$/.test(path))
  .filter((path) => !/\.test\.ts$|\.lock$|(^|\/)package-lock\.json$/.test(path) && existsSync(join(ROOT, path)));

/** Documents of other projects, and names that stand for any. */
const NOT_OURS = ['PROTOCOL-HTTP2.md', 'GUIDE.md'];

/** `text` with its comments and its strings in one line each, so that a reference which is wrapped is one. */
function unwrapped(text: string): string {
  return text
    .replaceAll(/[ \t]*\n[ \t]*(?:\/\/[/!]?|\*|#)?[ \t]*/g, ' ')
    .replaceAll(/['"`] ?\+ ?['"`]/g, '')
    .replaceAll('\\ ', '');
}

/** What in `text`, a file at `path`, refers to a document or to a heading that is not there. */
function leadingNowhere(path: string, text: string): string[] {
  const broken: string[] = [];
  const line = unwrapped(text);
  for (const match of line.matchAll(/((?:[\w.@-]+\/)*[\w-]+\.md)(#[\w-]+)?/g)) {
    const [reference, name = '', anchor] = match;
    if (NOT_OURS.includes(name)) continue;
    const document = nearest(dirname(path), name);
    const quotedAfter = /^(?:,| \()\s*(?:section )?\\?["“]([^"”\\]+)\\?["”]/.exec(
      line.slice(match.index + reference.length),
    )?.[1];
    const quotedBefore = /["“]([^"”]+)["”],? in $/.exec(line.slice(0, match.index))?.[1];
    const headings = [quotedAfter, quotedBefore].filter((heading) => heading !== undefined);
    const wanted = [...(anchor === undefined ? [] : [anchor.slice(1)]), ...headings.map(anchorOf)];
    const there = document === undefined ? undefined : anchors(document);
    if (there === undefined || wanted.some((it) => !there.has(it)))
      broken.push(`${path}: ${[reference, ...headings].join(', ')}`);
  }
  // A section is named by its document and its heading, or a reader looks for it in vain.
  for (const [reference] of line.matchAll(/README,? section [^.]{0,40}/g)) broken.push(`${path}: ${reference}`);
  return broken;
}

/** The document called `name`, in the folder of who names it or in one above. */
function nearest(folder: string, name: string): string | undefined {
  const path = join(ROOT, folder, name);
  if (existsSync(path)) return path;
  return folder === '.' ? undefined : nearest(dirname(folder), name);
}

test('every document that a comment or an error text names is there, and so is the heading', {
  skip: NAMING.length === 0 && 'not a clone',
}, () => {
  assert.ok(NAMING.includes('config/tvm.toml') && NAMING.includes('local/src/aws/trouble.ts'), NAMING.join(' '));
  assert.deepEqual(
    NAMING.flatMap((path) => leadingNowhere(path, readFileSync(join(ROOT, path), 'utf8'))),
    [],
  );
});

test('what leads nowhere is found, also where it is wrapped', () => {
  const found = (text: string) => leadingNowhere('config/tvm.toml', text).length;
  assert.equal(found('# see docs/endpoint.md, "Access logs"; docs/users.md#passwords-and'), 1);
  assert.equal(found('# see docs/endpoint.md,\n#   "Access logs"'), 0);
  assert.equal(found("'see \"Access logz\" in ' +\n  'docs/endpoint.md'"), 1);
  assert.equal(found('/// (docs/gone.md)'), 1);
  assert.equal(found('# README, section "Groups"'), 1);
  assert.equal(found('// PROTOCOL-HTTP2.md of gRPC'), 0);
});

test('the README is short enough to be read', () => {
  const lines = readFileSync(join(ROOT, 'README.md'), 'utf8').trimEnd().split('\n');
  assert.ok(lines.length <= 200, `${lines.length} lines: at most 200; the rest belongs into docs/`);
});

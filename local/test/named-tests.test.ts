/**
 * What SECURITY.md and ARCHITECTURE.md name in backticks is there: each path, each test in the file that it is credited to, and
 * each name of the code. A test that was renamed, moved or deleted is found here, together with the claim that it held.
 *
 * A name of a test is credited to the last file named before it in its paragraph or list item.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../src/options.ts';

const DOCUMENTS = ['SECURITY.md', 'ARCHITECTURE.md'];

const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
}).stdout.split('\0');
const FILES = listed.filter((path) => path !== '' && existsSync(join(ROOT, path)));
const FOLDERS = new Set(FILES.flatMap((file) => [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index))));
const skip = FILES.length === 0 && 'not a clone';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** What one text in backticks is taken for. */
type Kind = 'path' | 'rust test' | 'sentence' | 'code' | 'other';

const FILE = /\.(rs|ts|py|md)$/;
/** The first words of commands, which are no titles of tests. */
const COMMAND = /^(make|tvm|cargo|aws|cdk|npm) /;

function kindOf(text: string): Kind {
  if (!/\s/.test(text)) {
    if (/^\.local\//.test(text)) return 'other'; // made by `make local`
    if (FILE.test(text) || /^(\.ci\/|[a-z-]+\/)[\w./*-]*$/.test(text)) return 'path';
    if (/^[a-z0-9]+(_[a-z0-9]+){3,}$/.test(text)) return 'rust test';
    if (/^[A-Za-z_]\w*(::\w+)*(\(\))?$/.test(text)) return 'code';
    return 'other';
  }
  const words = text.split(/\s+/).length;
  return words >= 4 && !COMMAND.test(text) && !/ = /.test(text) ? 'sentence' : 'other';
}

/** The files that `path` means: from the root, with `*` for one name; a name alone is a file or folder somewhere. */
function filesOf(path: string): string[] {
  const name = path.replace(/\/$/, '');
  if (FOLDERS.has(name) || FILES.includes(name)) return [name];
  if (name.includes('*')) {
    const pattern = new RegExp(`^${name.split('*').map(escaped).join('[^/]*')}$`);
    return FILES.filter((file) => pattern.test(file));
  }
  if (name.includes('/')) return [];
  return [...FILES, ...FOLDERS].filter((file) => file.endsWith(`/${name}`));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/;

/** The titles of a TypeScript file's tests. A `${…}` in one is whatever the file itself says somewhere. */
function holdsTitle(text: string, title: string): boolean {
  const said = text.replace(/\\(['"`])/g, '$1');
  const calls = new RegExp(`\\b(?:test|describe)(?:\\.\\w+)?\\(\\s*(?:${LITERAL.source})`, 'g');
  return [...text.matchAll(calls)].some(([, single, double, template]) => {
    const written = (single ?? double ?? template ?? '').replace(/\\(['"`])/g, '$1');
    const fixed = template === undefined ? [written] : written.split(/\$\{[^}]*\}/);
    const end = title.endsWith('…') ? '.*' : '$';
    const pattern = new RegExp(`^${fixed.map(escaped).join('(.+)')}$`, 's');
    const shown = title.endsWith('…') ? title.slice(0, -1).trimEnd() : title;
    if (end === '.*') return written.startsWith(shown);
    const [, ...filled] = pattern.exec(shown) ?? [undefined, undefined];
    return !filled.includes(undefined) && filled.every((part) => said.includes(part ?? ''));
  });
}

interface Named {
  kind: Kind;
  text: string;
  /** The file named last before it in the same paragraph or item. */
  file: string | undefined;
}

/** Every text in backticks of a Markdown document, outside blocks of code. */
function namedIn(markdown: string): Named[] {
  const blocks = markdown.replace(/^```.*?^```/gms, '').split(/\n\s*\n|\n(?=\* |- |\d+\. )/);
  return blocks.flatMap((block) => {
    let file: string | undefined;
    return [...block.matchAll(/`([^`]+)`/g)].map(([, written = '']) => {
      const text = written.replace(/\s+/g, ' ');
      const kind = kindOf(text);
      if (kind === 'path' && FILE.test(text)) file = text;
      return { kind, text, file };
    });
  });
}

const SOURCES = FILES.filter((file) => /\.(rs|ts|py|toml)$/.test(file) && file !== 'local/test/named-tests.test.ts');
let words: Set<string> | undefined;
const codeHas = (word: string) => {
  words ??= new Set(SOURCES.flatMap((file) => read(file).match(/\w+/g) ?? []));
  return words.has(word);
};

/** What is wrong with one name; `undefined` where it is true. */
function wrongWith({ kind, text, file }: Named): string | undefined {
  if (kind === 'path') return filesOf(text).length === 0 ? 'no such file or folder' : undefined;
  if (kind === 'code') return text.replace('()', '').split('::').every(codeHas) ? undefined : 'not in the source';
  if (kind === 'other') return undefined;
  if (file === undefined) return 'a test that is credited to no file';
  const files = filesOf(file).filter((path) => FILE.test(path));
  if (!file.includes('/') || files.length === 0) return `credited to ${file}; write the whole path, from the root`;
  const holds = (path: string) =>
    kind === 'sentence' ? holdsTitle(read(path), text) : new RegExp(`\\bfn ${text}\\(`).test(read(path));
  return files.every(holds) ? undefined : `not in ${file}`;
}

const problemsOf = (markdown: string) =>
  namedIn(markdown).flatMap((named) => {
    const wrong = wrongWith(named);
    return wrong === undefined ? [] : [`\`${named.text}\`: ${wrong}`];
  });

/** Where a file holds tests. */
const OF_TESTS = /(^|\/)tests\/[^/]*\.rs$|\.test\.ts$|^tests\/behaviours\//;

/** The files of tests that are credited without a word of which test it is: nobody could tell whether there is one. */
function unsaidIn(markdown: string): string[] {
  const named = namedIn(markdown);
  const credited = named.filter(({ kind }) => kind === 'rust test' || kind === 'sentence').map(({ file }) => file);
  const files = named.filter(({ kind, text }) => kind === 'path' && OF_TESTS.test(text) && !text.endsWith('/'));
  return files.filter(({ text }) => !credited.includes(text)).map(({ text }) => text);
}

for (const document of DOCUMENTS) {
  test(`${document} names paths, tests and code that are there`, { skip }, () => {
    const named = namedIn(read(document));
    for (const [kind, atLeast] of [
      ['path', 50],
      ['rust test', 10],
      ['sentence', 5],
    ] as const) {
      assert.ok(named.filter((one) => one.kind === kind).length >= atLeast, `too few were found to be a ${kind}`);
    }
    assert.equal(problemsOf(read(document)).join('\n'), '');
  });
}

test('SECURITY.md says of each file of tests which test holds', { skip }, () => {
  const unsaid = unsaidIn(read('SECURITY.md')).filter((file) => file !== 'local/test/named-tests.test.ts');
  assert.equal(unsaid.join('\n'), '');
  assert.deepEqual(unsaidIn('* `a/tests/b.rs`: `c_d_e_f`\n* the warning: `a/tests/g.rs`'), ['a/tests/g.rs']);
});

describe('what is not so is found', { skip }, () => {
  const grant = '`crates/policy/tests/grant.rs`';
  for (const [about, markdown, found] of [
    ['a path', '* `crates/policy/tests/grants.rs`', 1],
    ['a Rust test of another name', `* ${grant}: \`nobody_ever_wrote_this_test\``, 1],
    [
      'a Rust test of another file',
      '* `crates/policy/tests/joining.rs`: `a_read_only_user_cannot_claim_the_read_write_group`',
      1,
    ],
    ['a Rust test of no file', '`crates/policy`\n\n* `a_read_only_user_cannot_claim_the_read_write_group`', 1],
    [
      'a title of another file',
      '* `tests/behaviours/open.ts`: `a cached decision does not let a narrower request widen`',
      1,
    ],
    [
      'a title with a filled place that no test fills so',
      '* `tests/behaviours/cognito.ts`: `a moon of cheese: 403 CacheNotAllowed, and Momento is not asked`',
      1,
    ],
    ['a name of the code', '`Config::grantt` decides', 1],
    [
      'nothing, where all is well',
      `* ${grant}: \`a_read_only_user_cannot_claim_the_read_write_group\`; \`Config::grant\``,
      0,
    ],
  ] as const) {
    test(about, () => assert.equal(problemsOf(markdown).length, found, problemsOf(markdown).join('\n')));
  }
});

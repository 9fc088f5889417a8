/** The tables of docs/configuration.md. Real: the schema and the document. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withGenerated } from '../../src/docs/generated.ts';
import { keyTables, type Schema } from '../../src/docs/keys.ts';
import { ROOT } from '../../src/options.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const SCHEMA = JSON.parse(read('config/tvm.schema.json'));

/** The only row of `key`, as its cells. */
function row(tables: string, key: string): string[] {
  const rows = tables.split('\n').filter((line) => line.startsWith(`| \`${key}\` |`));
  assert.equal(rows.length, 1, `${key}: ${rows.join('\n')}`);
  return (rows[0] ?? '').split(/(?<!\\)\|/).map((cell) => cell.trim());
}

test('the document has the tables of the schema', () => {
  const document = read('docs/configuration.md');
  assert.ok(withGenerated(document, 'keys', keyTables(SCHEMA)) === document, 'run "make docs-tables"');
});

test('every key of every table in the schema has a row with a type and a meaning', () => {
  const tables = keyTables(SCHEMA);
  const definitions = Object.values<Schema>(SCHEMA.$defs);
  const all = definitions.flatMap(({ properties }) => Object.entries(properties ?? {}));
  const keys = all.filter(([, { $ref, anyOf }]) => !/Table"/.test(JSON.stringify([$ref, anyOf]))).map(([key]) => key);
  assert.ok(keys.length > 70, `${keys.length}`);
  for (const key of keys) {
    const rows = tables.split('\n').filter((line) => line.includes(`.${key}\` |`));
    assert.ok(rows.length > 0, key);
    for (const line of rows) assert.match(line, /^\| `[\w.]+` \| .+ \| .+ \| [^|]{10,}/, key);
  }
});

const TIME: Schema = {
  oneOf: [
    { type: 'integer', minimum: 1, maximum: 90_000 },
    { type: 'string', pattern: '^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$' },
  ],
};
const SMALL: Schema = {
  properties: {
    auth: { description: 'Who asks.', $ref: '#/$defs/Mode' },
    table: { description: 'A table.', $ref: '#/$defs/Table', default: {} },
  },
  required: ['auth'],
  $defs: {
    Mode: {
      oneOf: [
        { type: 'string', const: 'Open', description: 'Everyone.' },
        { type: 'string', const: 'Closed', description: 'Users.' },
      ],
    },
    Table: {
      properties: {
        ttl: { description: 'How long.\nSee docs/local.md#options.', $ref: '#/$defs/Time', default: 5400 },
        mode: { description: '`"Open"`, or `"Closed"`.', anyOf: [{ $ref: '#/$defs/Mode' }, { type: 'null' }] },
        count: { description: 'A | B', type: ['integer', 'null'], minimum: 1, maximum: 4_294_967_295 },
        inner: { anyOf: [{ $ref: '#/$defs/Inner' }, { type: 'null' }] },
      },
    },
    Inner: { properties: { on: { description: 'Whether.', type: 'boolean', default: false } } },
    Time: TIME,
  },
};

test('a key has its type, its default and its meaning, and a required one says so', () => {
  const tables = keyTables(SMALL);
  const auth = 'Who asks.<br>`"Open"`: Everyone.<br>`"Closed"`: Users.';
  assert.deepEqual(row(tables, 'auth').slice(2, 5), ['`"Open"`, `"Closed"`', 'required', auth]);
  assert.equal(row(tables, 'table.mode')[4], '`"Open"`, or `"Closed"`.', 'what names its values says what they mean');
  assert.deepEqual(row(tables, 'table.inner.on').slice(2, 5), ['`true`, `false`', '`false`', 'Whether.']);
  assert.match(tables, /### `\[table\.inner\]`/);
});

test('a time is shown as the file writes it, a path of a document as a link, and a bar does not end a cell', () => {
  const tables = keyTables(SMALL);
  const meaning = 'How long. See [local.md](local.md#options).';
  assert.deepEqual(row(tables, 'table.ttl').slice(2, 5), ['a time', '`"90m"`', meaning]);
  assert.deepEqual(row(tables, 'table.count').slice(2, 5), ['1 or more', '–', 'A \\| B']);
});

test('a document without the comments is refused, and all around them stays', () => {
  assert.throws(() => withGenerated('# A document', 'keys', 'x'), /<!-- keys: … -->/);
  const document = 'before\n<!-- keys: by make -->\nold\n<!-- end of keys -->\nafter\n';
  assert.equal(
    withGenerated(document, 'keys', 'new'),
    'before\n<!-- keys: by make -->\n\nnew\n\n<!-- end of keys -->\nafter\n',
  );
});

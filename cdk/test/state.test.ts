/**
 * What an edit of the configuration file does to what holds state, in each mode: just what the table of docs/upgrades.md says.
 *
 * Each key of the file is edited alone, forth and back; each mode is deployed over each other, and each shipped file over the first.
 * Real: the templates, and AWS's own specification of what replaces a resource. Not real: CloudFormation.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { shippedConfigurations } from './configurations.ts';
import { EDITS } from './edits.ts';
import { EVERYTHING_BEFORE, MODES, synthesize, WATCHED } from './fixtures.ts';
import { fate, HOLDING_STATE, losses, STATELESS, type TemplateJson, vanished } from './judge.ts';

type Changes = Partial<TvmConfig>;

const PROD = { stage: 'prod', open_to_everybody: true } as const;

function template(changes: Changes): TemplateJson {
  return synthesize(changes).toJSON() as TemplateJson;
}

/** Every pair that is walked, both ways, with the key that differs. */
function* pairs(): Generator<readonly [key: string, before: Changes, after: Changes]> {
  for (const auth of MODES) {
    for (const [key, edits] of Object.entries(EDITS)) {
      for (const [before, after] of edits) {
        yield [key, { ...before, auth }, { ...after, auth }];
        yield [key, { ...after, auth }, { ...before, auth }];
      }
    }
    for (const other of MODES.filter((mode) => mode !== auth)) yield ['auth', { auth }, { auth: other }];
  }
}

/** A row of the table: what is lost, and what is left of it in the account. */
interface Row {
  readonly keys: readonly string[];
  readonly dev: string;
  readonly prod: string;
}

const DOCUMENT = join(repositoryRoot, 'docs/upgrades.md');
const ROW =
  /^\| `(AWS::[^`]+)` `([^`]+)` \| (removed|replaced: [^|]+|made anew: [^|]+) \| ([^|]+) \| (goes|stays) \| (goes|stays) \|/;

function documented(): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of readFileSync(DOCUMENT, 'utf8').split('\n')) {
    const [, type, name, what = '', keys = '', dev = '', prod = ''] = ROW.exec(line) ?? [];
    if (type === undefined) continue;
    const row = { keys: plain(keys).split(', ').sort(), dev, prod };
    rows.set(`${type} ${name} ${plain(what)}`, row);
  }
  return rows;
}

function plain(cell: string): string {
  return cell.replaceAll('`', '').trim();
}

/** What a deployment may leave in AWS as it was, by the second table. */
const LEFT = /^\| `(AWS::[^`]+)` `([^`]+)` \| `[^`]+`(?:, `[^`]+`)* \| /;

/** What the walk shows, in the words of the table. */
function shown(): Map<string, Row> {
  const found = new Map<string, { keys: Set<string>; dev: Set<string>; prod: Set<string> }>();
  for (const [key, before, after] of pairs()) {
    const old = template(before);
    for (const loss of losses(old, template(after))) {
      const name = `${loss.type} ${loss.name} ${loss.what}`;
      const row = found.get(name) ?? { keys: new Set(), dev: new Set(), prod: new Set() };
      found.set(name, row);
      row.keys.add(key);
      if (key !== 'deployment.stage') {
        row.dev.add(fate(old, loss));
        row.prod.add(fate(template({ ...before, deployment: PROD }), loss));
      }
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([name, { keys, dev, prod }]) => [
      name,
      { keys: [...keys].sort(), dev: [...dev].join(' or '), prod: [...prod].join(' or ') },
    ]),
  );
}

test('the table of docs/upgrades.md names each thing that an edit removes, replaces or makes anew, and nothing else', () => {
  const [said, seen] = [documented(), shown()];
  assert.deepEqual([...said.keys()].sort(), [...seen.keys()]);
  for (const [name, row] of seen) assert.deepEqual(said.get(name), row, name);
});

test('a shipped file over another does nothing that the table does not name', () => {
  const named = [...documented().keys()];
  for (const auth of MODES) {
    for (const { name, config } of shippedConfigurations()) {
      const [first, other] = [template({ auth }), template({ ...config, auth })];
      for (const [before, after] of [
        [first, other],
        [other, first],
      ] as const) {
        for (const { type, name: what, what: how } of losses(before, after)) {
          assert.ok(named.includes(`${type} ${what} ${how}`), `${name} in ${auth}: ${type} ${what} ${how}`);
        }
      }
    }
  }
});

test('what is taken out of the file is written with its default, where the second table does not say that it may stay', () => {
  const left = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, type, property] = LEFT.exec(line) ?? [];
      return type === undefined ? [] : [`${type} ${property}`];
    });
  assert.ok(left.length > 0);
  const unsaid = new Map<string, string>();
  for (const [key, before, after] of pairs()) {
    for (const property of vanished(template(before), template(after))) {
      if (!left.includes(property)) unsaid.set(property, key);
    }
  }
  assert.deepEqual([...unsaid], []);
});

test('each key of the file has its edit', () => {
  const schema = JSON.parse(readFileSync(join(repositoryRoot, 'config/tvm.schema.json'), 'utf8')) as Schema;
  const keys = leaves(schema, schema.$defs ?? {});
  // A table with an edit of its own is there or not.
  const tables = ['groups', 'api.waf', 'api.domain', 'api.usage_plan'];
  assert.deepEqual(Object.keys(EDITS).sort(), [...keys, ...tables].sort());
});

test('in production nothing differs but what becomes of it', () => {
  for (const auth of MODES) {
    for (const more of [{}, { api: EVERYTHING_BEFORE, monitoring: WATCHED, web: { enabled: true } }]) {
      const [dev, prod] = [template({ ...more, auth }), template({ ...more, auth, deployment: PROD })];
      const properties = ({ Resources }: TemplateJson) =>
        Object.entries(Resources).map(([id, { Type, Properties }]) => [id, Type, Properties]);
      assert.deepEqual(properties(prod), properties(dev));
    }
  }
});

test('every type of a resource is judged, or said to hold nothing', () => {
  const types = new Set<string>();
  for (const [, before] of pairs()) for (const { Type } of Object.values(template(before).Resources)) types.add(Type);
  assert.deepEqual([...types].sort(), [...HOLDING_STATE, ...STATELESS].sort());
});

/** For each type that holds state, a property by which AWS replaces it, or makes its value anew. */
const TELLING: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::ApiKey': 'Value',
  'AWS::ApiGateway::DomainName': 'DomainName',
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::Cognito::UserPoolClient': 'GenerateSecret',
  'AWS::Cognito::UserPoolGroup': 'GroupName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Subscription': 'Endpoint',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SecretsManager::Secret': 'GenerateSecretString',
};

test('the judge can tell', () => {
  for (const [Type, property] of Object.entries(TELLING)) {
    const of = (value: string): TemplateJson => ({ Resources: { One: { Type, Properties: { [property]: value } } } });
    const [loss] = losses(of('old'), of('new'));
    assert.match(loss?.what ?? 'nothing', new RegExp(`^(replaced|made anew): ${property}$`), Type);
    assert.deepEqual(losses(of('old'), of('old')), []);
    assert.deepEqual(losses({ Resources: {} }, of('new')), []);
    assert.deepEqual(
      losses(of('old'), { Resources: {} }).map(({ what }) => what),
      ['removed'],
    );
    assert.deepEqual(vanished(of('old'), { Resources: { One: { Type, Properties: {} } } }), [`${Type} ${property}`]);
  }
});

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** The keys that hold a value and no table, as `table.key`; any name of a group is `*`. */
function leaves(schema: Schema, defs: Readonly<Record<string, Schema>>, path = ''): string[] {
  const { $ref, anyOf = [], properties, additionalProperties } = schema;
  const referred = defs[$ref?.replace('#/$defs/', '') ?? ''];
  if (referred !== undefined) return leaves(referred, defs, path);
  const inside = (name: string) => (path === '' ? name : `${path}.${name}`);
  const below = [
    ...Object.entries(properties ?? {}).flatMap(([name, part]) => leaves(part, defs, inside(name))),
    ...(typeof additionalProperties === 'object' ? leaves(additionalProperties, defs, inside('*')) : []),
    // Of a table that may be null, the table. Of what is one of several forms, none has keys of the file's own.
    ...anyOf.flatMap((form) => leaves(form, defs, path)).filter((key) => key !== path && key !== ''),
  ];
  return below.length > 0 ? [...new Set(below)] : [path];
}

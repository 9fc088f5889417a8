/**
 * Writes `cdk/lib/canonical-config.ts`: the types of what `tvm config render` prints, from the JSON Schema of the file that it reads.
 *
 * The schema says what an operator may write. In the canonical form every default is filled in, every duration is in seconds, and
 * nothing is null. `test/canonical-config.test.ts` holds that the types are current, and that the real `tvm` prints what they say.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { compile } from 'json-schema-to-typescript';

const FILE_SCHEMA = new URL('../../config/tvm.schema.json', import.meta.url);
export const TYPES: URL = new URL('../lib/canonical-config.ts', import.meta.url);

/** Every table has a name in the types, and so have these; the rest stands where it is used. */
const NAMED = ['AuthMode', 'Architecture', 'CredentialsIn', 'Selector'];

/** As the users of the construct know them. */
const RENAMED: Readonly<Record<string, string>> = {
  Architecture: 'ArchitectureName',
  CredentialsIn: 'CredentialsPlace',
  GroupEntry: 'Group',
  PermissionEntry: 'Permission',
};

/** Their defaults depend on other keys, so the schema has none. */
const FILLED_IN = ['TokenTable.id', 'LimitsTable.request_burst'];

/** What the canonical form alone has. */
const SOURCE: Schema = {
  description: 'The file that a configuration was rendered from.',
  type: 'object',
  properties: {
    sha256: {
      description:
        'SHA-256 of its text in hexadecimal, each line ended by a line feed alone: a checkout may change that.',
      type: 'string',
    },
  },
  required: ['sha256'],
  additionalProperties: false,
};

/** A schema, as far as it is looked at here. */
interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** The JSON Schema of the canonical form. */
export function canonicalSchema(): Schema {
  const file = JSON.parse(readFileSync(FILE_SCHEMA, 'utf8')) as Schema;
  const defs = file.$defs ?? {};
  const isNamed = (name: string) => NAMED.includes(name) || defs[name]?.type === 'object';
  const newName = (name: string) => RENAMED[name] ?? name;

  const canonical = (schema: Schema, path: string): Schema => {
    const { $ref, anyOf, oneOf, default: _, type, properties, items, additionalProperties, ...rest } = schema;
    // The other form is null.
    if (anyOf?.[0] !== undefined) return canonical({ ...rest, ...anyOf[0] }, path);
    const name = $ref?.replace('#/$defs/', '') ?? '';
    const referred = defs[name];
    if (isNamed(name)) return { ...rest, allOf: [{ $ref: `#/$defs/${newName(name)}` }] };
    if (referred !== undefined) return canonical({ ...referred, ...rest }, path);
    if (oneOf?.[1]?.pattern?.startsWith('^([0-9]+d)?')) {
      return { ...rest, ...oneOf[0], description: `${rest.description}\nIn seconds.` };
    }
    const keys = Object.entries(properties ?? {});
    const filledIn = keys.filter(([key, value]) => value.default !== undefined || FILLED_IN.includes(`${path}.${key}`));
    return {
      ...rest,
      ...(oneOf && { oneOf }),
      ...(type && { type: typeof type === 'string' ? type : type.filter((it) => it !== 'null') }),
      ...(items && { items: { ...canonical(items, path), description: '' } }),
      ...(properties && {
        properties: Object.fromEntries(keys.map(([key, value]) => [key, canonical(value, path)])),
        required: [...(rest.required ?? []), ...filledIn.map(([key]) => key)],
      }),
      ...(additionalProperties !== undefined && {
        additionalProperties:
          typeof additionalProperties === 'object' ? canonical(additionalProperties, path) : additionalProperties,
      }),
    };
  };

  const { $defs: _, title: __, ...root } = canonical(file, '');
  const source: Schema = {
    description: 'Left out, it was rendered for another mode than the file’s, or not by `tvm`.',
    allOf: [{ $ref: '#/$defs/ConfigSource' }],
  };
  return {
    ...root,
    description: 'The canonical configuration. `config/tvm.toml` has its keys, with examples.',
    properties: { ...root.properties, source },
    $defs: {
      ...Object.fromEntries(
        Object.entries(defs)
          .filter(([name]) => isNamed(name))
          .map(([name, def]) => [newName(name), canonical(def, name)]),
      ),
      ConfigSource: SOURCE,
    },
  };
}

const HEADER = `/**
 * What \`tvm config render\` prints: canonical JSON, with every default filled in and keys as in the TOML file.
 *
 * Written by \`npm run config-types --workspace cdk\`, from the JSON Schema of the file (config/tvm.schema.json).
 */
`;

/** The text of `cdk/lib/canonical-config.ts`. */
export async function canonicalTypes(): Promise<string> {
  const style = { printWidth: 120, singleQuote: true };
  const types = await compile(canonicalSchema() as object, 'TvmConfig', { bannerComment: '', style });
  const short = types.replaceAll(/\/\*\*\n +\* (.*)\n +\*\//g, '/** $1 */');
  const readonly = short
    .replaceAll(/^( +)(\w+\??|\[k: string\]):/gm, '$1readonly $2:')
    // Parentheses are around the items of a list.
    .replaceAll(/^( +readonly \w+\??: )(.*\[\];|\()$/gm, '$1readonly $2');
  return `${HEADER}\n${readonly}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TYPES, await canonicalTypes());

/**
 * The tables of docs/configuration.md: every key of the configuration file, from its JSON Schema.
 *
 * Every word in them comes from the schema, and so from the doc comments of the Rust types: nothing is described twice.
 */

/** A part of a JSON Schema, as far as schemars writes it. */
export interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** The Markdown of all tables: first the keys that are in no table of the file, then each table of it. */
export function keyTables(root: Schema): string {
  return new Tables(root).all();
}

/** More values than this would make the column of types wider than that of meanings. */
const MANY = 7;

class Tables {
  readonly #root: Schema;

  constructor(root: Schema) {
    this.#root = root;
  }

  all(): string {
    const loose = Object.keys(this.#root.properties ?? {}).filter(
      (key) => this.#table(this.#property(key)) === undefined,
    );
    const tables = Object.keys(this.#root.properties ?? {}).filter((key) => !loose.includes(key));
    return [
      ...this.#section('Before the first table', undefined, this.#root, '', loose),
      ...tables.flatMap((key) => this.#tableOf(key, this.#property(key))),
    ].join('\n');
  }

  #property(key: string): Schema {
    return this.#root.properties?.[key] ?? {};
  }

  /** A table of the file, then the tables in it. */
  #tableOf(name: string, property: Schema): string[] {
    const found = this.#table(property);
    if (found === undefined) return [];
    const [open, close] = found.form === 'list' ? ['[[', ']]'] : ['[', ']'];
    const path = found.form === 'named' ? `${name}.NAME` : name;
    const keys = Object.entries(found.schema.properties ?? {});
    const inner = keys.filter(([, schema]) => this.#table(schema)?.form === 'table');
    const own = keys.filter(([, schema]) => this.#table(schema)?.form !== 'table').map(([key]) => key);
    return [
      ...this.#section(`\`${open}${path}${close}\``, property.description, found.schema, `${path}.`, own),
      ...inner.flatMap(([key, schema]) => this.#tableOf(`${path}.${key}`, schema)),
    ];
  }

  #section(title: string, description: string | undefined, schema: Schema, prefix: string, keys: string[]): string[] {
    const rows = keys.map((key) => {
      const property = schema.properties?.[key] ?? {};
      const absent = schema.required?.includes(key) ? 'required' : '–';
      const fallback = property.default === undefined ? absent : this.#value(property, property.default);
      return `| \`${prefix}${key}\` | ${cell(this.#type(property))} | ${cell(fallback)} | ${cell(this.#meaning(property))} |`;
    });
    return [
      `### ${title}`,
      '',
      ...(description === undefined ? [] : [linked(flat(description)), '']),
      '| key | type | default | meaning |',
      '|---|---|---|---|',
      ...rows,
      '',
    ];
  }

  /** What a property is where it is a table of the file, a list of tables, or tables by a name of the user's choice. */
  #table(property: Schema): { schema: Schema; form: 'table' | 'list' | 'named' } | undefined {
    const schema = this.#resolved(property);
    if (schema.properties !== undefined) return { schema, form: 'table' };
    const items = schema.items && this.#resolved(schema.items);
    if (items?.properties !== undefined) return { schema: items, form: 'list' };
    const values = typeof schema.additionalProperties === 'object' && this.#resolved(schema.additionalProperties);
    return values && values.properties !== undefined ? { schema: values, form: 'named' } : undefined;
  }

  /** Without references, and without the `null` of a key that may be left out. */
  #resolved(schema: Schema): Schema {
    const name = schema.$ref?.replace('#/$defs/', '');
    if (name !== undefined) return this.#root.$defs?.[name] ?? {};
    const some = schema.anyOf?.find(({ type }) => type !== 'null');
    return some === undefined ? schema : this.#resolved(some);
  }

  #type(property: Schema): string {
    const schema = this.#resolved(property);
    if (schema.items !== undefined)
      return `list of: ${this.#table(schema) ? 'permissions, as above' : this.#type(schema.items)}`;
    if (isTime(schema)) return isShare(schema) ? '`"1%"` to `"99%"`, or a time' : 'a time';
    if (schema.oneOf?.some((one) => one.properties?.['prefix'])) return 'text, `{ name = "…" }` or `{ prefix = "…" }`';
    if ((schema.oneOf?.length ?? 0) > MANY) return 'the values in the last column';
    if (schema.oneOf !== undefined) return schema.oneOf.map((one) => this.#type(one)).join(', ');
    if (schema.enum !== undefined) return schema.enum.map(quoted).join(', ');
    if (schema.const !== undefined) return quoted(schema.const);
    if (typeof schema.additionalProperties === 'object') return `table of: ${this.#type(schema.additionalProperties)}`;
    if (has(schema, 'boolean')) return '`true`, `false`';
    if (has(schema, 'integer')) return range(schema);
    return 'text';
  }

  #value(property: Schema, value: unknown): string {
    if (typeof value === 'number' && isTime(this.#resolved(property))) return quoted(spelled(value));
    return `\`${JSON.stringify(value).replaceAll(',', ', ')}\``;
  }

  /** The key's description, and those of its values where it does not name them itself. */
  #meaning(property: Schema): string {
    const said = flat(property.description ?? '');
    const schema = this.#resolved(property);
    return linked([said, ...this.#describedValues(schema, said)].join('<br>'));
  }

  #describedValues(schema: Schema, said: string): string[] {
    const values = (schema.items && this.#resolved(schema.items).oneOf) ?? schema.oneOf ?? [];
    const described = values.filter((one) => one.const !== undefined && one.description !== undefined);
    if (described.some((one) => said.includes(`\`${one.const}\``) || said.includes(quoted(one.const ?? '')))) return [];
    return described.map((one) => `${quoted(one.const ?? '')}: ${flat(one.description ?? '')}`);
  }
}

const has = ({ type }: Schema, name: string) => type === name || (Array.isArray(type) && type.includes(name));
const quoted = (text: string) => `\`"${text}"\``;
const flat = (text: string) => text.replaceAll('\n', ' ').trim();
const cell = (text: string) => text.replaceAll('|', '\\|');

/** Paths of documents as links. The tables are in `docs/`. */
const linked = (text: string) =>
  text.replaceAll(/\bdocs\/([a-z-]+\.md)(#[a-z-]+)?/g, (_, file: string, anchor = '') => `[${file}](${file}${anchor})`);

/** Whole seconds or a text such as "1h30m"; perhaps a share as well. */
const isTime = ({ oneOf }: Schema) => oneOf?.some(({ pattern }) => pattern?.includes('[0-9]+h')) ?? false;
const isShare = ({ oneOf }: Schema) => oneOf?.some(({ pattern }) => pattern?.includes('%')) ?? false;

function range({ minimum, maximum }: Schema): string {
  if (minimum === undefined) return 'a whole number';
  return maximum === undefined || maximum >= 2 ** 32 - 1 ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

/** Seconds in the largest unit that they are whole in. Hours go up to 25, the longest life of a token. */
function spelled(seconds: number): string {
  if (seconds === 0) return '0s';
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

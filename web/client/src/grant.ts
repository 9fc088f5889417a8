/**
 * What a token may do, as the endpoint says it beside the token: for a page that shows it, or hides what it may not do.
 * Momento alone enforces it; nothing here is relied on.
 */

/** What a token may do: the header `Token-Grant`. */
export interface Grant {
  /**
   * The id that Momento attaches to what the token's holder publishes.
   * @default the token has none
   */
  readonly id?: string;
  readonly permissions: readonly Permission[];
}

/** One permission, in the form of the configuration file. One with neither `topic`, `key` nor `function` is for a cache. */
export interface Permission {
  readonly cache: Selector;
  /** `ReadWrite`, `ReadOnly`, `WriteOnly`; of a topic `PublishSubscribe`, `SubscribeOnly`, `PublishOnly`; of a function `Invoke`. */
  readonly role: string;
  readonly topic?: Selector;
  readonly key?: Selector;
  readonly function?: Selector;
}

/** `'*'` is all of them; any other text is a name. */
export type Selector = string | { readonly name: string } | { readonly prefix: string };

/** What may be done with one topic. */
export interface TopicRights {
  readonly subscribe: boolean;
  readonly publish: boolean;
}

/** What `grant` permits on `topic` of `cache`. */
export function topicRights({ permissions }: Grant, cache: string, topic: string): TopicRights {
  const roles = permissions
    .filter((permission) => permission.topic !== undefined)
    .filter((permission) => selects(permission.cache, cache) && selects(permission.topic ?? '', topic))
    .map(({ role }) => role);
  const may = (role: string) => roles.includes('PublishSubscribe') || roles.includes(role);
  return { subscribe: may('SubscribeOnly'), publish: may('PublishOnly') };
}

/** Whether `selector` is for `name`. */
function selects(selector: Selector, name: string): boolean {
  if (typeof selector === 'string') return selector === '*' || selector === name;
  return 'prefix' in selector ? name.startsWith(selector.prefix) : selector.name === name;
}

/** The grant in a header; `undefined` where there is none, or none that can be read: then nothing is known. */
export function parseGrant(header: string | null): Grant | undefined {
  try {
    return readGrant(JSON.parse(header ?? ''));
  } catch {
    return undefined;
  }
}

/** The grant that `value` is, if it is one. */
export function readGrant(value: unknown): Grant | undefined {
  if (!isRecord(value) || !Array.isArray(value['permissions'])) return undefined;
  const { id, permissions } = value;
  if (!permissions.every(isPermission)) return undefined;
  return { permissions, ...(typeof id === 'string' ? { id } : {}) };
}

function isPermission(value: unknown): value is Permission {
  if (!isRecord(value) || typeof value['role'] !== 'string' || !isSelector(value['cache'])) return false;
  return ['topic', 'key', 'function'].every((kind) => value[kind] === undefined || isSelector(value[kind]));
}

function isSelector(value: unknown): value is Selector {
  if (typeof value === 'string') return true;
  return isRecord(value) && (typeof value['name'] === 'string' || typeof value['prefix'] === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * What a demo user may do, as far as it takes to choose something to try with their token.
 *
 * It decides nothing: the grant is the function's. A permission that cannot be told from here is passed over.
 */
import type { TvmConfig } from '@token-vending-machine/cdk/canonical-config';

export type Permission = TvmConfig['permissions'][number];
type Selector = Permission['cache'];

/** Something to try with a token. */
export type Trial =
  | { readonly kind: 'item'; readonly cache: string; readonly key: string }
  | { readonly kind: 'publish'; readonly cache: string; readonly topic: string }
  | { readonly kind: 'subscribe'; readonly cache: string; readonly topic: string };

/** From the one that proves most. */
const BY_WORTH: readonly Trial['kind'][] = ['item', 'publish', 'subscribe'];

/** What is known of the caller, to fill templates with. */
export type Values = Readonly<Record<string, string>>;

/** The permissions of a caller in `groups`: the base where the configuration has no groups or nobody is verified. */
export function permissionsOf(config: TvmConfig, groups: readonly string[]): readonly Permission[] {
  if (config.auth === 'Open' || Object.keys(config.groups).length === 0) return config.permissions;
  return groups.flatMap((group) => config.groups[group]?.permissions ?? []);
}

/** The best that can be tried with `permissions`, `undefined` if there is nothing. */
export function trialFor(permissions: readonly Permission[], values: Values): Trial | undefined {
  const trials = permissions.map((permission) => trialOf(permission, values)).filter((trial) => trial !== undefined);
  return trials.sort(byWorth)[0];
}

/** For sorting: what proves more comes first, nothing last. */
export function byWorth(one: Trial | undefined, other: Trial | undefined): number {
  const worth = (trial: Trial | undefined) => (trial ? BY_WORTH.indexOf(trial.kind) : BY_WORTH.length);
  return worth(one) - worth(other);
}

function trialOf(permission: Permission, values: Values): Trial | undefined {
  const cache = example(permission.cache, values, values['cache'] ?? '');
  if (!cache || permission.function !== undefined) return undefined;
  if (permission.topic !== undefined) {
    const topic = example(permission.topic, values, 'tried-by-make-local');
    if (!topic) return undefined;
    return { kind: permission.role === 'SubscribeOnly' ? 'subscribe' : 'publish', cache, topic };
  }
  const key = example(permission.key ?? '*', values, 'tried-by-make-local');
  return key && permission.role === 'ReadWrite' ? { kind: 'item', cache, key } : undefined;
}

/** A name that `selector` covers: `any` where it covers all. */
function example(selector: Selector, values: Values, any: string): string | undefined {
  if (selector === '*') return any;
  if (typeof selector === 'string') return filled(selector, values);
  if ('name' in selector) return filled(selector.name, values);
  const prefix = filled(selector.prefix, values);
  return prefix && `${prefix}tried-by-make-local`;
}

/** `template` with its placeholders filled, `undefined` if one is not known. `{{` and `}}` are literal braces. */
function filled(template: string, values: Values): string | undefined {
  let unknown = false;
  const text = template.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (match, name: string | undefined) => {
    if (name === undefined) return match.charAt(0);
    const value = values[name];
    if (!value) unknown = true;
    return value ?? '';
  });
  return unknown ? undefined : text;
}

/** Every cache that the configuration names outright. */
export function namedCaches(config: TvmConfig): Set<string> {
  const everyPermission = [
    config.permissions,
    ...Object.values(config.groups).map((group) => group.permissions),
  ].flat();
  const names = everyPermission.map(({ cache }) => {
    if (cache === '*') return undefined;
    return filled(typeof cache === 'string' ? cache : 'name' in cache ? cache.name : '', {});
  });
  return new Set([...config.token.caches, ...names].filter((name) => name !== undefined && name !== '') as string[]);
}

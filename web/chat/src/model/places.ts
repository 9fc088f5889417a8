/** Where a token lets one talk: rooms that it names, and families of rooms that it leaves a choice in. */
import type { Grant, Selector } from '@token-vending-machine/client';

/** A topic of a cache. */
export interface Place {
  readonly cache: string;
  readonly topic: string;
}

/** All topics of a cache that begin so; with an empty `prefix`, all. */
export interface Family {
  readonly cache: string;
  readonly prefix: string;
}

export interface Places {
  readonly rooms: readonly Place[];
  readonly families: readonly Family[];
}

/** As the SDK's own examples have it. */
const USUAL_CACHE = 'default-cache';

/**
 * The places of `grant`, each once. `cache` is taken where a token may use any, and where nobody said what the token may do.
 */
export function placesOf(grant: Grant | undefined, cache: string = USUAL_CACHE): Places {
  if (!grant) return { rooms: [], families: [{ cache, prefix: '' }] };
  const rooms = new Map<string, Place>();
  const families = new Map<string, Family>();
  for (const permission of grant.permissions) {
    if (permission.topic === undefined) continue;
    const at = nameOf(permission.cache) ?? cache;
    const topic = nameOf(permission.topic);
    const key = JSON.stringify([at, permission.topic]);
    if (topic !== undefined) rooms.set(key, { cache: at, topic });
    else families.set(key, { cache: at, prefix: prefixOf(permission.topic) });
  }
  return { rooms: [...rooms.values()], families: [...families.values()] };
}

/** The one name that `selector` is for, if it is for one. */
function nameOf(selector: Selector): string | undefined {
  if (typeof selector === 'string') return selector === '*' ? undefined : selector;
  return 'name' in selector ? selector.name : undefined;
}

function prefixOf(selector: Selector): string {
  return typeof selector === 'object' && 'prefix' in selector ? selector.prefix : '';
}

/**
 * What each mode makes in an account, as a list to be read in a review: each resource by its name in the template, its type, and
 * what becomes of it when the stack is deleted. A name that changes replaces what is deployed.
 *
 * Narrow on purpose: what resources are like, the other tests say. `UPDATE=1 npm test` writes the lists anew.
 */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import type { AuthMode } from '../lib/canonical-config.ts';
import { MODES, synthesize } from './fixtures.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
}

function resources(auth: AuthMode, stage: 'dev' | 'prod'): Readonly<Record<string, Resource>> {
  return synthesize({ auth, deployment: { stage, open_to_everybody: true } }).toJSON()['Resources'];
}

function inventory(auth: AuthMode): string {
  const inProd = resources(auth, 'prod');
  const lines = Object.entries(resources(auth, 'dev')).map(([id, inDev]) => {
    // A deployment of the API is named after what it deploys.
    const name = id.replace(/(Deployment[0-9A-F]{8})[0-9a-f]{32}$/, '$1…');
    return `${inDev.Type} ${name} dev:${fate(inDev)} prod:${fate(inProd[id])}`;
  });
  return `${lines.sort().join('\n')}\n`;
}

function fate(resource: Resource | undefined): string {
  return (resource?.DeletionPolicy ?? 'Delete') === 'Delete' ? 'goes' : 'stays';
}

for (const auth of MODES) {
  test(`${auth} mode makes what its list says`, () => {
    const file = new URL(`snapshots/${auth}.txt`, import.meta.url);
    const found = inventory(auth);
    if (process.env['UPDATE'] === '1') {
      writeFileSync(file, found);
    }
    assert.equal(found, readFileSync(file, 'utf8'), 'if this is meant, write the lists anew: UPDATE=1 npm test -w cdk');
  });
}

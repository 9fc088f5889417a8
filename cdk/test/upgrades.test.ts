/**
 * What a change of mode does to a stack that is deployed, by the two templates and the order that they give CloudFormation.
 *
 * API Gateway serves a copy: a method, an authorizer or an answer that is changed is in the next deployment of the API, and callers
 * meet that when the stage moves to it. What such a copy only points at (functions, secrets, a user pool) changes under it at once.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { AuthMode } from '../lib/canonical-config.ts';
import { MODES, synthesize } from './fixtures.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly DependsOn?: string | readonly string[];
}

type Resources = Readonly<Record<string, Resource>>;

const STAGE = 'AWS::ApiGateway::Stage';
const DEPLOYMENT = 'AWS::ApiGateway::Deployment';
const FUNCTION = 'AWS::Lambda::Function';

/** What a deployment of the API holds a copy of. */
const COPIED = ['Method', 'Authorizer', 'GatewayResponse'].map((type) => `AWS::ApiGateway::${type}`);

/** What a request needs, whether the template refers to it from the stage or not. */
const NEEDED = [...COPIED, FUNCTION, 'AWS::Lambda::Permission', 'AWS::IAM::Role', 'AWS::IAM::Policy'];

const SWITCHES = MODES.flatMap((from) => MODES.filter((to) => to !== from).map((to) => ({ from, to })));

function resources(auth: AuthMode): Resources {
  return synthesize({ auth }).toJSON()['Resources'];
}

/** The id of the one resource of this type. */
function idOf(within: Resources, type: string): string {
  const ids = Object.keys(within).filter((id) => within[id]?.Type === type);
  assert.equal(ids.length, 1, `${type}: ${ids}`);
  return ids[0] ?? '';
}

/** The resources that must be there before `id`, itself among them: what it refers to or says that it depends on, and so on. */
function before(id: string, within: Resources): Set<string> {
  const found = new Set<string>();
  const left = [id];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const resource = within[next];
    if (resource === undefined || found.has(next)) continue;
    found.add(next);
    left.push(...[resource.DependsOn ?? []].flat(), ...referred(resource.Properties));
  }
  return found;
}

function referred(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referred);
  if (typeof value !== 'object' || value === null) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute, ...others } = value as Record<string, unknown>;
  return [ref, [attribute].flat()[0]].filter((id) => typeof id === 'string').concat(referred(Object.values(others)));
}

test('a change of mode is another deployment of the same API, on the same stage', () => {
  for (const { from, to } of SWITCHES) {
    const [old, next] = [resources(from), resources(to)];
    assert.notEqual(idOf(old, DEPLOYMENT), idOf(next, DEPLOYMENT), `${from} → ${to}`);
    for (const type of [STAGE, 'AWS::ApiGateway::RestApi']) assert.equal(idOf(old, type), idOf(next, type));
    // Else the API would be made anew, and its URL with it.
    const api = idOf(old, 'AWS::ApiGateway::RestApi');
    assert.deepEqual(next[api], old[api]);
  }
});

test('the stage moves when nothing is missing for the requests that it then serves', () => {
  for (const auth of MODES) {
    const all = resources(auth);
    const first = before(idOf(all, STAGE), all);
    const needed = Object.keys(all).filter((id) => NEEDED.includes(all[id]?.Type ?? ''));
    assert.ok(needed.length > COPIED.length);
    assert.deepEqual(
      needed.filter((id) => !first.has(id)),
      [],
      auth,
    );
  }
});

test('until the stage moves, nothing changes that the requests before it need', () => {
  for (const { from, to } of SWITCHES) {
    const [old, next] = [resources(from), resources(to)];
    for (const id of before(idOf(old, STAGE), old)) {
      const { Type: type = '' } = old[id] ?? {};
      // What is in the old template alone goes when CloudFormation tidies up, after everything else.
      if (next[id] === undefined || [...COPIED, STAGE].includes(type)) continue;
      assert.deepEqual(next[id], old[id], `${from} → ${to} changes ${id}`);
      // Its code holds the configuration, which is another, and which these templates do not show.
      assert.notEqual(type, FUNCTION, `${from} → ${to} changes the code of ${id}`);
    }
  }
});

test('the key’s secret stays, whatever the mode', () => {
  for (const { from, to } of SWITCHES) {
    const kept = Object.entries(resources(from)).filter(([id]) => id.includes('ApiKeySecret'));
    assert.equal(kept.length, 1);
    for (const [id, secret] of kept) assert.deepEqual(resources(to)[id], secret);
  }
});

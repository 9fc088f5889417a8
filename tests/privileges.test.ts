/**
 * What the functions' roles let them do, and nothing else.
 *
 * Real: the deployed stack with its roles and policies, on an emulator that asks IAM for each request; requests signed with credentials
 * of a role, the functions' own among them. Not real: who may take a role (on AWS Lambda alone, by the role's trust: see
 * `cdk/test/privileges.test.ts`; the emulator lets the account itself take any), and logging, which the emulator does for the functions:
 * it asks for the log group alone, where AWS asks for the stream that the policy is about.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { credentialHeaders } from 'local';
import { refused, vended } from './support/expect.ts';
import { ask } from './support/http.ts';
import type { FunctionRole } from './support/logs.ts';
import { endpointOf, memberOf, stackNameOf, startMachines, stopMachines } from './support/machines.ts';
import { as, type Call, itsOwn, nobodys, type Role, roleOf } from './support/roles.ts';

const STACK = 'LambdaAuthorizer';

/** Each with the other one. */
const PAIRS: readonly (readonly [own: FunctionRole, other: FunctionRole])[] = [
  ['Vending', 'Authorizer'],
  ['Authorizer', 'Vending'],
];

const roles = new Map<FunctionRole, Role>();

before(async () => {
  await startMachines({ dir: 'privileges', stacks: [STACK], iam: 'enforced' });
  for (const [name] of PAIRS) roles.set(name, await roleOf(stackNameOf(STACK), name));
});
after(stopMachines);

const role = (name: FunctionRole): Role => {
  const found = roles.get(name);
  if (found === undefined) throw new Error(`${name} has no role`);
  return found;
};

test('the functions do with their roles: who may ask gets a token, and who may not is refused', async () => {
  const user = memberOf(STACK, 'ReadWriteUserGroup');
  vended(await ask(endpointOf(STACK), { headers: credentialHeaders('headers', user) }));
  const nobody = { ...user, password: 'not-this-one' };
  refused(await ask(endpointOf(STACK), { headers: credentialHeaders('headers', nobody) }), 403, 'Forbidden');
});

for (const [own, other] of PAIRS) {
  describe(`The role of ${own}`, () => {
    test('may read its secret', async () => {
      const [what, make] = itsOwn(role(own));
      await assert.doesNotReject(make(await as(role(own))), what);
    });

    test(`may do nothing else, and nothing of ${other}'s`, async () => {
      const clients = await as(role(own));
      const allowed: string[] = [];
      for (const [what, make] of nobodys(role(own), role(other))) {
        if (!(await isDenied(make(clients)))) allowed.push(what);
      }
      assert.deepEqual(allowed, []);
    });
  });
}

/** Whether IAM refuses it; what fails for another reason was allowed. */
async function isDenied(call: ReturnType<Call[1]>): Promise<boolean> {
  return call.then(
    () => false,
    (error: unknown) => error instanceof Error && /^AccessDenied/.test(error.name),
  );
}

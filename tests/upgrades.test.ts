/**
 * A deployed stack that is changed while callers keep asking: to each mode from each other, in vain, and beside another stack; and one
 * whose configuration is edited, over users that an operator put there.
 *
 * Real: stacks deployed by the code of `make local`, the templates of CDK, CloudFormation's own order of things, functions as
 * processes, HTTP. Between two modes the template of the one is put over the stack of the other by CloudFormation alone, so that it
 * can stand still in between (`held-update.ts`); a change by `cdk deploy` is among the rest. Not real: AWS is an emulator. It serves
 * a method as it is, and not as the stage's deployment copied it, so what AWS does between the method's change and the stage's it
 * cannot show: `cdk/test/upgrades.test.ts` reads that from the templates. It touches all of the API in one go, and then tidies up at
 * once, where AWS takes seconds for each.
 */
import { after, before } from 'node:test';
import { editsKeepUsers } from './behaviours/edits-keep-users.ts';
import { failedDeployments } from './behaviours/failed-deployments.ts';
import { modeSwitches } from './behaviours/mode-switches.ts';
import { twoStacks } from './behaviours/two-stacks.ts';
import { startMachines, stopMachines } from './support/machines.ts';

before(() => startMachines({ dir: 'upgrades', stacks: ['ProdOpen', 'ProdLambdaAuthorizer', 'ProdAmazonCognito'] }));
after(stopMachines);

modeSwitches();
failedDeployments();
twoStacks();
editsKeepUsers();

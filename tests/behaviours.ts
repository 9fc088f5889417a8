/**
 * Every behaviour of a deployed machine, in the order in which they run. Each says in its own file what is real, and what it
 * cannot do without.
 *
 * `deployed.test.ts` runs them on the tests' own emulator, `make verify-aws` where it deployed. They share a process because the
 * last two look at everything that the others sent and got.
 */
import { apiKeySecret } from './behaviours/api-key-secret.ts';
import { basicCredentials } from './behaviours/basic-credentials.ts';
import { cognito } from './behaviours/cognito.ts';
import { deployCommands } from './behaviours/deploy-commands.ts';
import { everyAnswer } from './behaviours/every-answer.ts';
import { existingPool } from './behaviours/existing-pool.ts';
import { hashesAndKeys } from './behaviours/hashes-and-keys.ts';
import { issuerTokens } from './behaviours/issuer-tokens.ts';
import { lambdaAuthorizer } from './behaviours/lambda-authorizer.ts';
import { momentoTrouble } from './behaviours/momento-trouble.ts';
import { nothingLeaks } from './behaviours/nothing-leaks.ts';
import { openMode } from './behaviours/open.ts';
import { sideBySide } from './behaviours/side-by-side.ts';
import { underFire } from './behaviours/under-fire.ts';
import { userCommands } from './behaviours/user-commands.ts';
import { verifyAws } from './behaviours/verify-aws.ts';

export function everyBehaviour(): void {
  openMode();
  lambdaAuthorizer();
  basicCredentials();
  hashesAndKeys();
  issuerTokens();
  cognito();
  existingPool();
  userCommands();
  apiKeySecret();
  underFire();
  momentoTrouble();
  sideBySide();
  deployCommands();
  verifyAws();
  everyAnswer();
  nothingLeaks();
}

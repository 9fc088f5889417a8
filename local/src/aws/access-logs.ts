/**
 * Whether API Gateway can write the access logs that the configuration asks for (`[api] access_logs`).
 *
 * It writes them by a role that an account has once in each region, for all of its APIs. Nothing here or in the stack sets that
 * role: another stack may rely on the one that is there.
 */
import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import type { TvmConfig } from '@token-vending-machine/cdk/canonical-config';
import { Failure } from '../failure.ts';

/** What says how to set the role. */
const GUIDE = 'docs/endpoint.md, "Access logs"';

const TIMEOUT_MS = 10_000;

/**
 * Looks for the role, where the configuration needs it. Who may not look is told so, and no more: they may well deploy.
 *
 * @returns what was found, in a few words
 * @throws {Failure} where there is no role, with which a deployment would fail
 */
export async function accessLogsRole(
  { api }: Pick<TvmConfig, 'api'>,
  client: APIGatewayClient = new APIGatewayClient({ maxAttempts: 2 }),
): Promise<string> {
  if (!api.access_logs) return 'none asked for';
  const found = await client
    .send(new GetAccountCommand({}), { abortSignal: AbortSignal.timeout(TIMEOUT_MS) })
    .catch((error: Error) => error);
  if (found instanceof Error) {
    return `cannot be told: ${found.message} (if the deployment misses a "CloudWatch Logs role", see ${GUIDE})`;
  }
  if (!found.cloudwatchRoleArn) {
    throw new Failure(
      'api.access_logs needs a role by which API Gateway may write logs, and this account has none in this region\n' +
        `fix: set one once, for all of its APIs (${GUIDE}, has the three commands), or write access_logs = false in [api]`,
    );
  }
  return `by ${found.cloudwatchRoleArn}`;
}

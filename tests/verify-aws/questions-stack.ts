/** Questions to CloudFormation and API Gateway: what an update of a stack does, and when callers notice. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  type StackEvent,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { Cloud } from 'local';
import { ask } from '../support/http.ts';
import { secretValue } from '../support/secrets.ts';
import type { Answer, Place, Question } from './place.ts';
import { ownName, TAG } from './plan.ts';

/** A stack that goes from a Cognito authorizer with scopes to a Lambda authorizer, with a stranger who keeps asking. */
const CHANGING = 'changing';
/** A method has scopes where access tokens count. */
const WITH_SCOPES = '[cognito]\ntoken_use = "access"\n';

/** Half a second is far below what is looked for, and few requests. */
const PACE_MS = 500;
/** After the update, until nobody expects an old answer any more. */
const AFTER_MS = 90_000;
/** What docs/upgrades.md calls "some seconds", generously. */
const SOME_SECONDS = 60;

/** What the stranger was told: the words of a 401 say which mode gave it. */
interface Told {
  readonly at: number;
  readonly by: 'old' | 'new' | 'neither';
  readonly said: string;
}

interface Change {
  readonly told: readonly Told[];
  /** When CloudFormation said that the stage had moved, on the clock of `Date.now()`. */
  readonly moved: number | undefined;
  /** Why it failed; `undefined` where it went through. */
  readonly failure: string | undefined;
}

let change: Promise<Change> | undefined;

function changeOfMode(place: Place): Promise<Change> {
  change ??= changed(place);
  return change;
}

async function changed({ deployments, plan }: Place): Promise<Change> {
  await deployments.deploy(CHANGING, 'AmazonCognito', WITH_SCOPES);
  const endpoint = deployments.outputsOf(CHANGING)?.Endpoint ?? '';
  const cloud = new Cloud(ownName(plan, CHANGING));
  const last = await cloud.latestEvent();
  const told: Told[] = [];
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      told.push(await stranger(endpoint));
      await sleep(PACE_MS);
    }
  })();
  let failure: string | undefined;
  try {
    await deployments.deploy(CHANGING, 'LambdaAuthorizer').catch((error: Error) => {
      failure = error.message;
    });
    await sleep(AFTER_MS);
  } finally {
    stopped = true;
    await asking;
  }
  return { told, moved: movedAt(await cloud.eventsAfter(last)), failure };
}

async function stranger(endpoint: string): Promise<Told> {
  const at = Date.now();
  const { status, body } = await ask(endpoint).catch((error: Error) => ({ status: 0, body: String(error) }));
  const said = `${status} ${body}`;
  if (status !== 401) return { at, by: 'neither', said };
  return { at, by: /access token/.test(body) ? 'old' : 'new', said };
}

function movedAt(events: readonly StackEvent[]): number | undefined {
  return events
    .find((event) => event.ResourceType === 'AWS::ApiGateway::Stage' && event.ResourceStatus === 'UPDATE_COMPLETE')
    ?.Timestamp?.getTime();
}

async function scopesToCustom(place: Place): Promise<Answer> {
  const { failure, told } = await changeOfMode(place);
  if (failure !== undefined) return { said: `the update failed: ${failure}`, asRelied: false };
  const last = told.at(-1);
  return { said: `the update went through; a stranger then got ${last?.said}`, asRelied: last?.by === 'new' };
}

async function movedStage(place: Place): Promise<Answer> {
  const { told, moved } = await changeOfMode(place);
  const first = told.find(({ by }) => by === 'new');
  const last = told.filter(({ by }) => by === 'old').at(-1);
  if (moved === undefined || first === undefined || last === undefined) {
    return { said: 'no change was seen', asRelied: false };
  }
  const seconds = ({ at }: Told): string => ((at - moved) / 1000).toFixed(1);
  const neither = told.filter(({ by }) => by === 'neither');
  return {
    said:
      `by CloudFormation's clock the first new answer came ${seconds(first)} s after the stage had moved, the last old one ` +
      `${seconds(last)} s after; ${neither.length} of ${told.length} answers were neither ${neither[0]?.said ?? ''}`,
    asRelied: (last.at - moved) / 1000 < SOME_SECONDS && neither.length === 0,
  };
}

const GENERATED = 'generated';
const WAITER = { client: new CloudFormationClient({}), maxWaitTime: 300 };

function generated(groups: readonly string[]): string {
  const GenerateSecretString = {
    SecretStringTemplate: JSON.stringify({ username: 'somebody', groups }),
    GenerateStringKey: 'password',
  };
  return JSON.stringify({
    Resources: { Generated: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString } } },
    Outputs: { Secret: { Value: { 'Fn::GetAtt': ['Generated', 'Id'] } } },
  });
}

async function changedTemplate({ plan }: Place): Promise<Answer> {
  const client = new CloudFormationClient({});
  const StackName = ownName(plan, GENERATED);
  const Tags = [{ Key: TAG, Value: plan.run }];
  await client.send(new CreateStackCommand({ StackName, TemplateBody: generated(['one']), Tags }));
  await waitUntilStackCreateComplete(WAITER, { StackName });
  const { outputs } = await new Cloud(StackName).existing();
  const secret = outputs['Secret'] ?? '';
  const before = await secretValue(secret);
  await client.send(new UpdateStackCommand({ StackName, TemplateBody: generated(['one', 'two']), Tags }));
  await waitUntilStackUpdateComplete(WAITER, { StackName });
  const after = await secretValue(secret);
  // Nothing relies on it: what the stacks say there never changes.
  return { said: before === after ? 'the value stayed' : 'another value was generated', asRelied: true };
}

export const stackQuestions: readonly Question[] = [
  {
    name: 'CloudFormation: a Method goes from Cognito with scopes to CUSTOM',
    relied: 'the update goes through, and the new mode answers',
    emulator: 'takes every change of a method',
    ask: scopesToCustom,
  },
  {
    name: 'API Gateway: how long a moved stage takes to be served',
    relied: 'less than a minute, and no answer of neither mode',
    emulator: 'serves it at once',
    ask: movedStage,
  },
  {
    name: 'CloudFormation: whether a changed GenerateSecretString generates another value',
    relied: 'nothing: what the stacks say there never changes',
    emulator: 'generates another one',
    ask: changedTemplate,
  },
];

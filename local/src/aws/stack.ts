/** The deployed stack, as CloudFormation tells of it with the credentials of the environment. */
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { Failure } from '../failure.ts';
import type { StackOutputs } from '../outputs.ts';
import { accountTrouble } from './account.ts';

/** What there is of a stack. */
export interface DeployedStack {
  /** As CloudFormation names it: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: StackOutputs;
}

/** A resource of a deployed stack. */
export interface Resource {
  /** What the template calls it. */
  readonly logicalId: string;
  /** `AWS::SecretsManager::Secret`. */
  readonly type: string;
  /** What the service calls it: a name, an id or an ARN. */
  readonly physicalId: string;
}

/** Asks CloudFormation about one stack. */
export class Cloud {
  readonly #client = new CloudFormationClient({ maxAttempts: 3 });
  readonly stackName: string;

  constructor(stackName: string) {
    this.stackName = stackName;
  }

  /** What there is of it; `undefined` where it is not deployed. */
  async deployed(): Promise<DeployedStack | undefined> {
    const answer = await this.#client
      .send(new DescribeStacksCommand({ StackName: this.stackName }))
      .catch((error: unknown) => this.#absent(error));
    const stack = answer?.Stacks?.[0];
    if (stack === undefined) return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']);
    return { status: stack.StackStatus ?? '', outputs: Object.fromEntries(outputs) };
  }

  /** The same. @throws {Failure} where it is not deployed */
  async existing(): Promise<DeployedStack> {
    const stack = await this.deployed();
    if (stack !== undefined) return stack;
    throw new Failure(
      `There is no stack ${this.stackName} in this account and region. "make deploy" makes it; another is named by ` +
        'STAGE=… or TVM_STACK=…, another region by AWS_REGION.',
    );
  }

  /** The id of the last thing that has happened to it; `undefined` where it is not deployed. */
  async latestEvent(): Promise<string | undefined> {
    for await (const event of this.#events()) return event.EventId;
    return undefined;
  }

  /** What has happened after the event `last`, the latest first. Not after a time: two clocks are never one. */
  async eventsAfter(last: string | undefined): Promise<StackEvent[]> {
    const later: StackEvent[] = [];
    for await (const event of this.#events()) {
      if (event.EventId === last) break;
      later.push(event);
    }
    return later;
  }

  /** The latest first. */
  async *#events(): AsyncGenerator<StackEvent> {
    const pages = paginateDescribeStackEvents({ client: this.#client }, { StackName: this.stackName });
    try {
      for await (const { StackEvents = [] } of pages) yield* StackEvents;
    } catch (error) {
      this.#absent(error);
    }
  }

  async resources(): Promise<Resource[]> {
    const resources: Resource[] = [];
    for await (const page of paginateListStackResources({ client: this.#client }, { StackName: this.stackName })) {
      for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of page.StackResourceSummaries ?? []) {
        if (LogicalResourceId && PhysicalResourceId && ResourceType) {
          resources.push({ logicalId: LogicalResourceId, type: ResourceType, physicalId: PhysicalResourceId });
        }
      }
    }
    return resources;
  }

  /** The template that it was deployed with. */
  async template(): Promise<Template> {
    const { TemplateBody } = await this.#client.send(
      new GetTemplateCommand({ StackName: this.stackName, TemplateStage: 'Processed' }),
    );
    return JSON.parse(TemplateBody ?? '{}') as Template;
  }

  #absent(error: unknown): undefined {
    if (error instanceof CloudFormationServiceException) {
      // CloudFormation has no code of its own for that.
      if (error.name === 'ValidationError' && error.message.includes('does not exist')) return undefined;
      throw (
        accountTrouble(error) ??
        new Failure(`CloudFormation does not tell about ${this.stackName} (${error.name}: ${error.message}).`)
      );
    }
    throw accountTrouble(error) ?? error;
  }
}

/** What is read of a template here. */
export interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly DeletionPolicy?: string }>>;
}

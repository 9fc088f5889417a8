/**
 * How a deployment would differ from what there is, in a few lines: what is added, changed, replaced and removed, and which permissions
 * come and go, in words. The whole of it is `cdk diff`'s.
 */
import { fullDiff, type ResourceDifference, ResourceImpact, type TemplateDiff } from '@aws-cdk/cloudformation-diff';

/** A template of CloudFormation, as far as it is read here. */
export interface ComparedTemplate {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Metadata?: unknown }>>;
}

/** From this many on, resources of one verb are counted by their types, not listed. */
const TOO_MANY = 12;

/**
 * The lines about going from `before` to `after`.
 *
 * @param before left out for a first deployment
 */
export function summaryOf(before: ComparedTemplate | undefined, after: ComparedTemplate): string[] {
  const names = new Names(before ?? {}, after);
  // `fullDiff` writes into what it compares.
  const diff = fullDiff(structuredClone(before ?? {}), structuredClone(after));
  const changes: Change[] = [];
  diff.resources.forEachDifference((id, change) => changes.push(changeOf(names.of(id), change)));
  const resources = VERBS.flatMap((verb) =>
    told(
      verb,
      changes.filter((change) => change.verb === verb),
    ),
  );
  const permissions = permissionsIn(diff, names);
  const outputs = Object.entries(diff.outputs.changes).map(
    ([name, { isAddition, isRemoval }]) =>
      `${isAddition ? 'adds' : isRemoval ? 'removes' : 'changes'} the output ${name}`,
  );
  return [
    ...resources,
    ...(before === undefined ? [] : outputs),
    ...(permissions.length === 0 ? [] : ['permissions', ...permissions.map((line) => `  ${line}`)]),
  ];
}

const VERBS = ['adds', 'changes', 'replaces', 'removes', 'lets go of'] as const;
type Verb = (typeof VERBS)[number];

interface Change {
  readonly verb: Verb;
  readonly type: string;
  readonly name: string;
  readonly about: string;
}

function changeOf(name: string, change: ResourceDifference): Change {
  const properties = Object.keys(change.propertyUpdates).join(', ');
  return {
    verb: verbOf(change),
    type: change.resourceType?.replace(/^AWS::/, '') ?? 'a resource',
    name,
    about: change.isUpdate && properties !== '' ? ` (${properties})` : '',
  };
}

function verbOf({ changeImpact, isAddition }: ResourceDifference): Verb {
  if (isAddition) return 'adds';
  switch (changeImpact) {
    case ResourceImpact.WILL_REPLACE:
    case ResourceImpact.MAY_REPLACE:
      return 'replaces';
    case ResourceImpact.WILL_DESTROY:
      return 'removes';
    case ResourceImpact.WILL_ORPHAN:
      return 'lets go of';
    default:
      return 'changes';
  }
}

function told(verb: Verb, changes: readonly Change[]): string[] {
  if (changes.length < TOO_MANY) return changes.map(({ about, name, type }) => `${verb} ${type} ${name}${about}`);
  const counts = new Map<string, number>();
  for (const { type } of changes) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => (count === 1 ? type : `${count} × ${type}`));
  return [`${verb} ${changes.length} resources: ${kinds.join(', ')}`];
}

/** Who may do what from then on, and who no longer. What a role of Lambda is assumed by goes without saying. */
function permissionsIn({ iamChanges }: TemplateDiff, names: Names): string[] {
  type Statement = (typeof iamChanges.statements.additions)[number];
  const line = (sign: string, { actions, condition, effect, principals, resources }: Statement) => {
    const list = ({ not, values }: Statement['actions']) =>
      `${not ? 'everything but ' : ''}${values.map((value) => names.in(value)).join(', ')}`;
    const may = effect === 'Deny' ? 'may not' : 'may';
    return `${sign} ${list(principals)} ${may} ${list(actions)} on ${list(resources)}${condition === undefined ? '' : ' (with a condition)'}`;
  };
  const policy = (sign: string, { identityArn, managedPolicyArn }: { identityArn: string; managedPolicyArn: string }) =>
    `${sign} ${names.in(identityArn)} has the managed policy ${names.in(managedPolicyArn)}`;
  const { managedPolicies, statements } = iamChanges;
  return [
    ...statements.additions.map((statement) => line('+', statement)),
    ...managedPolicies.additions.map((attachment) => policy('+', attachment)),
    ...statements.removals.map((statement) => line('-', statement)),
    ...managedPolicies.removals.map((attachment) => policy('-', attachment)),
  ].filter((it) => !/ may sts:AssumeRole on \S+$/.test(it) || !/^[+-] lambda\.amazonaws\.com /.test(it));
}

/** What resources are called by people: where they are in the app, without what every path has. */
class Names {
  readonly #names: ReadonlyMap<string, string>;

  constructor(...templates: readonly ComparedTemplate[]) {
    this.#names = new Map(
      templates.flatMap(({ Resources = {} }) =>
        Object.entries(Resources).map(([id, { Metadata }]) => [id, pathIn(Metadata) ?? shortened(id)] as const),
      ),
    );
  }

  of(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** `text` of `cdk diff`, in which `${Id.Arn}` stands for a resource. */
  in(text: string): string {
    return text
      .replace(/^(?:Service|AWS):/, '')
      .replaceAll(/\$\{([A-Za-z0-9]+)(?:\.[A-Za-z]+)?\}/g, (whole, id: string) => this.#names.get(id) ?? whole);
  }
}

function pathIn(metadata: unknown): string | undefined {
  const path = (metadata as { 'aws:cdk:path'?: unknown } | undefined)?.['aws:cdk:path'];
  if (typeof path !== 'string') return undefined;
  const [, ...parts] = path.split('/').filter((part) => part !== 'Resource' && part !== 'TokenVendingMachine');
  return parts.length === 0 ? undefined : parts.join('/');
}

function shortened(id: string): string {
  return id.replace(/^TokenVendingMachine(?=.)/, '').replace(/(?<=.)[0-9A-F]{8}$/, '');
}

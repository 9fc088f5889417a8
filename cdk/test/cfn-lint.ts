/** cfn-lint, which judges templates by CloudFormation's own schemas of each region. It is in the venv, with the schemas: no network. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { repositoryRoot } from '../lib/repository.ts';
import type { LintException } from './cfn-lint-exceptions.ts';

const CFN_LINT = join(repositoryRoot, '.local/venv/bin/cfn-lint');

/** The developer's machine has other work to do, and so have the other tests. */
const PROCESSES = Math.min(2, availableParallelism());

/** A template as CloudFormation gets it. */
export interface LintedTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

/** What a rule has against a template. */
export interface Finding {
  readonly template: string;
  readonly rule: string;
  /** The type of the resource, and the attribute or property; an attribute of the template where it is about no resource. */
  readonly at: string;
  readonly message: string;
  /** @default - every region */
  readonly region?: string;
}

/** A finding as cfn-lint writes it. */
interface Written {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

/**
 * Judges the templates, by name, for all regions in one go: a schema that several regions share is read once, which takes a
 * sixth of the time. All rules count, the informational and the experimental ones, too.
 */
export async function lint(
  templates: ReadonlyMap<string, LintedTemplate>,
  regions: readonly string[],
): Promise<Finding[]> {
  if (!existsSync(CFN_LINT)) {
    throw new Error(`there is no ${CFN_LINT}: run "make setup" in the repository, which installs it`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'cfn-lint-'));
  try {
    const files: string[] = [];
    for (const [name, template] of templates) {
      files.push(join(folder, `${name}.json`));
      await writeFile(join(folder, `${name}.json`), JSON.stringify(template));
    }
    const shares = Array.from({ length: PROCESSES }, (_, share) => files.filter((_, at) => at % PROCESSES === share));
    const written = await Promise.all(shares.filter((share) => share.length > 0).map((it) => run(folder, regions, it)));
    return written.flat().map((it) => finding(it, templates));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** In a home of its own: neither a `.cfnlintrc` nor newer schemas of this computer decide anything. */
function run(home: string, regions: readonly string[], files: readonly string[]): Promise<Written[]> {
  const rules = ['--include-checks', 'I', '--include-experimental'];
  const args = [...rules, '--format', 'json', '--regions', ...regions, '--', ...files];
  const options = { cwd: home, env: { HOME: home }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(CFN_LINT, args, options, (_error, stdout, stderr) => {
      // Its exit code is that of what it found. Where it found nothing that it could say, it failed.
      try {
        resolve(JSON.parse(stdout) as Written[]);
      } catch {
        reject(new Error(`cfn-lint did not say what it found:\n${stdout}${stderr}`));
      }
    });
  });
}

function finding(written: Written, templates: ReadonlyMap<string, LintedTemplate>): Finding {
  const template = basename(written.Filename, '.json');
  const path = written.Location.Path ?? [];
  const [section, name, ...rest] = path.filter((part) => typeof part === 'string');
  const type = section === 'Resources' && templates.get(template)?.Resources[name ?? '']?.Type;
  const { Id: rule } = written.Rule;
  // E3006 is about the type, and names its region.
  const region = rule === 'E3006' ? /does not exist in '([a-z0-9-]+)'/.exec(written.Message)?.[1] : undefined;
  return {
    template,
    rule,
    at: (type ? [type, ...(rule === 'E3006' ? [] : rest)] : path).join('/'),
    message: written.Message,
    ...(region === undefined ? {} : { region }),
  };
}

/** What counts in one region: what was found there, and what of it is accepted. */
export interface Verdict {
  readonly found: number;
  readonly accepted: number;
  /** What no exception accepts. */
  readonly open: readonly Finding[];
  /** The exceptions of this region that accept nothing. */
  readonly needless: readonly LintException[];
}

/** Holds the findings of one region against the exceptions. */
export function judge(findings: readonly Finding[], exceptions: readonly LintException[], region: string): Verdict {
  const here = findings.filter((it) => it.region === undefined || it.region === region);
  const places = exceptions
    .filter(({ regions }) => regions === undefined || regions.includes(region))
    .flatMap(({ at, ...exception }) => (at ?? [undefined]).map((place) => ({ ...exception, place })));
  const accepts = ({ rule, place }: (typeof places)[number], it: Finding) =>
    it.rule === rule && (place === undefined || it.at === place);
  const open = here.filter((it) => !places.some((place) => accepts(place, it)));
  return {
    found: here.length,
    accepted: here.length - open.length,
    open,
    needless: places
      .filter((place) => !here.some((it) => accepts(place, it)))
      .map(({ place, ...exception }) => ({ ...exception, ...(place === undefined ? {} : { at: [place] }) })),
  };
}

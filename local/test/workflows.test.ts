/** The workflows of CI, as far as zizmor (`make check`) does not judge them: what their pins say, and when credentials come. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../src/options.ts';

const FOLDER = join(ROOT, '.github/workflows');
const WORKFLOWS = new Map(readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]));

test('every action is pinned by its commit, with its version beside it, and the same everywhere', () => {
  const pins = new Map<string, Set<string>>();
  for (const [file, text] of WORKFLOWS) {
    for (const [line, action = '', pin = ''] of text.matchAll(/^.*\buses: ([^@\n]*)@?(.*)$/gm)) {
      assert.match(pin, /^[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line.trim()}`);
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
    }
  }
  assert.ok(pins.size >= 4);
  for (const [action, versions] of pins) assert.equal(versions.size, 1, `${action}: ${[...versions].join(', ')}`);
});

/** What the steps of each job run, in their order; a step that runs an action is the name of the action. */
function steps(workflow: string): string[][] {
  const text = WORKFLOWS.get(workflow) ?? '';
  const jobs = text.slice(text.indexOf('\njobs:')).split(/^ {2}(?=[a-z-]+:$)/m);
  return jobs.slice(1).map((job) => {
    const found = job.matchAll(
      /^ +(?:- )?(?:uses: (?<action>[^@]+)@|run: (?<line>[^|\n]+)$|run: \|\n(?<lines>(?: {10}.*\n)+))/gm,
    );
    return [...found].map(({ groups }) => groups?.['action'] ?? groups?.['line'] ?? groups?.['lines'] ?? '');
  });
}

test('what installs and builds has run before there are credentials of AWS', () => {
  const jobs = steps('deploy.yml');
  assert.equal(jobs.length, 2);
  for (const job of jobs) {
    const credentials = job.indexOf('aws-actions/configure-aws-credentials');
    assert.equal(job[credentials - 1], 'make build');
    for (const step of job.slice(credentials + 1)) assert.match(step, /make (diff|deploy YES=1)/);
  }
});

test('what would change is shown before the environment is asked, and nothing else is deployed', () => {
  const [changes, deploy] = steps('deploy.yml').map((job) => job.join('\n'));
  assert.match(changes ?? '', /make diff/);
  assert.doesNotMatch(changes ?? '', /make deploy/);
  assert.match(deploy ?? '', /sha256sum --check[\s\S]*make deploy/);
  const text = WORKFLOWS.get('deploy.yml') ?? '';
  const environments = [...text.matchAll(/^ {4}environment: (.*)$/gm)].map(([, environment]) => environment);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own expressions
  assert.deepEqual(environments, ['${{ inputs.stage }}-diff', '${{ inputs.stage }}']);
  assert.match(text, /^ {4}needs: changes$/m);
});

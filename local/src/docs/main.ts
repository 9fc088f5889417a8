/**
 * `make docs-tables`: writes the parts of documents that come from elsewhere. With `--check` it writes nothing, and ends with
 * 1 if a document is not current, or has a word that documents no longer use.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../options.ts';
import { withGenerated } from './generated.ts';
import { keyTables } from './keys.ts';
import { retiredWords } from './prose.ts';

/** The history stays as it was written. */
const HISTORY = ['CHANGELOG.md'];
/** Not rewritten yet. */
const TO_DO = ['ARCHITECTURE.md', 'SECURITY.md'];

const TABLES = 'docs/configuration.md';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

function documents(): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

function check(current: string): number {
  const stale = current === read(TABLES) ? [] : [`${TABLES} is not what the schema says: run "make docs-tables"`];
  const prose = documents()
    .filter((path) => !HISTORY.includes(path) && !TO_DO.includes(path))
    .flatMap((path) =>
      retiredWords(read(path)).map(({ line, text, instead }) => `${path}:${line}: "${text}": write ${instead}`),
    );
  const found = [...stale, ...prose];
  for (const line of found) console.error(line);
  return found.length === 0 ? 0 : 1;
}

const current = withGenerated(read(TABLES), 'keys', keyTables(JSON.parse(read('config/tvm.schema.json'))));
if (process.argv.includes('--check')) process.exitCode = check(current);
else writeFileSync(join(ROOT, TABLES), current);

/**
 * `make docs-tables`: writes the parts of documents that come from elsewhere. With `--check` it writes nothing, and ends with
 * 1 if a document is not current, or has a word that documents no longer use. With `--site` it builds the site of `make docs`, with
 * `--commands` it writes the commands of `tvm`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { ROOT } from '../options.ts';
import { documents, read } from './documents.ts';
import { withGenerated } from './generated.ts';
import { keyTables } from './keys.ts';
import { retiredWords } from './prose.ts';
import { site } from './site.ts';

/** The history stays as it was written. */
const HISTORY = ['CHANGELOG.md'];
/** Not rewritten yet. */
const TO_DO: readonly string[] = [];

const TABLES = 'docs/configuration.md';
const COMMANDS = 'docs/command-line.md';

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

/** Writes what `tvm man --markdown` prints, from standard input. A test of `tvm` says when the document is not current. */
function writeCommands(): void {
  writeFileSync(join(ROOT, COMMANDS), withGenerated(read(COMMANDS), 'commands', readFileSync(0, 'utf8')));
}

function run(command: string | undefined): number {
  if (command === '--commands') {
    writeCommands();
    return 0;
  }
  if (command === '--site') {
    console.log(site());
    return 0;
  }
  const current = withGenerated(read(TABLES), 'keys', keyTables(JSON.parse(read('config/tvm.schema.json'))));
  if (command === '--check') return check(current);
  writeFileSync(join(ROOT, TABLES), current);
  return 0;
}

try {
  process.exitCode = run(process.argv[2]);
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}

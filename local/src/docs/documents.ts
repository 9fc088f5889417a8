/** The documents of this repository. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../options.ts';

/** The text of a file, by its path in the repository. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The paths of all Markdown files, new ones too, without what git ignores. */
export function documents(): string[] {
  const all = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'];
  const { stdout } = spawnSync('git', all, { cwd: ROOT, encoding: 'utf8' });
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

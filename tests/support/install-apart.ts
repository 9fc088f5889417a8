/** Packages that have a lock file of their own, since nothing but one test needs them: `npm ci` of the repository stays quick. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ran } from './programs.ts';

/** Installs what the lock file in `folder` names, unless it is there. */
export async function installApart(folder: string): Promise<void> {
  const [lock, stamp] = [join(folder, 'package-lock.json'), join(folder, 'node_modules/.installed')];
  if (existsSync(stamp) && statSync(stamp).mtimeMs > statSync(lock).mtimeMs) return;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, out, notes } = await ran('npm', args, process.env, { cwd: folder });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${folder} failed:\n${out}${notes}`);
  writeFileSync(stamp, '');
}

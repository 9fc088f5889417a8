/**
 * `make docs`: the documents as a site, in `.local/docs/site`.
 *
 * mkdocs reads one folder, and the documents are everywhere: they are copied into one with the files that they show, at the
 * paths that they have here, so that every link stays what it is. mkdocs then checks each.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Failure } from '../failure.ts';
import { ROOT } from '../options.ts';
import { documents, read } from './documents.ts';

/** The list of documents, which is also the order of the site. */
const CONTENTS = 'docs/README.md';

/** What is at a path of the repository: a page of the site, another file, a folder, or nothing. */
export type Kind = 'page' | 'file' | 'folder' | undefined;

/**
 * A document's text for the site: a folder is linked by its README, and a link to what is no page of the site becomes its label.
 * A link that leads nowhere stays, for mkdocs to complain about.
 */
export function forSite(document: string, text: string, kind: (path: string) => Kind): string {
  return text.replaceAll(
    /(?<!!)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)/g,
    (link, label: string, target: string, anchor = '') => {
      const path = normalize(join(dirname(document), target));
      switch (/^[a-z]+:/.test(target) ? 'page' : kind(path)) {
        case 'folder': {
          const readme = target.replace(/\/?$/, '/README.md');
          return kind(join(path, 'README.md')) === 'page' ? `[${label}](${readme}${anchor})` : label;
        }
        case 'file':
          return label;
        default:
          return link;
      }
    },
  );
}

/** The groups and pages of the contents, as mkdocs takes them: `**Group:** [title](path) · …`, one paragraph each. */
export function navigation(contents: string): object[] {
  const groups = contents.split('\n\n').flatMap((paragraph) => {
    const [, group] = /^\*\*(.+?):\*\*/.exec(paragraph) ?? [];
    const links = [...paragraph.matchAll(/\[([^\]]*)\]\(([^)\s#]*)\)/g)];
    const pages = links.map(([, title = '', path = '']) => ({
      [capital(title)]: normalize(join(dirname(CONTENTS), path)),
    }));
    return group === undefined ? [] : [{ [group]: pages }];
  });
  return [{ Start: 'README.md' }, ...groups];
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Copies the documents and their pictures, and says how mkdocs is to build them. */
function stage(folder: string): string {
  const source = join(folder, 'source');
  rmSync(source, { recursive: true, force: true });
  const paths = documents();
  const kind = (path: string): Kind => {
    if (paths.includes(path)) return 'page';
    const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
    return found?.isDirectory() ? 'folder' : found && 'file';
  };
  for (const path of paths) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), forSite(path, read(path), kind));
  }
  cpSync(join(ROOT, 'docs'), join(source, 'docs'), { recursive: true, filter: (path) => !path.endsWith('.md') });
  const nav = navigation(read(CONTENTS));
  const inNavigation = JSON.stringify(nav);
  const config = {
    INHERIT: join(ROOT, 'local/site/mkdocs.yml'),
    docs_dir: source,
    site_dir: join(folder, 'site'),
    nav,
    // Read where they are linked from: the READMEs of folders, and the contents themselves.
    not_in_nav: paths.filter((path) => !inNavigation.includes(`"${path}"`)).join('\n'),
  };
  const file = join(folder, 'mkdocs.yml');
  writeFileSync(file, JSON.stringify(config, undefined, 2));
  return file;
}

/** Builds the site, and returns its first page. A link that leads nowhere is a {@link Failure}. */
export function site(folder: string = join(ROOT, '.local/docs')): string {
  const mkdocs = join(ROOT, '.local/site/bin/mkdocs');
  // With `--quiet`, mkdocs counts no warning, and `--strict` does nothing.
  const { status, stderr } = spawnSync(mkdocs, ['build', '--strict', '--config-file', stage(folder)], {
    encoding: 'utf8',
    // It recommends another program at each start.
    env: { ...process.env, NO_MKDOCS_2_WARNING: '1' },
  });
  if (status !== 0) throw new Failure(`The site was not built:\n${stderr}`);
  return join(folder, 'site/index.html');
}

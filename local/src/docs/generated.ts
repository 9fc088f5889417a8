/** The parts of documents that a program writes: what is between two comments in the Markdown. */
import { Failure } from '../failure.ts';

/** `document` with `content` between `<!-- NAME: … -->` and `<!-- end of NAME -->`. */
export function withGenerated(document: string, name: string, content: string): string {
  const begin = document.search(new RegExp(`^<!-- ${name}: `, 'm'));
  const bodyStart = document.indexOf('\n', begin) + 1;
  const end = document.indexOf(`<!-- end of ${name} -->`, bodyStart);
  if (begin < 0 || end < 0) throw new Failure(`no "<!-- ${name}: … -->" with "<!-- end of ${name} -->" after it`);
  return `${document.slice(0, bodyStart)}\n${content.trim()}\n\n${document.slice(end)}`;
}

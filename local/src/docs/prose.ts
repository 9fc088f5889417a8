/** Finds the retired words of `words.ts` in Markdown. Code, addresses and comments may hold any word. */
import { RETIRED } from './words.ts';

/** A retired word, where it is. */
export interface Finding {
  readonly line: number;
  readonly text: string;
  readonly instead: string;
}

/** Every retired word in `markdown`, in the order of lines. */
export function retiredWords(markdown: string): Finding[] {
  const text = withoutCode(markdown);
  const found = RETIRED.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      text: match[0].replaceAll(/\s+/g, ' '),
      instead,
    })),
  );
  return found.sort((a, b) => a.line - b.line);
}

/** The same lines without what is no prose. */
function withoutCode(markdown: string): string {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ');
  return markdown
    .replaceAll(/^([ \t]*)(```+|~~~+)[\s\S]*?^\1\2[ \t]*$/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->/g, blank)
    .replaceAll(/`[^`\n]+`/g, '`…`')
    .replaceAll(/\]\([^)\n]*\)/g, ']');
}

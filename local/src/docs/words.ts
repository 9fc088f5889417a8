/** Words that documents no longer use, and what to write instead. One list, so that a reader meets one kind of English. */

/** A word, or a turn of phrase, and its replacement. */
export interface Retired {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Applied to text without code; each pattern has the flag `g`. */
export const RETIRED: readonly Retired[] = [
  { pattern: /\bmend(?:s|ed|ing)?\b/gi, instead: '"fix"' },
  { pattern: /\bbeside\b/gi, instead: '"next to", "with" or "in addition to"' },
  { pattern: /\bbut for\b/gi, instead: '"except"' },
  { pattern: /\boftener\b/gi, instead: '"more often"' },
  { pattern: /\bwhoever\b/gi, instead: 'a noun: "callers who …", "everyone who …"' },
  { pattern: /\b(?:some|any|no)body\b/gi, instead: 'the role (caller, user, operator, client) or "no one"' },
  { pattern: /\bone's own\b/gi, instead: '"your own", "their own"' },
  { pattern: /\bat hand\b/gi, instead: '"cached" or "available"' },
  { pattern: /\bwants\b/gi, instead: '"needs" or "expects"' },
  // "There is no key" is good English; "it is no key" is not.
  {
    pattern: /(?<!\b(?:there|here) )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|one\b)\w+/gi,
    instead: '"is not a …"',
  },
  // A sentence whose subject is "who …". A question is none.
  {
    pattern: /(?:^|(?<=[.:;] |\*\* |\| ))Who (?:may only|can|has|loses|gets|is|was|wants|signs|asks)\b[^.?!|]*[.!]/gm,
    instead: '"A user who …"',
  },
];

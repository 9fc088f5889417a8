/** Lines that a person can paste into a shell. */

/** `text` as one word of a shell: a folder may have a space in its name. */
export function shellWord(text: string): string {
  return /^[\w./:=,@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same colour for the same name, everywhere: not what tells people apart, but it helps. */
export function Avatar(props: { name: string | undefined }) {
  const { name } = props;
  return (
    <span class="avatar" data-hue={name === undefined ? 'none' : hueOf(name)} aria-hidden="true">
      {name === undefined ? '?' : initials(name)}
    </span>
  );
}

/** As many as the style sheet has. */
const HUES = 8;

function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_536;
  return sum % HUES;
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 2);
  return letters.join('').toUpperCase();
}

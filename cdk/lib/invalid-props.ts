/** Props that do not fit each other, or the configuration. The message says which, and what to write instead. */
export class InvalidProps extends Error {
  override readonly name = 'InvalidProps';
}

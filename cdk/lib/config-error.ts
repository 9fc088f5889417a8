/** The configuration was not accepted, or `tvm` could not be run. The message is for a person at a terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

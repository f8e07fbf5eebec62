/** A rule that cannot be used as written; the message names the place and what to do. */
export class RuleConfigError extends Error {
  /** Path inside the rule, e.g. `actions[0].args.topic`. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.name = 'RuleConfigError';
    this.path = path;
  }
}

/** No rule has that id. */
export class RuleNotFoundError extends Error {
  constructor(id: string) {
    super(`Rule ${id} does not exist`);
    this.name = 'RuleNotFoundError';
  }
}

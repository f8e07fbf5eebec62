import { formatOrigin, type Origin } from '@millrace/hocon';

/** One mistake in the configuration: where it was written, which path it concerns, what is wrong and what to do. */
export interface ConfigError {
  readonly origin: Origin | undefined;
  /** Empty for a mistake in the text itself. */
  readonly path: string;
  readonly reason: string;
  /** What was found there; never a secret. */
  readonly value?: unknown;
}

/** `file:line:column path: what, and what to do`; for variables and `--set`, `EMQX_X: path: …`. */
export function formatConfigError({ origin, path, reason }: ConfigError): string {
  if (origin === undefined) return path === '' ? reason : `${path}: ${reason}`;
  const place = formatOrigin(origin);
  if (path === '') return `${place}: ${reason}`;
  return origin.line === 0 ? `${place}: ${path}: ${reason}` : `${place} ${path}: ${reason}`;
}

/** Everything that is wrong with a configuration; the message has one line for each mistake. */
export class ConfigErrors extends Error {
  readonly errors: readonly ConfigError[];

  constructor(errors: readonly ConfigError[]) {
    super(errors.map(formatConfigError).join('\n'));
    this.name = 'ConfigErrors';
    this.errors = errors;
  }
}

/** A change over the API that the schema or another part of the configuration refuses. Nothing was changed. */
export class ConfigValidationError extends Error {
  readonly kind = 'validation_error';
  /** Below the value that was sent: `root.qos`. */
  readonly path: string;
  readonly reason: string;
  readonly value: unknown;
  /** All mistakes; the first one gives `path`, `reason` and `value`. */
  readonly errors: readonly ConfigError[];

  constructor(errors: readonly ConfigError[]) {
    const [first] = errors;
    super(errors.map(({ path, reason }) => `${path}: ${reason}`).join('\n'));
    this.name = 'ConfigValidationError';
    this.errors = errors;
    this.path = first?.path ?? 'root';
    this.reason = first?.reason ?? 'is not valid';
    this.value = first?.value;
  }

  /** The shape that REST answers carry as text. */
  toJSON(): { readonly kind: string; readonly path: string; readonly reason: string; readonly value?: unknown } {
    return {
      kind: this.kind,
      path: this.path,
      reason: this.reason,
      ...(this.value !== undefined && { value: this.value }),
    };
  }
}

/** A change over the API to something that a variable or `--set` decides; it would only last until the restart. */
export class ConfigOverriddenError extends Error {
  readonly path: string;
  /** `EMQX_MQTT__MAX_INFLIGHT`, `--set mqtt.max_inflight`. */
  readonly decidedBy: string;

  constructor(path: string, decidedBy: string) {
    super(`${path} is decided by ${decidedBy}; change it there, or remove it there to change it over the API`);
    this.name = 'ConfigOverriddenError';
    this.path = path;
    this.decidedBy = decidedBy;
  }
}

/** A path that holds nothing. */
export class ConfigNotFoundError extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`there is nothing at ${path}`);
    this.name = 'ConfigNotFoundError';
    this.path = path;
  }
}

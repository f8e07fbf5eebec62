/** Structured log: data in fields, static message. The shape of pino. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** For owners that want no log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Structured log: data in fields, static message. The same shape as pino. */
export interface RuleLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Time as the rule engine sees it. */
export interface RuleClock {
  /** ms since the epoch. */
  now(): number;
  /** Calls back at that interval until the answer is called. Must not keep the process alive. */
  every(intervalMs: number, callback: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: RuleClock = {
  now: () => Date.now(),
  every: (intervalMs, callback) => {
    const timer = setInterval(callback, intervalMs).unref();
    return () => clearInterval(timer);
  },
};

import type { BusyShares } from '../busy-shares.ts';

/** How a run of the benchmark is asked for, and what went wrong in it. */
export interface CorridorRun {
  readonly rounds: number;
  readonly seconds: number;
  /** Sentences about losses and the like: they make the figures worthless. */
  readonly faults: string[];
  readonly busy: BusyShares;
}

/** The publishers of every row: pipelined, QoS 1. */
export const PUBLISHERS = { publishers: 10, pairs: false, qos: 1, window: 100, perWrite: 32 } as const;

/** Rounds that let the just-in-time compilers settle. */
export const WARM_UP_ROUNDS = 1;

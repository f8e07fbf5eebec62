import { NotConnectedError, UnhealthyTargetError } from '@millrace/contract';
import { sleep } from '../clock.ts';
import { backoffMs } from '../dispatch/backoff.ts';
import type { HealthSettings } from '../lifecycle/health-settings.ts';
import type { Clock } from '../ports.ts';
import { attempt, reasonOf } from './attempt.ts';

/** What a sink and a source have in common for their health: made ready once, then looked at. */
interface ChannelTarget {
  prepare?(signal: AbortSignal): Promise<void>;
  check?(signal: AbortSignal): Promise<void>;
}

export interface ChannelVerdict {
  readonly status: 'connected' | 'connecting' | 'disconnected';
  readonly reason: string;
  /** The target can be written to. */
  readonly isReady: boolean;
  /** The destination is known to be wrong. */
  readonly isUnhealthyTarget: boolean;
}

export interface ChannelLoopOptions {
  readonly target: ChannelTarget;
  readonly settings: HealthSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onVerdict: (verdict: ChannelVerdict) => void;
  readonly onLinkFailed: (error: NotConnectedError) => void;
}

const FIRST_WAIT_MS = 1000;
const HEALTHY: ChannelVerdict = { status: 'connected', reason: '', isReady: true, isUnhealthyTarget: false };

/** Makes a channel ready and watches it, on a connected link, until the signal is aborted. */
export async function runChannel(options: ChannelLoopOptions, signal: AbortSignal): Promise<void> {
  const { settings, clock, random } = options;
  let failures = 0;
  while (!signal.aborted) {
    if (await prepare(options, signal)) {
      failures = 0;
      await watch(options, signal);
    } else {
      failures += 1;
      await sleep(clock, backoffMs(failures, settings.intervalMs, random, FIRST_WAIT_MS), signal);
    }
  }
}

async function prepare(options: ChannelLoopOptions, signal: AbortSignal): Promise<boolean> {
  const { target, settings, clock, onVerdict } = options;
  try {
    await attempt((inner) => target.prepare?.(inner), settings.timeoutMs, clock, signal);
  } catch (error) {
    if (!signal.aborted) fail(options, error, false);
    return false;
  }
  if (!signal.aborted) onVerdict(HEALTHY);
  return !signal.aborted;
}

/** Returns when the channel has to be made ready again. */
async function watch(options: ChannelLoopOptions, signal: AbortSignal): Promise<void> {
  const { target, settings, clock, random, onVerdict } = options;
  let isReady = true;
  while (isReady && !signal.aborted) {
    await sleep(clock, settings.intervalMs + random() * settings.jitterMs, signal);
    if (signal.aborted) return;
    try {
      await attempt((inner) => target.check?.(inner), settings.timeoutMs, clock, signal);
      if (!signal.aborted) onVerdict(HEALTHY);
    } catch (error) {
      isReady = !(error instanceof UnhealthyTargetError);
      if (!signal.aborted) fail(options, error, isReady);
    }
  }
}

function fail({ onVerdict, onLinkFailed }: ChannelLoopOptions, error: unknown, isReady: boolean): void {
  const isUnhealthyTarget = error instanceof UnhealthyTargetError;
  const status = isReady ? 'connecting' : 'disconnected';
  onVerdict({ status, reason: reasonOf(error), isReady, isUnhealthyTarget });
  if (error instanceof NotConnectedError) onLinkFailed(error);
}

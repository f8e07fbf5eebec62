import { SqlFailure } from '../errors.ts';

/** How many digits a unit has behind the second. */
export const UNIT_DIGITS = { second: 0, millisecond: 3, microsecond: 6, nanosecond: 9 } as const;
export type Unit = keyof typeof UNIT_DIGITS;
export const UNITS = ['second', 'millisecond', 'microsecond', 'nanosecond'] as const satisfies Unit[];

export const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** The calendar of JavaScript ends here, in the year 275760. */
const MAX_SECONDS = 8_640_000_000_000;

/** A point in time: whole seconds since the epoch, and nanoseconds behind them, never negative. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The instant of a timestamp in a unit. */
export function instantOf(timestamp: number | bigint, unit: Unit): Instant {
  return instantOfNanoseconds(BigInt(timestamp) * 10n ** BigInt(9 - UNIT_DIGITS[unit]));
}

export function instantOfNanoseconds(total: bigint): Instant {
  const rest = ((total % NANOSECONDS_PER_SECOND) + NANOSECONDS_PER_SECOND) % NANOSECONDS_PER_SECOND;
  const seconds = Number((total - rest) / NANOSECONDS_PER_SECOND);
  if (Math.abs(seconds) > MAX_SECONDS) throw new SqlFailure('badarg', 'the time is outside the calendar');
  return { seconds, nanoseconds: Number(rest) };
}

/** The timestamp of an instant in a unit; what is smaller is cut off. */
export function timestampOf(instant: Instant, unit: Unit): bigint {
  const total = BigInt(instant.seconds) * NANOSECONDS_PER_SECOND + BigInt(instant.nanoseconds);
  return total / 10n ** BigInt(9 - UNIT_DIGITS[unit]);
}

/** Seconds east of Greenwich that the machine's zone has at an instant. */
export function localOffset(seconds: number): number {
  return -new Date(seconds * 1000).getTimezoneOffset() * 60;
}

/** The parts of a date as a clock in that zone shows them, as digits. */
export interface ClockParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

export function clockParts(instant: Instant, offset: number): ClockParts {
  const date = new Date((instant.seconds + offset) * 1000);
  return {
    year: digits(date.getUTCFullYear(), 4),
    month: digits(date.getUTCMonth() + 1, 2),
    day: digits(date.getUTCDate(), 2),
    hour: digits(date.getUTCHours(), 2),
    minute: digits(date.getUTCMinutes(), 2),
    second: digits(date.getUTCSeconds(), 2),
  };
}

export function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** The instant at which a clock in UTC shows these parts. */
export function secondsOfClock(parts: readonly [number, number, number, number, number, number]): number {
  const [year, month, day, hour, minute, second] = parts;
  const date = new Date(0);
  // Unlike Date.UTC, this takes years below 100 as they are.
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 60)
    throw new SqlFailure('badarg', 'there is no such date or time');
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

/** `+hh:mm`, with as many colons and parts as asked for. */
export function offsetText(offset: number, separator: string, withSeconds = false): string {
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, ...(withSeconds ? [size % 60] : [])];
  return (offset < 0 ? '-' : '+') + parts.map((part) => digits(part, 2)).join(separator);
}

const OFFSET = /^([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?$/;

/** Seconds that an offset such as `+08:00` stands for, undefined when it is none. */
export function readOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const found = OFFSET.exec(text);
  if (found === null) return undefined;
  const [hours, minutes, seconds] = [Number(found[2]), Number(found[3]), Number(found[4] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return (found[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

import { SqlFailure } from '../errors.ts';
import {
  type ClockParts,
  clockParts,
  digits,
  type Instant,
  instantOfNanoseconds,
  NANOSECONDS_PER_SECOND,
  offsetText,
  readOffset,
  secondsOfClock,
} from './instant.ts';

/** Fields of a date format; what is none of them is copied. */
const FIELD = /%(?:Y|m|d|H|M|S|3N|6N|N|z|:z|::z)/g;
const CLOCK_FIELDS = {
  '%Y': 'year',
  '%m': 'month',
  '%d': 'day',
  '%H': 'hour',
  '%M': 'minute',
  '%S': 'second',
} as const;
const WIDTHS: Readonly<Record<string, number>> = {
  '%Y': 4,
  '%m': 2,
  '%d': 2,
  '%H': 2,
  '%M': 2,
  '%S': 2,
  '%3N': 3,
  '%6N': 6,
  '%N': 9,
  '%z': 5,
  '%:z': 6,
  '%::z': 9,
};

/** The date as a clock at that offset shows it. */
export function formatDate(instant: Instant, offset: number, format: string): string {
  const parts = clockParts(instant, offset);
  return format.replace(FIELD, (field) => fieldText(field, parts, instant, offset));
}

function fieldText(field: string, parts: ClockParts, instant: Instant, offset: number): string {
  switch (field) {
    case '%3N':
    case '%6N':
    case '%N':
      return digits(instant.nanoseconds, 9).slice(0, WIDTHS[field]);
    case '%z':
      return offsetText(offset, '');
    case '%:z':
      return offsetText(offset, ':');
    case '%::z':
      return offsetText(offset, ':', true);
    default:
      return parts[CLOCK_FIELDS[field as keyof typeof CLOCK_FIELDS]];
  }
}

/**
 * Reads a date. Fields have fixed widths; each other character of the format skips one byte of the text, whatever it is.
 * A zone in the text and the offset are both applied. Everything from the year to the second must be there.
 */
export function parseDate(text: string, format: string, offset: number): Instant {
  const fields = readFields(Buffer.from(text).toString('latin1'), Buffer.from(format).toString('latin1'));
  const required = Object.keys(CLOCK_FIELDS).map((field) => integerIn(fields.get(field)));
  const seconds = secondsOfClock(required as [number, number, number, number, number, number]);
  const zone = fields.get('%z') ?? fields.get('%:z') ?? fields.get('%::z');
  const shift = offset + (zone === undefined ? 0 : zoneIn(zone));
  return instantOfNanoseconds(BigInt(seconds - shift) * NANOSECONDS_PER_SECOND + BigInt(fractionIn(fields)));
}

function readFields(text: string, format: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  for (const item of format.match(/%(?:Y|m|d|H|M|S|3N|6N|N|z|:z|::z)|[^]/g) ?? []) {
    if (at >= text.length) break;
    const width = WIDTHS[item];
    if (width !== undefined) fields.set(item, text.slice(at, at + width));
    at += width ?? 1;
  }
  return fields;
}

function integerIn(field: string | undefined): number {
  if (field === undefined) throw new SqlFailure('missing_date_part', 'the date has not all parts from year to second');
  if (!/^\d+$/.test(field)) throw new SqlFailure('badarg', 'a part of the date is no number');
  return Number(field);
}

function fractionIn(fields: ReadonlyMap<string, string>): number {
  const fraction = fields.get('%N') ?? fields.get('%6N') ?? fields.get('%3N');
  return fraction === undefined ? 0 : integerIn(fraction.padEnd(9, '0'));
}

function zoneIn(zone: string): number {
  const offset = zone.startsWith('Z') ? 0 : readOffset(zone);
  if (offset === undefined) throw new SqlFailure('badarg', 'the zone of the date is no offset');
  return offset;
}

import { integerOf, isText, textOf, type Value } from '@millrace/values';
import { formatDate, parseDate } from '../evaluate/date-format.ts';
import {
  type Instant,
  instantOf,
  instantOfNanoseconds,
  localOffset,
  NANOSECONDS_PER_SECOND,
  offsetText,
  readOffset,
  secondsOfClock,
  timestampOf,
  UNIT_DIGITS,
  UNITS,
  type Unit,
} from '../evaluate/instant.ts';
import { familyOf, refuse } from './define.ts';
import type { FunctionContext, SqlFunction } from './function.ts';
import { any, integer, oneOf, optional, pureText } from './params.ts';

const define = familyOf('date and time');
const unit = oneOf(...UNITS);

export const dateFunctions: readonly SqlFunction[] = [
  define({
    signature: 'now_timestamp([unit])',
    summary: 'Time since the epoch; units second (default), millisecond, microsecond, nanosecond.',
    examples: [],
    params: [optional(unit)],
    run: ([unit], context) => integerOf(timestampOf(now(context), unit ?? 'second')),
  }),
  define({
    signature: 'now_rfc3339([unit])',
    summary: 'Time as RFC 3339 text in the zone of the machine.',
    examples: [],
    params: [optional(unit)],
    run: ([unit], context) => rfc3339(now(context), unit ?? 'second'),
  }),
  define({
    signature: 'unix_ts_to_rfc3339(timestamp[, unit])',
    summary: 'RFC 3339 text of a timestamp in the zone of the machine.',
    examples: [['rfc3339_to_unix_ts(unix_ts_to_rfc3339(1700000000))', '1700000000']],
    params: [integer, optional(unit)],
    run: ([timestamp, unit]) => rfc3339(instantOf(timestamp, unit ?? 'second'), unit ?? 'second'),
  }),
  define({
    signature: 'rfc3339_to_unix_ts(text[, unit])',
    summary: 'Timestamp of RFC 3339 text.',
    examples: [
      ["rfc3339_to_unix_ts('2023-11-14T22:13:20Z')", '1700000000'],
      ["rfc3339_to_unix_ts('2023-11-15T06:13:20.123+08:00', 'millisecond')", '1700000000123'],
    ],
    params: [pureText, optional(unit)],
    run: ([text, unit]) => integerOf(timestampOf(parseRfc3339(text), unit ?? 'second')),
  }),
  define({
    signature: 'format_date(unit, offset, format[, timestamp])',
    summary: 'Date in a format of %Y %m %d %H %M %S %3N %6N %N %z %:z %::z; now, or of a timestamp.',
    examples: [
      ["format_date('second', '+08:00', '%Y-%m-%d %H:%M:%S%:z', 1700000000)", '"2023-11-15 06:13:20+08:00"'],
      ["format_date('millisecond', 'Z', '%S.%3N', 1700000000123)", '"20.123"'],
    ],
    params: [unit, any, pureText, optional(integer)],
    run: ([unit, offset, format, timestamp], context) => {
      const instant = timestamp === undefined ? now(context) : instantOf(timestamp, unit);
      return formatDate(truncated(instant, unit), offsetOf(offset, instant.seconds), format);
    },
  }),
  define({
    signature: 'date_to_unix_ts(unit, format, text)',
    summary: 'Timestamp of a date in that format.',
    examples: [["date_to_unix_ts('second', '%Y-%m-%d %H:%M:%S', '2023-11-14 22:13:20')", '1700000000']],
    params: [unit, pureText, pureText],
    run: ([unit, format, text]) => integerOf(timestampOf(parseDate(text, format, 0), unit)),
  }),
  define({
    signature: 'date_to_unix_ts(unit, offset, format, text)',
    summary: 'Timestamp of a date in that format, as a clock at that offset shows it.',
    examples: [["date_to_unix_ts('second', '+08:00', '%Y-%m-%d %H:%M:%S', '2023-11-15 06:13:20')", '1700000000']],
    params: [unit, any, pureText, pureText],
    run: ([unit, offset, format, text], context) =>
      integerOf(timestampOf(parseDate(text, format, offsetOf(offset, now(context).seconds)), unit)),
  }),
  ...['timezone_to_offset_seconds', 'timezone_to_second'].map((name) =>
    define({
      signature: `${name}(offset)`,
      summary: "Seconds of an offset such as '+08:00', 'Z' or 'local'.",
      examples: [[`${name}('-02:30')`, '-9000']],
      params: [any],
      run: ([offset], context) => offsetOf(offset, now(context).seconds),
    }),
  ),
  define({
    signature: 'mongo_date([timestamp[, unit]])',
    summary: 'Date for MongoDB actions; milliseconds unless the unit says otherwise.',
    examples: [['mongo_date(1700000000123)', '"ISODate(2023-11-14T22:13:20.123Z)"']],
    params: [optional(integer), optional(unit)],
    run: ([timestamp, unit], context) => {
      const instant = timestamp === undefined ? now(context) : instantOf(timestamp, unit ?? 'millisecond');
      return `ISODate(${formatDate(instant, 0, '%Y-%m-%dT%H:%M:%S.%3N')}Z)`;
    },
  }),
];

function now({ context }: FunctionContext): Instant {
  return instantOfNanoseconds(context.now?.() ?? machineTime());
}

/** The wall clock in milliseconds, with the finer part of the steady clock behind it. */
function machineTime(): bigint {
  const precise = (performance.timeOrigin + performance.now()) % 1;
  return BigInt(Date.now()) * 1_000_000n + BigInt(Math.floor(precise * 1e6));
}

function truncated(instant: Instant, unit: Unit): Instant {
  return instantOf(timestampOf(instant, unit), unit);
}

function rfc3339(instant: Instant, unit: Unit): string {
  const offset = localOffset(instant.seconds);
  const fraction = { second: '', millisecond: '.%3N', microsecond: '.%6N', nanosecond: '.%N' }[unit];
  return formatDate(instant, offset, `%Y-%m-%dT%H:%M:%S${fraction}`) + offsetText(offset, ':');
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

function parseRfc3339(text: string): Instant {
  const found = RFC3339.exec(text) ?? refuse('the text is no RFC 3339 date');
  const parts = found.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const offset = readOffset(found[8]!) ?? refuse('the text has no valid offset');
  const nanoseconds = BigInt((found[7] ?? '').slice(0, UNIT_DIGITS.nanosecond).padEnd(9, '0'));
  return instantOfNanoseconds(BigInt(secondsOfClock(parts) - offset) * NANOSECONDS_PER_SECOND + nanoseconds);
}

function offsetOf(offset: Value, seconds: number): number {
  if (typeof offset === 'number' && Number.isInteger(offset)) return offset;
  const text = isText(offset) ? textOf(offset) : refuse('an offset is a number of seconds or text such as +08:00');
  return text === 'local'
    ? localOffset(seconds)
    : (readOffset(text) ?? refuse('the offset is none; write it as +08:00'));
}

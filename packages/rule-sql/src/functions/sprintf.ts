import { Float, isInteger, isText, textOf, type Value } from '@millrace/values';
import { printTerm } from '../evaluate/erlang-term.ts';
import { graphemeCount, graphemesOf } from '../evaluate/graphemes.ts';
import { checkTextLength, limited } from '../evaluate/text.ts';
import { refuse } from './define.ts';

/** `~F.P.PadC`: field width, precision, pad character, modifiers, control character. */
const CONTROL = /~(?:(-?\d+|\*)?(?:\.(\d*|\*))?(?:\.([^]))?)?[tl]*([^])/gu;
const MAX_WIDTH = 100_000;

interface Layout {
  /** Negative: aligned left. */
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly pad: string;
}

/** Formats as Erlang's io:format does. Too few or too many arguments, and wrong types, fail. */
export function sprintf(format: string, args: readonly Value[]): string {
  const queue = [...args];
  const take = (): Value => (queue.length > 0 ? queue.shift() : refuse('the format has more places than arguments'));
  const count = (digits: string | undefined): number | undefined => {
    if (digits === undefined || digits === '') return undefined;
    const value = digits === '*' ? take() : Number(digits);
    return typeof value === 'number' && Math.abs(value) <= MAX_WIDTH
      ? value
      : refuse('a width in the format is no small integer');
  };
  let text = '';
  let end = 0;
  for (const found of format.matchAll(CONTROL)) {
    const layout: Layout = { width: count(found[1]), precision: count(found[2]), pad: found[3] ?? ' ' };
    text += format.slice(end, found.index) + control(found[4]!, layout, take);
    end = found.index + found[0].length;
    checkTextLength(text.length);
  }
  if (queue.length > 0) refuse('the format has fewer places than arguments');
  const rest = format.slice(end);
  if (rest.includes('~')) refuse('the format ends within a control sequence');
  return limited(text + rest);
}

function control(letter: string, layout: Layout, take: () => Value): string {
  switch (letter) {
    case '~':
      return placed('~'.repeat(layout.width ?? 1), { ...layout, width: undefined });
    case 'n':
      return '\n'.repeat(layout.width ?? 1);
    case 's':
      return string(take(), layout);
    case 'p':
    case 'w':
      return placed(printTerm(take(), letter === 'p'), layout);
    case 'b':
    case 'B':
      return placed(integer(take(), layout.precision ?? 10, letter === 'B'), layout);
    case 'f':
      return placed(float(take()).toFixed(Math.min(layout.precision ?? 6, 100)), layout);
    case 'e':
      return placed(exponential(float(take()), layout.precision ?? 6), layout);
    case 'g':
      return placed(general(float(take()), layout.precision ?? 6), layout);
    case 'c':
      return character(take(), layout);
    case 'i':
      take();
      return '';
    default:
      return refuse('the format has an unknown control sequence');
  }
}

/** A string longer than its field is cut; anything else is replaced by stars. */
function string(value: Value, layout: Layout): string {
  const text = isText(value) ? textOf(value) : typeof value === 'boolean' ? String(value) : refuse('~s takes a string');
  const characters = graphemesOf(text).slice(0, layout.precision);
  const width = Math.abs(layout.width ?? layout.precision ?? characters.length);
  const shown = characters.slice(0, width).join('');
  return aligned(shown, width, (layout.width ?? -1) < 0, layout.pad);
}

function placed(text: string, { width, pad }: Layout): string {
  if (width === undefined) return text;
  const size = Math.abs(width);
  return text.length > size ? '*'.repeat(size) : aligned(text, size, width < 0, pad);
}

function aligned(text: string, width: number, isLeft: boolean, pad: string): string {
  const fill = pad.repeat(Math.max(0, width - graphemeCount(text)));
  return isLeft ? text + fill : fill + text;
}

function integer(value: Value, base: number, isUpper: boolean): string {
  if (!isInteger(value) || base < 2 || base > 36) return refuse('~b takes an integer, and a base from 2 to 36');
  const digits = value.toString(base);
  return isUpper ? digits.toUpperCase() : digits;
}

function float(value: Value): number {
  if (value instanceof Float) return value.value;
  return typeof value === 'number' && !Number.isInteger(value) ? value : refuse('~f, ~e and ~g take a float');
}

function exponential(value: number, digits: number): string {
  return digits < 2 ? refuse('~e needs at least two digits') : value.toExponential(Math.min(digits - 1, 100));
}

/** Fixed between 0.1 and 10000, where the digits suffice; else with an exponent. */
function general(value: number, digits: number): string {
  const size = Math.abs(value);
  const exponent = size < 1 ? -1 : Math.floor(Math.log10(size));
  const isFixed = size >= 0.1 && size < 10_000 && digits - 1 > exponent;
  return isFixed ? value.toFixed(digits - 1 - exponent) : exponential(value, digits);
}

function character(value: Value, layout: Layout): string {
  const isCode = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x10_ff_ff;
  const one = isCode ? String.fromCodePoint(value) : refuse('~c takes a character code');
  const repeated = one.repeat(layout.precision ?? Math.abs(layout.width ?? 1));
  return placed(repeated, layout);
}

import type { HoconValue } from './node.ts';

type Members = { readonly [key: string]: HoconValue | undefined };

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const LINE_WIDTH = 100;

/** Prints an object as tidy HOCON without outer braces; parsing it again gives the same value. Ends with a line break. */
export function printHocon(value: Members): string {
  const lines = fieldLines(value, '');
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** Prints any value as it stands behind `key = `. */
export function printHoconValue(value: HoconValue, indent = ''): string {
  if (typeof value === 'string') return printText(value, indent);
  if (typeof value === 'number') return printNumber(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? printArray(value, indent) : printObject(value as Members, indent);
}

function printObject(value: Members, indent: string): string {
  const lines = fieldLines(value, `${indent}  `);
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

function fieldLines(value: Members, indent: string): string[] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => printField(printKey(key), member as HoconValue, indent));
}

/** Objects with a single object inside are written as one dotted key: `connectors.http.web {`. */
function printField(key: string, value: HoconValue, indent: string): string {
  if (!isObject(value)) return `${indent}${key} = ${printHoconValue(value, indent)}`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const [only] = members;
  if (members.length === 1 && only !== undefined && isObject(only[1]) && Object.keys(only[1]).length > 0) {
    return printField(`${key}.${printKey(only[0])}`, only[1], indent);
  }
  return `${indent}${key} ${printObject(value, indent)}`;
}

function isObject(value: HoconValue | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function printKey(key: string): string {
  return PLAIN_KEY.test(key) && key !== 'include' ? key : JSON.stringify(key);
}

function printArray(items: readonly HoconValue[], indent: string): string {
  const inner = `${indent}  `;
  const printed = items.map((item) => printHoconValue(item, inner));
  const line = `[${printed.join(', ')}]`;
  if (line.length <= LINE_WIDTH && !line.includes('\n')) return line;
  return `[\n${printed.map((item) => `${inner}${item}`).join(',\n')}\n${indent}]`;
}

/** Integers beyond the exact range take an exponent: their digits would be read as text. */
function printNumber(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(value === Infinity ? 'infinity' : String(value));
  const exact = Number.isSafeInteger(value) || !Number.isInteger(value);
  return (exact ? String(value) : value.toExponential()).replace('e+', 'e');
}

function printText(text: string, indent: string): string {
  if (!fitsIndentedBlock(text)) return JSON.stringify(text);
  const inner = `${indent}  `;
  const body = text.split('\n').map((line) => (line === '' ? '' : inner + line));
  if (body.at(-1) === '') body[body.length - 1] = inner;
  return `"""~\n${body.join('\n')}~"""`;
}

/** A text of several lines, at least one of them without indent (the reader removes the common one), and no hard characters. */
function fitsIndentedBlock(text: string): boolean {
  if (!text.includes('\n') || text.includes('"""') || /[^\n\t\x20-\x7E\u00A1-\uD7FF\uE000-\uFEFE]/.test(text))
    return false;
  return text.split('\n').some((line) => line.trim() !== '' && line.trimStart() === line);
}

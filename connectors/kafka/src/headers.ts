import type { RecordWriter, RuleOutput } from '@millrace/contract';
import {
  isArray,
  isObject,
  isText,
  parseJson,
  stringifyJson,
  type Template,
  textOf,
  type Value,
} from '@millrace/values';
import { unrecoverable } from './errors.ts';
import { isOnePlaceholder, writeExact, writeSignedVarint } from './record.ts';

export interface HeaderSettings {
  readonly kafka_headers?: Template | undefined;
  readonly kafka_ext_headers: readonly ExtraHeader[];
  readonly kafka_header_value_encode_mode: 'none' | 'json';
}

export interface ExtraHeader {
  readonly kafka_ext_header_key: Template;
  readonly kafka_ext_header_value: Template;
}

type Header = readonly [key: string, value: Value];

/**
 * Writes the headers of a record: those of `kafka_headers` first, then `kafka_ext_headers`; repeated names are kept.
 * `onLeftOut` hears when a value was left out because it is no text and the mode is `none`.
 */
export function compileHeaders(settings: HeaderSettings, onLeftOut: (key: string) => void) {
  const { kafka_headers: headers, kafka_ext_headers: extra, kafka_header_value_encode_mode: mode } = settings;
  if (headers === undefined && extra.length === 0) {
    return (_output: RuleOutput, record: RecordWriter): void => record.writeByte(0);
  }
  const encode = mode === 'json' ? encodeJson : encodeText;

  return (output: RuleOutput, record: RecordWriter): void => {
    const pairs = [
      ...(headers === undefined ? [] : headersFrom(headers.value(output))),
      ...extraHeaders(extra, output),
    ];
    const encoded = pairs.flatMap(([key, value]) => {
      const content = encode(value);
      if (content !== undefined) return [{ key, content }];
      onLeftOut(key);
      return [];
    });
    writeSignedVarint(record, encoded.length);
    for (const { key, content } of encoded) {
      writeExact(record, key);
      writeExact(record, content);
    }
  };
}

function encodeText(value: Value): string | Uint8Array | undefined {
  return isText(value) ? value : undefined;
}

function encodeJson(value: Value): string {
  return stringifyJson(value);
}

/** An entry whose placeholder has no value is skipped. */
function extraHeaders(extra: readonly ExtraHeader[], output: RuleOutput): Header[] {
  const headers: Header[] = [];
  for (const { kafka_ext_header_key: key, kafka_ext_header_value: template } of extra) {
    const value = isOnePlaceholder(template) ? template.value(output) : template.render(output, { missing: '' });
    if (value !== undefined) headers.push([key.render(output, { missing: '' }), value]);
  }
  return headers;
}

/** The shapes `kafka_headers` may have: an object, a list of `{key, value}`, a list of pairs, or JSON text of one of these. */
export function headersFrom(value: Value): Header[] {
  if (value === undefined) return [];
  if (isText(value)) return headersFromText(textOf(value));
  if (isArray(value)) return value.map(headerFromItem);
  if (isObject(value)) return Object.entries(value);
  throw invalid();
}

function headersFromText(text: string): Header[] {
  let parsed: Value;
  try {
    parsed = parseJson(text);
  } catch {
    throw invalid();
  }
  if (isText(parsed)) throw invalid();
  return headersFrom(parsed);
}

function headerFromItem(item: Value): Header {
  if (isArray(item)) {
    const [key, value] = item;
    if (item.length === 2 && isText(key)) return [textOf(key), value];
  } else if (isObject(item)) {
    const { key, value } = item;
    if (isText(key)) return [textOf(key), value];
  }
  throw invalid();
}

function invalid(): Error {
  return unrecoverable(
    'KAFKA_INVALID_HEADERS',
    'kafka_headers must be an object, a list of {key, value}, a list of [key, value], or JSON text of one of these',
  );
}

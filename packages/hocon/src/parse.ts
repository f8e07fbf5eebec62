import { HoconError } from './hocon-error.ts';
import type { HoconNode, HoconObject } from './node.ts';
import { Source } from './origin.ts';
import { type IncludeFile, parseDocument, parsePath, parseSingleValue } from './parser.ts';
import { resolveDocuments } from './resolver.ts';
import { emptyObject } from './syntax.ts';

export interface HoconSource {
  /** Name for messages. */
  readonly file: string;
  readonly text: string;
}

/** Parses and resolves one text. Throws {@link HoconError} at the first mistake. */
export function parseHocon(
  text: string,
  options: { readonly file: string; readonly include?: IncludeFile },
): HoconObject {
  return resolveDocuments([parseDocument(new Source(options.file, text), options.include)]);
}

/**
 * Parses several texts as one document set: later ones merge over earlier ones, and substitutions see the merged result.
 * `onError` gets the syntax error of each text, so that one mistake does not hide those of other texts; without it the
 * first is thrown. An error while resolving is thrown.
 */
export function parseHoconFiles(
  sources: readonly HoconSource[],
  include?: IncludeFile,
  onError?: (error: HoconError) => void,
): HoconObject {
  const documents = sources.map(({ file, text }) => {
    try {
      return parseDocument(new Source(file, text), include);
    } catch (error) {
      if (!(error instanceof HoconError) || onError === undefined) throw error;
      onError(error);
      return emptyObject({ file, line: 1, column: 1 });
    }
  });
  return resolveDocuments(documents);
}

/** Parses the text of one value, as in a variable; undefined when it is not HOCON. The place of all parts is `file`. */
export function parseHoconValue(text: string, file: string): HoconNode | undefined {
  const origin = { file, line: 0, column: 0 };
  try {
    const object = emptyObject(origin);
    const value = parseSingleValue(new Source(file, text));
    object.fields.set('value', [{ value, origin, append: false }]);
    const node = resolveDocuments([object]).fields.get('value')?.value;
    return node && placed(node, file);
  } catch (error) {
    if (error instanceof HoconError) return undefined;
    throw error;
  }
}

/** The steps of a key such as `listeners.tcp."my.listener"`; undefined when it is no key. */
export function parseHoconPath(text: string): string[] | undefined {
  try {
    return parsePath(text);
  } catch (error) {
    if (error instanceof HoconError) return undefined;
    throw error;
  }
}

function placed(node: HoconNode, file: string): HoconNode {
  const origin = { file, line: 0, column: 0 };
  if (node.kind === 'scalar') return { ...node, origin };
  if (node.kind === 'array') return { ...node, items: node.items.map((item) => placed(item, file)), origin };
  const fields = Array.from(
    node.fields,
    ([key, field]) => [key, { origin, value: placed(field.value, file) }] as const,
  );
  return { ...node, fields: new Map(fields), origin };
}

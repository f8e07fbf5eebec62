import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { HoconError, type HoconObject, parseHoconFiles } from '@millrace/hocon';
import type { ConfigError } from '../config-error.ts';
import { emptyTree } from './tree.ts';

/** The text of a file; undefined when it does not exist. */
export type ReadFile = (path: string) => string | undefined;

export type Report = (error: ConfigError) => void;

export function readFileFromDisk(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads and merges files as one document set, later ones over earlier ones. Every mistake is reported. */
export function readFiles(files: readonly string[], readFile: ReadFile, report: Report): HoconObject {
  const sources = files.flatMap((file) => {
    const text = readText(file, readFile, report);
    return text === undefined ? [] : [{ file: shortName(file), text }];
  });
  const include = (path: string, from: string) => {
    const file = resolve(dirname(resolve(from)), path);
    const text = readFile(file);
    return text === undefined ? undefined : { file: shortName(file), text };
  };
  try {
    return parseHoconFiles(sources, include, (error) => report(textError(error)));
  } catch (error) {
    if (!(error instanceof HoconError)) throw error;
    report(textError(error));
    return emptyTree();
  }
}

/** A mistake in the text itself. */
export function textError({ file, line, column, reason }: HoconError): ConfigError {
  return { origin: { file, line, column }, path: '', reason };
}

function readText(file: string, readFile: ReadFile, report: Report): string | undefined {
  const origin = { file: shortName(file), line: 0, column: 0 };
  try {
    const text = readFile(file);
    if (text === undefined)
      report({ origin, path: '', reason: 'this file does not exist; create it, or name another with --config' });
    return text;
  } catch (error) {
    report({ origin, path: '', reason: `this file cannot be read: ${(error as Error).message}` });
    return undefined;
  }
}

/** Relative to the working directory where that is shorter. */
function shortName(file: string): string {
  const short = relative(process.cwd(), file);
  return short === '' || short.startsWith('..') ? file : short;
}

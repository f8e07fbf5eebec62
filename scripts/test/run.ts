import { relative } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { root } from './files.ts';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Skipped tests with their reasons. */
  readonly skipped: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

export interface RunOptions {
  readonly files: readonly string[];
  /** Test files that run at once. */
  readonly concurrency: number;
  /** Longest life of a test file. */
  readonly timeoutMs: number;
  readonly say: (line: string) => void;
}

/** Runs test files, each in a process of its own: one line for each file, and for each failure all that is known. */
export async function runTests({ files, concurrency, timeoutMs, say }: RunOptions): Promise<Outcome> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: [] };
  const skipped: SkippedTest[] = [];
  let passed = 0;
  let failed = 0;
  const stream = run({ files: [...files], cwd: root, concurrency, timeout: timeoutMs });
  stream.on('test:fail', (event) => {
    if (isOnlyReported(event.details.error)) return;
    say(`✖ ${shortName(event.file)} › ${event.name}\n${indent(describe(event.details.error))}`);
  });
  stream.on('test:pass', ({ skip, file, name }) => {
    if (skip !== undefined && skip !== false)
      skipped.push({ file: shortName(file), name, reason: skip === true ? '' : skip });
  });
  stream.on('test:stderr', ({ file, message }) => {
    say(`  ${shortName(file)}: ${message.trimEnd()}`);
  });
  stream.on('test:summary', ({ file, counts, duration_ms }) => {
    if (file === undefined) {
      passed = counts.passed;
      failed = counts.tests - counts.passed - counts.skipped - counts.todo;
      return;
    }
    const mark = counts.passed + counts.skipped + counts.todo === counts.tests ? '✔' : '✖';
    say(`${mark} ${shortName(file)}  ${counts.passed} of ${counts.tests}  ${(duration_ms / 1000).toFixed(1)} s`);
  });
  for await (const _event of stream);
  return { passed, failed, skipped };
}

/** A suite fails because something in it did, which has been told already. */
function isOnlyReported(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

/** The error of the test itself; the runner wraps it. */
function describe(error: Error & { readonly cause?: unknown }): string {
  return inspect(error.cause ?? error, { colors: process.stdout.isTTY });
}

function shortName(file: string | undefined): string {
  return file === undefined ? '' : relative(root, file);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem, type } from 'node:os';
import type { Measured } from './rounds.ts';

/** One table: contenders at the same task. Ratios are against the last one, the peer. */
export interface Section {
  readonly title: string;
  readonly results: readonly Measured[];
}

export interface Report {
  /** File name of the stored answer, e.g. `codec`. */
  readonly name: string;
  readonly question: string;
  /** What the figures count, e.g. `ns of CPU per packet`. */
  readonly unit: string;
  /** Whether a smaller figure is the better one, as with times. */
  readonly isLessBetter: boolean;
  readonly sections: readonly Section[];
  /** What one must know to judge the figures: versions, settings, checks. */
  readonly notes?: readonly string[];
}

const RESULTS = new URL('../results/', import.meta.url);

/** Prints the report; with `--save` among the arguments also stores it as JSON and Markdown in `bench/results/`. */
export function publish(report: Report, args: readonly string[] = process.argv): void {
  const tables = report.sections.map((each) => plain(each, report));
  console.log([report.question, machine(), ...notes(report), '', tables.join('\n\n')].join('\n'));
  if (args.includes('--save')) save(report);
}

function save(report: Report): void {
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(RESULTS, { recursive: true });
  const stored = { date, machine: machine(), ...report };
  writeFileSync(new URL(`${report.name}.json`, RESULTS), `${JSON.stringify(stored, undefined, 2)}\n`);
  writeFileSync(new URL(`${report.name}.md`, RESULTS), markdown(report, date));
  console.log(`\nstored as bench/results/${report.name}.json and .md`);
}

function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${first?.model ?? 'unknown CPU'}, ${memory} GiB, ${type()} ${arch()}, Node ${process.versions.node}`;
}

function plain(section: Section, report: Report): string {
  const width = Math.max(...section.results.map(({ name }) => name.length));
  const lines = rows(section, report).map(([name, figure, range, ratio]) =>
    [name.padEnd(width), figure.padStart(10), range.padStart(22), ratio.padStart(8)].join(' '),
  );
  return [`${section.title} (${report.unit})`, ...lines].join('\n');
}

function markdown(report: Report, date: string): string {
  const tables = report.sections.map((section) =>
    [
      `## ${section.title}`,
      '',
      `| | ${report.unit} (median) | lowest to highest | against the last row |`,
      '|---|---:|---:|---:|',
      ...rows(section, report).map((cells) => `| ${cells.join(' | ')} |`),
    ].join('\n'),
  );
  const head = [`# ${report.question}`, `${date}, ${machine()}`];
  if (report.notes !== undefined) head.push(notes(report).join('\n'));
  return `${[...head, ...tables].join('\n\n')}\n`;
}

function notes(report: Report): readonly string[] {
  return (report.notes ?? []).map((note) => `- ${note}`);
}

/** Name, median, range, and how many times better than the peer. */
function rows({ results }: Section, { isLessBetter }: Report): [string, string, string, string][] {
  const peer = results.at(-1)?.median ?? Number.NaN;
  return results.map(({ name, median, lowest, highest }) => {
    const ratio = isLessBetter ? peer / median : median / peer;
    return [name, readable(median), `${readable(lowest)} to ${readable(highest)}`, `${readable(ratio)}×`];
  });
}

function readable(figure: number): string {
  return figure >= 100 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3);
}

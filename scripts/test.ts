import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { integrationTests, servicesOf, unitTests } from './test/files.ts';
import { type Outcome, runTests } from './test/run.ts';
import { type Missing, provideServices } from './test/services.ts';

/**
 * `npm test`: provides the servers that tests need and runs every test. `--unit` runs only those that need none. Exit
 * code 1 when a test failed or, under CI, when something could not run.
 */
const { values } = parseArgs({ options: { unit: { type: 'boolean', default: false } } });

const UNIT_TIMEOUT_MS = 120_000;
const INTEGRATION_TIMEOUT_MS = 600_000;
/** A skip of this form says what a connector cannot do; any other means that something was missing. */
const DECLARED = /^cannot /;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runUnit(): Promise<Outcome> {
  const files = unitTests();
  say(`unit: ${files.length} files`);
  return await runTests({ files, concurrency: availableParallelism(), timeoutMs: UNIT_TIMEOUT_MS, say });
}

async function runIntegration(missing: Missing): Promise<Outcome> {
  const files = integrationTests().filter((file) => missingFor(file, missing).length === 0);
  say(`integration: ${files.length} files`);
  // Each file starts servers of its own, so few at once.
  const concurrency = Math.max(1, Math.floor(availableParallelism() / 2));
  return await runTests({ files, concurrency, timeoutMs: INTEGRATION_TIMEOUT_MS, say });
}

function missingFor(file: string, missing: Missing): readonly string[] {
  return servicesOf(file).filter((service) => missing.has(service));
}

/** Everything that should have run and could not, with the reason. */
function notRun(outcomes: readonly Outcome[], missing: Missing): readonly string[] {
  const files = values.unit ? [] : integrationTests().filter((file) => missingFor(file, missing).length > 0);
  const skipped = outcomes.flatMap((outcome) => outcome.skipped).filter(({ reason }) => !DECLARED.test(reason));
  return [
    ...files.map(
      (file) =>
        `${file}: ${missingFor(file, missing)
          .map((name) => `${name}: ${missing.get(name)}`)
          .join('; ')}`,
    ),
    ...skipped.map(({ file, name, reason }) => `${file} › ${name}: ${reason === '' ? 'skipped' : reason}`),
  ];
}

function summarise(outcomes: readonly Outcome[], couldNotRun: readonly string[]): void {
  const declared = outcomes.flatMap(({ skipped }) => skipped).filter(({ reason }) => DECLARED.test(reason));
  for (const { file, name, reason } of declared) say(`skipped: ${file} › ${name}: ${reason}`);
  for (const line of couldNotRun) say(`could not run: ${line}`);
  const [passed, failed, skipped] = [
    outcomes.reduce((sum, outcome) => sum + outcome.passed, 0),
    outcomes.reduce((sum, outcome) => sum + outcome.failed, 0),
    outcomes.reduce((sum, outcome) => sum + outcome.skipped.length, 0),
  ];
  say(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  const isCi = (process.env['CI'] ?? '') !== '';
  if (failed > 0 || (isCi && couldNotRun.length > 0)) process.exitCode = 1;
}

const missing = values.unit
  ? new Map<string, string>()
  : await provideServices(integrationTests(), (line) => say(`services: ${line}`));
const outcomes = [await runUnit()];
if (!values.unit) outcomes.push(await runIntegration(missing));
summarise(outcomes, notRun(outcomes, missing));

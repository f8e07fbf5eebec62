import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** `npm run check`: everything that needs no server. Silent about what is fine. */
interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const root = join(import.meta.dirname, '..');
const STEPS: readonly Step[] = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware'] },
  { name: 'format', command: 'biome', args: ['ci', '--log-level=warn'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'unit tests', command: 'node', args: ['scripts/test.ts', '--unit'] },
];
/** The unit tests use all processors by themselves; the others are small beside them. */
const AT_ONCE = 2;

interface Result {
  readonly name: string;
  readonly isGood: boolean;
  readonly seconds: string;
}

async function runStep({ name, command, args }: Step): Promise<Result> {
  const started = performance.now();
  const child = spawn(command, args, { cwd: root, env: withLocalPrograms(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
  return { name, isGood: code === 0, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

async function runAll(): Promise<readonly Result[]> {
  const waiting = [...STEPS];
  const results: Result[] = [];
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) results.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** So that it works outside npm as well, with the Node that the repository brings. */
function withLocalPrograms(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` };
}

const results = await runAll();
for (const { name, isGood, seconds } of results) process.stdout.write(`${isGood ? '✔' : '✖'} ${name}  ${seconds} s\n`);
if (results.some(({ isGood }) => !isGood)) process.exitCode = 1;

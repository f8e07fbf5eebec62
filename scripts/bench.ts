import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run bench -- NAME [options]`: runs `bench/NAME.ts`; without a name lists what there is. */
const folder = join(import.meta.dirname, '..', 'bench');
const [name, ...options] = process.argv.slice(2);
const file = join(folder, `${name}.ts`);

if (name === undefined || !existsSync(file)) {
  const names = readdirSync(folder)
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => entry.slice(0, -3));
  process.stdout.write(`usage: npm run bench -- NAME [options]\nbenchmarks: ${names.join(', ')}\n`);
  process.exitCode = name === undefined ? 0 : 1;
} else {
  process.exitCode = spawnSync(process.execPath, [file, ...options], { stdio: 'inherit' }).status ?? 1;
}

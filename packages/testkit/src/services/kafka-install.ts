import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The release that tests use unless they say otherwise. */
export const KAFKA_VERSION = '4.1.1';

const CACHE = join(import.meta.dirname, '../../../../.cache/services');

/**
 * The jars of a Kafka release, from Maven Central, kept in `.cache/services/kafka-VERSION` at the root of the repository.
 * Returns the class path. Safe against two processes: each fills a folder of its own and renames it into place; the
 * later one uses what the earlier one made.
 */
export async function installKafka(version: string): Promise<string> {
  const folder = join(CACHE, `kafka-${version}`);
  if (!existsSync(folder)) await download(version, folder);
  return join(folder, '*');
}

async function download(version: string, folder: string): Promise<void> {
  process.stderr.write(`services: fetching Kafka ${version} (about 45 MB, once)\n`);
  await mkdir(CACHE, { recursive: true });
  const temporary = await mkdtemp(join(CACHE, `kafka-${version}.`));
  try {
    await writeFile(join(temporary, 'pom.xml'), pom(version));
    await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'], {
      cwd: temporary,
      purpose: `fetch Kafka ${version} with Maven`,
    });
    await rename(join(temporary, 'lib'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function pom(version: string): string {
  const dependency = (group: string, artifact: string, release: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${release}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace.test</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', version)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`;
}

/** Runs a program to its end; a failure says what it was for and shows the end of its output. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, purpose }: { readonly cwd?: string; readonly purpose: string },
): Promise<string> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const code = await promise.catch((error: Error) => {
    throw new Error(`Cannot ${purpose}: \`${program}\` did not start (${error.message}); install it and try again`);
  });
  if (code !== 0) throw new Error(`Cannot ${purpose}: \`${program}\` ended with code ${code}\n${output.slice(-2000)}`);
  return output;
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '../../../../.cache/services');

/** A server that is published as Maven artefacts. */
export interface MavenServer {
  /** What people call it, e.g. `Kafka`. */
  readonly title: string;
  readonly version: string;
  readonly megabytes: number;
  /** `group:artifact:version`; what they need comes with them. */
  readonly artifacts: readonly string[];
}

/**
 * The jars of a server, from Maven Central, kept in `.cache/services/NAME-VERSION` at the root of the repository. Returns
 * the class path. Safe against two processes: each fills a folder of its own and renames it into place; the later one
 * uses what the earlier one made.
 */
export async function installFromMaven(server: MavenServer): Promise<string> {
  const folder = join(CACHE, `${server.title.toLowerCase()}-${server.version}`);
  if (!existsSync(folder)) await download(server, folder);
  return join(folder, '*');
}

async function download(server: MavenServer, folder: string): Promise<void> {
  const name = `${server.title} ${server.version}`;
  process.stderr.write(`services: fetching ${name} (about ${server.megabytes} MB, once)\n`);
  await mkdir(CACHE, { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    await writeFile(join(temporary, 'pom.xml'), pom(server));
    await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'], {
      cwd: temporary,
      purpose: `fetch ${name} with Maven`,
    });
    await rename(join(temporary, 'lib'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function pom({ artifacts }: MavenServer): string {
  const dependencies = artifacts.map((coordinates) => {
    const [group, artifact, version] = coordinates.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace.test</groupId><artifactId>server</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependencies.join('\n    ')}
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

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countBrokers, createTopic, deleteTopic, type TopicOptions } from './kafka-admin.ts';
import { installKafka } from './kafka-install.ts';
import { run } from './maven.ts';

export interface KafkaOptions {
  /** Kafka release; default 4.1.1. */
  readonly version?: string;
  /** Adds a listener with PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER (unsecured tokens), user `alice`. */
  readonly sasl?: boolean;
  /** Adds a TLS listener with a certificate of its own for 127.0.0.1 and localhost. */
  readonly tls?: boolean;
  /** Number of brokers; the first is also the controller. */
  readonly brokers?: number;
  /** Port of the first broker without TLS and SASL; a free one unless said otherwise. */
  readonly port?: number;
  /** More lines of `server.properties`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A real Kafka cluster in a temporary folder on loopback. */
export interface KafkaService {
  /** `host:port` of all brokers, comma-separated. */
  readonly bootstrap: string;
  readonly saslBootstrap: string;
  readonly tlsBootstrap: string;
  /** Name and password of the only SASL user. */
  readonly user: { readonly name: string; readonly password: string };
  /** PEM of the certificate that the TLS listener shows; self-signed, so also its CA. */
  readonly caFile: string;
  createTopic(name: string, options?: TopicOptions): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  /** Ends one broker (by its number from 1) or all at once with SIGKILL. */
  kill(node?: number): Promise<void>;
  /** Starts again what was killed, or stops and starts it, on the same ports and data. */
  restart(node?: number): Promise<void>;
  /** Ends all and removes the data. */
  stop(): Promise<void>;
}

const USER = { name: 'alice', password: 'wonder-land' };
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 10_000;
// Small and quick to start rather than fast: the machine is shared with the code under test.
const JVM = ['-Xms64m', '-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/** Starts Kafka and resolves when every broker serves. Throws with the reason when it cannot. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  const classPath = await installKafka(options.version ?? '4.1.1');
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
  const cluster = new KafkaCluster(classPath, folder, options, await choosePorts(options));
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class KafkaCluster implements KafkaService {
  readonly user = USER;
  readonly caFile: string;
  readonly #classPath: string;
  readonly #folder: string;
  readonly #options: KafkaOptions;
  readonly #ports: readonly number[];
  readonly #nodes: readonly number[];
  readonly #running = new Map<number, ChildProcess>();
  /** For a process that ends without `stop`. */
  readonly #onExit = () => {
    for (const child of this.#running.values()) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  };

  constructor(classPath: string, folder: string, options: KafkaOptions, ports: readonly number[]) {
    this.#classPath = classPath;
    this.#folder = folder;
    this.#options = options;
    this.#ports = ports;
    this.#nodes = Array.from({ length: options.brokers ?? 1 }, (_, index) => index + 1);
    this.caFile = join(folder, 'ca.pem');
    process.once('exit', this.#onExit);
  }

  get bootstrap(): string {
    return this.#addresses('plain');
  }

  get saslBootstrap(): string {
    return this.#addresses('sasl');
  }

  get tlsBootstrap(): string {
    return this.#addresses('tls');
  }

  async start(): Promise<void> {
    if (this.#options.tls === true) await this.#makeCertificate();
    await Promise.all(this.#nodes.map((node) => this.#format(node)));
    await this.restart();
  }

  async createTopic(name: string, options?: TopicOptions): Promise<void> {
    await createTopic(this.#port(1, 'plain'), name, options);
  }

  async deleteTopic(name: string): Promise<void> {
    await deleteTopic(this.#port(1, 'plain'), name);
  }

  async kill(node?: number): Promise<void> {
    await Promise.all(this.#chosen(node).map((one) => this.#end(one, 'SIGKILL')));
  }

  async restart(node?: number): Promise<void> {
    const nodes = this.#chosen(node);
    await Promise.all(nodes.map((one) => this.#end(one, 'SIGTERM')));
    for (const one of nodes) this.#spawn(one);
    await Promise.all(nodes.map((one) => this.#untilReady(one)));
  }

  async stop(): Promise<void> {
    await this.kill();
    process.removeListener('exit', this.#onExit);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #chosen(node: number | undefined): readonly number[] {
    return node === undefined ? this.#nodes : [node];
  }

  #addresses(listener: ListenerName): string {
    return this.#nodes.map((node) => `127.0.0.1:${this.#port(node, listener)}`).join(',');
  }

  #port(node: number, listener: ListenerName): number {
    return this.#ports[(node - 1) * LISTENERS.length + LISTENERS.indexOf(listener)] ?? 0;
  }

  #spawn(node: number): void {
    const log = openSync(join(this.#folder, `node-${node}.log`), 'a');
    const child = spawn('java', [...JVM, '-cp', this.#classPath, 'kafka.Kafka', this.#file(node)], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.once('error', () => this.#running.delete(node));
    child.once('exit', () => this.#running.delete(node));
    this.#running.set(node, child);
  }

  async #untilReady(node: number): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (this.#running.has(node) && Date.now() < deadline) {
      const known = await countBrokers(this.#port(node, 'plain')).catch(() => 0);
      if (known >= this.#nodes.length) return;
      await sleep(100);
    }
    const log = await readFile(join(this.#folder, `node-${node}.log`), 'utf8').catch(() => '');
    throw new Error(`Kafka broker ${node} did not become ready\n${log.slice(-3000)}`);
  }

  async #end(node: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#running.get(node);
    if (child === undefined) return;
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  async #format(node: number): Promise<void> {
    await mkdir(join(this.#folder, `data-${node}`));
    await writeFile(this.#file(node), this.#properties(node));
    const scram = this.#options.sasl === true && node === 1 ? SCRAM_USERS : [];
    await run(
      'java',
      [
        ...JVM,
        '-cp',
        this.#classPath,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        CLUSTER_ID,
        '-c',
        this.#file(node),
        ...scram,
      ],
      { purpose: 'format the storage of Kafka' },
    );
  }

  #file(node: number): string {
    return join(this.#folder, `server-${node}.properties`);
  }

  #properties(node: number): string {
    const listeners = LISTENERS.filter((listener) => this.#has(listener) && (listener !== 'controller' || node === 1));
    const address = (listener: ListenerName) => `${listener.toUpperCase()}://127.0.0.1:${this.#port(node, listener)}`;
    const lines: Record<string, string> = {
      'process.roles': node === 1 ? 'broker,controller' : 'broker',
      'node.id': String(node),
      'controller.quorum.voters': `1@127.0.0.1:${this.#port(1, 'controller')}`,
      listeners: listeners.map(address).join(','),
      'advertised.listeners': listeners
        .filter((listener) => listener !== 'controller')
        .map(address)
        .join(','),
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL',
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAIN',
      'log.dirs': join(this.#folder, `data-${node}`),
      ...SMALL,
      ...(this.#options.sasl === true ? SASL : {}),
      ...(this.#options.tls === true ? this.#tlsProperties() : {}),
      ...this.#options.properties,
    };
    return Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  }

  #has(listener: ListenerName): boolean {
    if (listener === 'sasl') return this.#options.sasl === true;
    return listener === 'tls' ? this.#options.tls === true : true;
  }

  #tlsProperties(): Record<string, string> {
    return {
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': join(this.#folder, 'server.p12'),
      'ssl.keystore.password': USER.password,
    };
  }

  /** With the JDK's own tool, so that nothing else has to be installed. */
  async #makeCertificate(): Promise<void> {
    const store = ['-keystore', join(this.#folder, 'server.p12'), '-storepass', USER.password, '-alias', 'server'];
    const purpose = 'make a certificate for Kafka';
    const subject = ['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-ext', 'bc:c'];
    await run(
      'keytool',
      ['-genkeypair', '-keyalg', 'EC', '-storetype', 'PKCS12', '-validity', '30', ...subject, ...store],
      { purpose },
    );
    await run('keytool', ['-exportcert', '-rfc', '-file', this.caFile, ...store], { purpose });
  }
}

type ListenerName = 'plain' | 'controller' | 'sasl' | 'tls';
const LISTENERS: readonly ListenerName[] = ['plain', 'controller', 'sasl', 'tls'];

const SMALL = {
  'num.network.threads': '2',
  'num.io.threads': '2',
  'num.partitions': '1',
  'log.cleaner.dedupe.buffer.size': '2097152',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  'auto.create.topics.enable': 'true',
  'controlled.shutdown.enable': 'false',
  // A killed broker may register again only when its old session has ended, after 9 s by default.
  'broker.session.timeout.ms': '1500',
  'broker.heartbeat.interval.ms': '500',
};

const PLAIN_LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SCRAM_LOGIN = 'org.apache.kafka.common.security.scram.ScramLoginModule';
const OAUTH_LOGIN = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
const SASL = {
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
  'listener.name.sasl.plain.sasl.jaas.config': `${PLAIN_LOGIN} required user_${USER.name}="${USER.password}";`,
  'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${SCRAM_LOGIN} required;`,
  'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${SCRAM_LOGIN} required;`,
  'listener.name.sasl.oauthbearer.sasl.jaas.config': `${OAUTH_LOGIN} required unsecuredLoginStringClaim_sub="broker";`,
};
const SCRAM_USERS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
  '--add-scram',
  `${mechanism}=[name=${USER.name},password=${USER.password}]`,
]);

async function choosePorts({ port, brokers = 1 }: KafkaOptions): Promise<number[]> {
  const ports = await freePorts(LISTENERS.length * brokers);
  return port === undefined ? ports : [port, ...ports.slice(1)];
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listenAnywhere() {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

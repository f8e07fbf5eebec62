import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from '@millrace/broker';
import { ConfigStore } from '@millrace/config';
import type { ActionPort } from '@millrace/resource';
import { type RuleConfig, RuleEngine } from '@millrace/rules';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createApi } from '../app.ts';
import { Accounts } from '../auth/accounts.ts';
import type { ApiPorts, ListenerInfo, ResourcesPort } from '../ports.ts';
import type { ResourceRoot } from '../routes/resource-config.ts';
import { testDefinitions } from './definitions.ts';
import { FakeResources } from './fake-resources.ts';

export const PASSWORD = 'first-password1';

/** An answer, its JSON read. */
export interface Answer {
  readonly status: number;
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- tests look into bodies of every shape
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Time that tests move by hand. */
export class TestClock {
  #now = Date.parse('2026-01-01T00:00:00Z');

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** Resources of a test: what the API needs, what rules need, and how changes of the configuration reach them. */
export interface TestResources extends ResourcesPort {
  put(root: ResourceRoot, type: string, name: string, settings: unknown): void | Promise<void>;
  action(id: string): ActionPort | undefined;
}

export interface TestApiOptions {
  readonly definitions?: typeof testDefinitions;
  /** Fakes that are connected at once unless said otherwise. */
  readonly makeResources?: (dataDir: string) => TestResources;
}

/** A whole API with real configuration, broker, rules and accounts; only the resources are fakes. */
export class TestApi {
  readonly app: FastifyInstance;
  readonly ports: ApiPorts;
  readonly broker: Broker;
  readonly resources: FakeResources;
  readonly clock: TestClock;
  readonly dataDir: string;
  #token = '';

  private constructor(
    app: FastifyInstance,
    parts: { ports: ApiPorts; broker: Broker; resources: FakeResources; clock: TestClock; dataDir: string },
  ) {
    this.app = app;
    this.ports = parts.ports;
    this.broker = parts.broker;
    this.resources = parts.resources;
    this.clock = parts.clock;
    this.dataDir = parts.dataDir;
  }

  /** An API whose administrator is logged in. */
  static async start({ definitions = testDefinitions, makeResources }: TestApiOptions = {}): Promise<TestApi> {
    const dataDir = mkdtempSync(join(tmpdir(), 'millrace-api-'));
    const clock = new TestClock();
    const accounts = await Accounts.open({ dataDir, defaultPassword: PASSWORD, clock });
    const config = ConfigStore.load({ files: [], dataDir, env: {}, set: [], definitions });
    const broker = new Broker({ node: NODE });
    const fakes = new FakeResources();
    const resources = makeResources?.(dataDir) ?? fakes;
    const rules = new RuleEngine({ broker, resource: resources, log: silent, node: NODE });
    connect(config, rules, resources);
    const ports: ApiPorts = {
      node: { name: NODE, version: '0.1.0', startedAt: clock.now(), isRunning: true, logDir: '' },
      accounts,
      config,
      broker,
      rules,
      resources,
      listeners: { list: () => [LISTENER] },
      connectorTypes: definitions,
      log: silent,
      clock,
    };
    const api = new TestApi(await createApi(ports, { checkAnswers: true }), {
      ports,
      broker,
      resources: fakes,
      clock,
      dataDir,
    });
    await api.logIn();
    return api;
  }

  async logIn(username = 'admin', password = PASSWORD): Promise<string> {
    const { body } = await this.call('POST', '/login', { username, password }, {});
    this.#token = body.token;
    return body.token;
  }

  /** Calls as the administrator, unless other headers are given. */
  async call(
    method: NonNullable<InjectOptions['method']>,
    path: string,
    payload?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    const options: InjectOptions = {
      method,
      url: path.startsWith('//') ? path.slice(1) : `/api/v5${path}`,
      headers: headers ?? { authorization: `Bearer ${this.#token}` },
      ...(payload === undefined ? undefined : { payload: payload as object }),
    };
    const { statusCode, body: text, headers: answered } = await this.app.inject(options);
    const isJson = String(answered['content-type']).startsWith('application/json');
    return { status: statusCode, body: isJson && text !== '' ? JSON.parse(text) : text, text, headers: answered };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.call('POST', path, body);
  }

  put(path: string, body?: unknown): Promise<Answer> {
    return this.call('PUT', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }

  async close(): Promise<void> {
    await this.app.close();
    this.ports.rules.close();
    await this.broker.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export const NODE = 'millrace@127.0.0.1';

const LISTENER: ListenerInfo = {
  id: 'tcp:default',
  type: 'tcp',
  name: 'default',
  enable: true,
  bind: '127.0.0.1:1883',
  acceptors: 16,
  running: true,
  maxConnections: Infinity,
  currentConnections: 0,
};

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the server does: changes of the configuration reach the rooms. */
function connect(config: ConfigStore, rules: RuleEngine, resources: TestResources): void {
  config.onChange('rule_engine.rules.*', ({ steps, after }) => {
    const id = steps.at(-1)!;
    if (after === undefined) rules.remove(id);
    else rules.put(id, after as RuleConfig);
  });
  for (const root of ['connectors', 'actions', 'sources'] as const) {
    config.onChange(`${root}.*.*`, ({ steps, after }) => resources.put(root, steps[1]!, steps[2]!, after));
  }
}

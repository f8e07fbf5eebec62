import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Broker } from '@millrace/broker';
import type { ConfigStore } from '@millrace/config';
import { ResourceManager } from '@millrace/resource';
import { Accounts, type NodeInfo } from '@millrace/rest-api';
import { RuleEngine } from '@millrace/rules';
import type { Logger } from 'pino';
import { connectorDefinitions } from './connectors.ts';
import { DataLock } from './data-lock.ts';
import { createLogger } from './logger.ts';
import { version } from './version.ts';
import { ApiServer } from './wiring/api-server.ts';
import { mqttSettings, retainerSettings, sysSettings } from './wiring/broker-settings.ts';
import { removeControlFile, writeControlFile } from './wiring/control-file.ts';
import { DataIntegration } from './wiring/data-integration.ts';
import { Listeners } from './wiring/listeners.ts';

export interface NodeOptions {
  readonly dataDir: string;
  readonly print: (text: string) => void;
}

/**
 * A running Millrace. It starts from the inside out, so that nothing can come in before there is a place for it: resources,
 * rules, API, listeners. It stops the other way round.
 */
export class MillraceNode implements NodeInfo {
  readonly name: string;
  readonly version = version;
  readonly startedAt = Date.now();
  readonly logDir: string;
  isRunning = false;
  readonly #lock: DataLock;
  readonly #dataDir: string;
  readonly #print: (text: string) => void;
  readonly #config: ConfigStore;
  readonly #log: Logger;
  readonly #operatorLog: Logger;
  readonly #broker: Broker;
  readonly #resources: ResourceManager;
  readonly #rules: RuleEngine;
  readonly #listeners: Listeners;
  #api: ApiServer | undefined;

  private constructor(config: ConfigStore, options: NodeOptions, lock: DataLock) {
    const { console: settings } = config.get('log');
    this.#lock = lock;
    this.#config = config;
    this.#dataDir = resolve(options.dataDir);
    this.#print = options.print;
    this.name = config.get('node').name;
    this.logDir = join(this.#dataDir, 'log');
    this.#log = createLogger(
      { level: settings.enable ? settings.level : 'none', format: settings.formatter },
      options.print,
    );
    this.#operatorLog = createLogger({ level: 'info', format: settings.formatter }, options.print);
    this.#broker = this.#createBroker();
    this.#resources = new ResourceManager({
      definitions: connectorDefinitions,
      node: this.name,
      dataDir: this.#dataDir,
      log: this.#log,
      emit: (source, messages) => this.#rules.receive(source, messages),
    });
    this.#rules = new RuleEngine({
      broker: this.#broker,
      resource: this.#resources,
      log: this.#log,
      console: this.#operatorLog,
      node: this.name,
    });
    this.#listeners = new Listeners(this.#broker, config.get('listeners'));
    this.#broker.hooks.beforeFlush(() => this.#resources.commit());
  }

  /** Resolves when everything listens. On failure everything that was opened is closed again. */
  static async start(config: ConfigStore, options: NodeOptions): Promise<MillraceNode> {
    const lock = DataLock.acquire(resolve(options.dataDir));
    const node = new MillraceNode(config, options, lock);
    try {
      await node.#open();
      return node;
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  /** Stops accepting, lets buffers flush, closes links; durable buffers keep what could not be sent. */
  async close(): Promise<void> {
    this.isRunning = false;
    await this.#broker.close();
    this.#rules.close();
    await this.#resources.close();
    await this.#api?.close();
    removeControlFile(this.#dataDir);
    this.#lock.release();
  }

  async #open(): Promise<void> {
    for (const { name, path, value } of this.#config.overrides()) {
      this.#print(`${name} [${path}]: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
    }
    for (const warning of this.#config.warnings) this.#log.warn({}, warning);
    await new DataIntegration(this.#config, this.#resources, this.#rules).start();
    const accounts = await this.#openAccounts();
    this.#api = await this.#openApi(accounts);
    await this.#listeners.open();
    // Only now, so that what they bring finds the clients that wait for it.
    this.#resources.startSources();
    this.isRunning = true;
    if (this.#api.address !== '') writeControlFile(this.#dataDir, this.#api.localUrl, accounts);
    this.#operatorLog.info(this.#addresses(), 'millrace ready');
  }

  #createBroker(): Broker {
    const config = this.#config;
    return new Broker({
      node: this.name,
      version,
      mqtt: mqttSettings(config.get('mqtt')),
      retainer: retainerSettings(config.get('retainer')),
      sys: sysSettings(config.get('sys_topics')),
      log: this.#log,
    });
  }

  async #openAccounts(): Promise<Accounts> {
    const dashboard = this.#config.get('dashboard');
    const isFirstStart = !existsSync(join(this.#dataDir, 'users.json'));
    const accounts = await Accounts.open({
      dataDir: this.#dataDir,
      defaultUsername: dashboard.default_username,
      defaultPassword: dashboard.default_password,
      tokenLifetimeMs: dashboard.token_expired_time,
      apiKeyBootstrapFile: this.#config.get('api_key').bootstrap_file,
    });
    const { initialPassword, initialPasswordFile, defaultUsername } = accounts.users;
    if (isFirstStart && initialPassword !== undefined) {
      // Shown to the person at the terminal, once, and never logged.
      this.#print(
        `API user "${defaultUsername}", password ${initialPassword} (kept in ${initialPasswordFile} until changed)\n`,
      );
    }
    return accounts;
  }

  #openApi(accounts: Accounts): Promise<ApiServer> {
    const dashboard = this.#config.get('dashboard');
    return ApiServer.open(
      {
        node: this,
        accounts,
        config: this.#config,
        broker: this.#broker,
        rules: this.#rules,
        resources: this.#resources,
        listeners: this.#listeners,
        connectorTypes: connectorDefinitions,
        log: this.#log,
        cors: dashboard.cors,
        apiDocs: dashboard.swagger_support,
        prometheusAuth: this.#config.get('prometheus').enable_basic_auth,
      },
      dashboard,
    );
  }

  #addresses(): Record<string, string> {
    const api = this.#api?.address ?? '';
    return { ...this.#listeners.addresses(), ...(api !== '' && { 'http:dashboard': api }) };
  }
}

import type { ConfigChange, ConfigStore } from '@millrace/config';
import type { ChannelConfig, ConnectorConfig, ResourceManager } from '@millrace/resource';
import type { RuleConfig, RuleEngine } from '@millrace/rules';

type Objects = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Keeps connectors, actions, sources and rules as the configuration says: all of them at start, each change afterwards.
 * Start-up is a reload from empty, so both take the same way.
 */
export class DataIntegration {
  readonly #config: ConfigStore;
  readonly #resources: ResourceManager;
  readonly #rules: RuleEngine;

  constructor(config: ConfigStore, resources: ResourceManager, rules: RuleEngine) {
    this.#config = config;
    this.#resources = resources;
    this.#rules = rules;
  }

  /** Puts everything into force, then listens for changes. What cannot connect does not hold the start up. */
  async start(): Promise<void> {
    for (const [type, name, config] of entriesOf(this.#config.get('connectors')))
      await this.#putConnector(type, name, config);
    for (const [type, name, config] of entriesOf(this.#config.get('actions')))
      await this.#putAction(type, name, config);
    for (const [type, name, config] of entriesOf(this.#config.get('sources')))
      await this.#putSource(type, name, config);
    const { ignore_sys_message: ignoreSysMessage, rules } = this.#config.get('rule_engine');
    this.#rules.configure({ ignoreSysMessage });
    for (const [id, rule] of Object.entries(rules)) this.#rules.put(id, rule as RuleConfig);
    this.#listen();
  }

  #listen(): void {
    const config = this.#config;
    config.onChange('connectors.*.*', ({ steps: [, type = '', name = ''], after }) =>
      after === undefined ? this.#resources.removeConnector(type, name) : this.#putConnector(type, name, after),
    );
    config.onChange('actions.*.*', ({ steps: [, type = '', name = ''], after }) =>
      after === undefined ? this.#removeAction(type, name) : this.#putAction(type, name, after),
    );
    config.onChange('sources.*.*', ({ steps: [, type = '', name = ''], after }) =>
      after === undefined ? this.#resources.removeSource(type, name) : this.#putSource(type, name, after),
    );
    config.onChange('rule_engine.rules.*', (change) => this.#changeRule(change));
    config.onChange('rule_engine.ignore_sys_message', ({ after }) => {
      this.#rules.configure({ ignoreSysMessage: after === true });
    });
  }

  #changeRule({ steps: [, , id = ''], after }: ConfigChange): void {
    if (after === undefined) this.#rules.remove(id);
    else this.#rules.put(id, after as RuleConfig);
  }

  #putConnector(type: string, name: string, config: unknown): Promise<void> {
    return this.#resources.putConnector(type, name, config as ConnectorConfig);
  }

  #putSource(type: string, name: string, config: unknown): Promise<void> {
    return this.#resources.putSource(type, name, config as ChannelConfig);
  }

  async #putAction(type: string, name: string, config: unknown): Promise<void> {
    await this.#resources.putAction(type, name, config as ChannelConfig);
    const { local_topic: localTopic, enable } = config as { readonly local_topic?: string; readonly enable?: boolean };
    this.#rules.setLocalTopic(`${type}:${name}`, enable === false ? undefined : localTopic);
  }

  async #removeAction(type: string, name: string): Promise<void> {
    this.#rules.setLocalTopic(`${type}:${name}`, undefined);
    await this.#resources.removeAction(type, name);
  }
}

function entriesOf(root: Objects): (readonly [type: string, name: string, config: unknown])[] {
  return Object.entries(root).flatMap(([type, objects]) =>
    Object.entries(objects).map(([name, config]) => [type, name, config] as const),
  );
}

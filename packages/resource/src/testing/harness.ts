import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceOptions } from '@millrace/contract';
import type { ResourceEvent } from '../events.ts';
import { ResourceManager, type ResourceManagerOptions } from '../lifecycle/manager.ts';
import type { ActionMetrics, ActionPort, Gate, Outcome } from '../ports.ts';
import { FakeSystem, silentLog } from './fake-connector.ts';
import { ManualClock } from './manual-clock.ts';

/** A manager with one connector `c` and one action `a` of a fake outside system, under a clock moved by hand. */
export class Harness implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly system = new FakeSystem();
  readonly events: ResourceEvent[] = [];
  readonly outcomes: Outcome[] = [];
  readonly dataDir = mkdtempSync(join(tmpdir(), 'millrace-resource-'));
  readonly manager: ResourceManager;

  constructor(options: Partial<ResourceManagerOptions> = {}) {
    this.manager = new ResourceManager({
      definitions: [this.system.definition],
      node: 'n',
      dataDir: this.dataDir,
      log: silentLog,
      clock: this.clock,
      random: () => 0.5,
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  async start(options: ResourceOptions = {}): Promise<void> {
    await this.manager.putConnector('fake', 'c', {});
    await this.manager.putAction('fake', 'a', { connector: 'c', parameters: {}, resource_opts: options });
    await this.clock.turn();
  }

  get port(): ActionPort {
    return this.manager.action('fake:a')!;
  }

  get metrics(): ActionMetrics {
    return this.manager.metrics('fake:a');
  }

  get status(): string {
    return this.manager.actions()[0]!.status;
  }

  send(...texts: string[]): (Gate | undefined)[] {
    return texts.map((text) => this.sendAs('client', text));
  }

  sendAs(clientId: string, text: string): Gate | undefined {
    const settled = (outcome: Outcome, count: number) => {
      for (let index = 0; index < count; index++) this.outcomes.push(outcome);
    };
    return this.port.submit({ text }, { clientId, topic: 't', settled: { settled } });
  }

  /** Sends and ends the turn. */
  async deliver(...texts: string[]): Promise<void> {
    this.send(...texts);
    await this.clock.turn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.manager.close();
    await this.clock.pass(30_000);
    await closed;
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

import type { ConnectorDefinition } from '@millrace/contract';
import { FaultProxy } from '../fault-proxy.ts';
import { freePort } from '../free-port.ts';
import type { ConnectorSuiteOptions, SuiteTarget } from './options.ts';
import { SinkDriver } from './sink-driver.ts';

/** One suite while it runs: the target, a proxy in front of it when it has a port, and record numbers. */
export class SuiteBench<T extends SuiteTarget> implements AsyncDisposable {
  readonly definition: ConnectorDefinition;
  readonly options: ConnectorSuiteOptions<T>;
  readonly target: T;
  readonly proxy: FaultProxy | undefined;
  #lastNumber = 0;

  private constructor(
    definition: ConnectorDefinition,
    options: ConnectorSuiteOptions<T>,
    target: T,
    proxy?: FaultProxy,
  ) {
    this.definition = definition;
    this.options = options;
    this.target = target;
    this.proxy = proxy;
  }

  static async start<T extends SuiteTarget>(
    definition: ConnectorDefinition,
    options: ConnectorSuiteOptions<T>,
  ): Promise<SuiteBench<T>> {
    const target = await options.start();
    const proxy = target.port === undefined ? undefined : await FaultProxy.start({ target: { port: target.port } });
    return new SuiteBench(definition, options, target, proxy);
  }

  /** The connector's config through the proxy, where there is one. */
  get connector(): object {
    return this.options.connector(this.target, this.proxy?.port ?? this.target.port);
  }

  get parameters(): object {
    return this.options.parameters(this.target);
  }

  driver(connector: object = this.connector): SinkDriver {
    return new SinkDriver(this.definition, { connector, parameters: this.parameters });
  }

  async awayConnector(): Promise<object> {
    return this.options.awayConnector?.(this.target) ?? this.options.connector(this.target, await freePort());
  }

  /** Fresh record numbers. */
  numbers(count: number): readonly number[] {
    const first = this.#lastNumber + 1;
    this.#lastNumber += count;
    return Array.from({ length: count }, (_, index) => first + index);
  }

  /** Which of these numbers are in the system, in its order. */
  async found(numbers: readonly number[]): Promise<readonly number[]> {
    const wanted = new Set(numbers);
    return (await this.options.readBack(this.target)).filter((number) => wanted.has(number));
  }

  /** The system stands still until the answer is disposed of. */
  async block(): Promise<AsyncDisposable> {
    if (this.options.block !== undefined) return await this.options.block(this.target);
    const { proxy } = this;
    if (proxy === undefined) throw new Error('an embedded system needs the option `block`');
    await proxy.set({ kind: 'stall' });
    return { [Symbol.asyncDispose]: () => proxy.set({ kind: 'pass' }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy?.[Symbol.asyncDispose]();
    await this.target[Symbol.asyncDispose]();
  }
}

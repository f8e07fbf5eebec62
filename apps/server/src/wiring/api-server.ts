import type { AddressInfo } from 'node:net';
import { type Config, formatBind } from '@millrace/config';
import { type ApiPorts, createApi } from '@millrace/rest-api';

type Api = Awaited<ReturnType<typeof createApi>>;

/** The REST API on the dashboard's listener. */
export class ApiServer {
  readonly #api: Api;
  /** `host:port`; empty when the listener is off. */
  readonly address: string;

  private constructor(api: Api, address: string) {
    this.#api = api;
    this.address = address;
  }

  static async open(ports: ApiPorts, { listeners: { http } }: Config['dashboard']): Promise<ApiServer> {
    const api = await createApi(ports);
    // Port 0 lets the system choose, as everywhere; a listener is switched off with `enable = false`.
    if (!http.enable) return new ApiServer(api, '');
    await api.listen({ host: http.bind.host, port: http.bind.port, backlog: http.backlog });
    const { address, port } = api.server.address() as AddressInfo;
    return new ApiServer(api, formatBind({ host: address, port }));
  }

  /** Base address for programs on this machine. */
  get localUrl(): string {
    return `http://${this.address.replace(/^(0\.0\.0\.0|\[::\])/, '127.0.0.1')}`;
  }

  async close(): Promise<void> {
    await this.#api.close();
  }
}

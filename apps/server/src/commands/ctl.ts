import { Command } from 'commander';
import { ControlClient, ControlError } from './ctl-client.ts';
import { formatTable } from './table.ts';

interface CtlOptions {
  readonly data: string;
  readonly url?: string;
  readonly json?: boolean;
}

/** `millrace ctl …`: what an operator asks a running node, over the REST API. */
export function ctlCommand(print: (text: string) => void): Command {
  const ctl = new Command('ctl')
    .description('ask and steer a running node over its REST API')
    .option('--data <dir>', 'data directory of the node', 'data')
    .option('--url <url>', 'address of the API of another node, with MILLRACE_API_KEY=key:secret')
    .option('--json', 'print JSON for scripts');

  /** Runs one command with a client and prints its answer as a table or as JSON. */
  const run = async (work: (client: ControlClient) => Promise<Answer>) => {
    const options = ctl.opts<CtlOptions>();
    const answer = await work(clientFor(options));
    print(options.json === true ? `${JSON.stringify(answer.json ?? null, null, 2)}\n` : answer.text());
  };

  ctl
    .command('status')
    .description('node, uptime, connections')
    .action(() => run(status));
  resourceCommands(ctl, run, 'connectors', listConnectors);
  resourceCommands(ctl, run, 'actions', listActions);
  ruleCommands(ctl, run);
  return ctl;
}

interface Answer {
  readonly json: unknown;
  text(): string;
}

type Run = (work: (client: ControlClient) => Promise<Answer>) => Promise<void>;

function clientFor(options: CtlOptions): ControlClient {
  if (options.url === undefined) return ControlClient.forDataDirectory(options.data);
  const [key = '', secret = ''] = (process.env['MILLRACE_API_KEY'] ?? '').split(/:(.*)/s);
  if (secret === '') throw new ControlError('--url needs an API key in the variable MILLRACE_API_KEY=key:secret');
  return new ControlClient({ url: options.url.replace(/\/+$/, ''), key, secret });
}

async function status(client: ControlClient): Promise<Answer> {
  const nodes = await client.get<readonly NodeRow[]>('/nodes');
  return {
    json: nodes,
    text: () =>
      formatTable(
        ['NODE', 'STATUS', 'VERSION', 'UPTIME', 'CONNECTIONS'],
        nodes.map((node) => [node.node, node.node_status, node.version, uptimeText(node.uptime), node.connections]),
      ),
  };
}

async function listConnectors(client: ControlClient): Promise<Answer> {
  const connectors = await client.get<readonly ResourceRow[]>('/connectors');
  return {
    json: connectors,
    text: () =>
      formatTable(
        ['CONNECTOR', 'STATUS', 'ACTIONS', 'REASON'],
        connectors.map((row) => [idOf(row), row.status, (row.actions ?? []).length, row.status_reason ?? '']),
      ),
  };
}

async function listActions(client: ControlClient): Promise<Answer> {
  const actions = await client.get<readonly ResourceRow[]>('/actions');
  const rows = await Promise.all(
    actions.map(async (row) => ({ ...row, metrics: await metricsOf(client, 'actions', idOf(row)) })),
  );
  return {
    json: rows,
    text: () =>
      formatTable(
        ['ACTION', 'STATUS', 'MATCHED', 'SUCCESS', 'FAILED', 'DROPPED', 'QUEUING', 'INFLIGHT', 'RETRIED', 'REASON'],
        rows.map((row) => [
          idOf(row),
          row.status,
          ...['matched', 'success', 'failed', 'dropped', 'queuing', 'inflight', 'retried'].map(
            (name) => row.metrics[name] ?? 0,
          ),
          row.status_reason ?? '',
        ]),
      ),
  };
}

async function listRules(client: ControlClient): Promise<Answer> {
  const { data } = await client.get<{ readonly data: readonly RuleRow[] }>('/rules?limit=10000');
  const rows = await Promise.all(
    data.map(async (row) => ({ ...row, metrics: await metricsOf(client, 'rules', row.id) })),
  );
  return {
    json: rows,
    text: () =>
      formatTable(
        ['RULE', 'ENABLED', 'FROM', 'MATCHED', 'PASSED', 'NO RESULT', 'EXCEPTION', 'ACTIONS OK', 'ACTIONS FAILED'],
        rows.map((row) => [
          row.id,
          row.enable ? 'yes' : 'no',
          row.from.join(', '),
          ...['matched', 'passed', 'failed.no_result', 'failed.exception', 'actions.success', 'actions.failed'].map(
            (name) => row.metrics[name] ?? 0,
          ),
        ]),
      ),
  };
}

async function metricsOf(client: ControlClient, kind: string, id: string): Promise<Record<string, number>> {
  return (await client.get<{ readonly metrics: Record<string, number> }>(`/${kind}/${encodeURIComponent(id)}/metrics`))
    .metrics;
}

function resourceCommands(
  ctl: Command,
  run: Run,
  kind: 'connectors' | 'actions',
  list: (client: ControlClient) => Promise<Answer>,
): void {
  const group = ctl
    .command(kind)
    .description(`list ${kind}, or start, stop, enable, disable one`)
    .action(() => run(list));
  const steer = (verb: string, path: (id: string) => string, method: 'post' | 'put') =>
    group
      .command(`${verb} <id>`)
      .description(`${verb} one, named TYPE:NAME`)
      .action((id: string) =>
        run(async (client) => done(await client[method](path(encodeURIComponent(id))), `${verb} ${id}: done`)),
      );
  steer('start', (id) => `/${kind}/${id}/start`, 'post');
  if (kind === 'connectors') {
    steer('stop', (id) => `/${kind}/${id}/stop`, 'post');
    steer('restart', (id) => `/${kind}/${id}/restart`, 'post');
  }
  steer('enable', (id) => `/${kind}/${id}/enable/true`, 'put');
  steer('disable', (id) => `/${kind}/${id}/enable/false`, 'put');
  showCommand(group, run, kind);
}

function ruleCommands(ctl: Command, run: Run): void {
  const group = ctl
    .command('rules')
    .description('list rules with their counters, or enable, disable one')
    .action(() => run(listRules));
  for (const [verb, enable] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    group
      .command(`${verb} <id>`)
      .description(`${verb} one`)
      .action((id: string) =>
        run(async (client) =>
          done(await client.put(`/rules/${encodeURIComponent(id)}`, { enable }), `${verb} ${id}: done`),
        ),
      );
  }
  showCommand(group, run, 'rules');
}

function showCommand(group: Command, run: Run, kind: string): void {
  group
    .command('show <id>')
    .description('everything about one, as JSON')
    .action((id: string) =>
      run(async (client) => {
        const json = await client.get(`/${kind}/${encodeURIComponent(id)}`);
        return { json, text: () => `${JSON.stringify(json, null, 2)}\n` };
      }),
    );
}

function done(json: unknown, text: string): Answer {
  return { json: json ?? { ok: true }, text: () => `${text}\n` };
}

function idOf(row: ResourceRow): string {
  return `${row.type}:${row.name}`;
}

function uptimeText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  return `${hours}h ${Math.floor((seconds % 3600) / 60)}m ${seconds % 60}s`;
}

interface NodeRow {
  readonly node: string;
  readonly node_status: string;
  readonly version: string;
  readonly uptime: number;
  readonly connections: number;
}

interface ResourceRow {
  readonly type: string;
  readonly name: string;
  readonly status: string;
  readonly status_reason?: string;
  readonly actions?: readonly string[];
}

interface RuleRow {
  readonly id: string;
  readonly enable: boolean;
  readonly from: readonly string[];
}

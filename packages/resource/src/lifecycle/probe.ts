import type { ConnectorDefinition, Link, LinkContext, Sink } from '@millrace/contract';

/** Connects and checks a throw-away link, runs `work` on it, and closes it whatever happens. */
export async function probeLink(
  definition: ConnectorDefinition,
  config: unknown,
  context: Omit<LinkContext, 'id' | 'lost'>,
  signal: AbortSignal,
  work?: (link: Link, id: string) => Promise<void>,
): Promise<void> {
  const id = `connector:${definition.type}:PROBE_${randomName()}`;
  const link = definition.open(config, { ...context, id, lost: () => undefined });
  try {
    await link.connect(signal);
    await link.check(signal);
    await work?.(link, id);
  } finally {
    await link.close();
  }
}

export async function probeSink(sink: Sink, signal: AbortSignal): Promise<void> {
  try {
    await sink.prepare?.(signal);
    await sink.check?.(signal);
  } finally {
    await sink.close?.();
  }
}

function randomName(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 8);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ConnectorDefinition, resourceOptions } from '@millrace/contract';
import type { ConnectorSuiteOptions, SuiteTarget } from './options.ts';

const COMMON_FIELDS = new Set(['enable', 'description', 'tags', 'connector', 'resource_opts', 'fallback_actions']);

interface Named {
  readonly [name: string]: Readonly<Record<string, unknown>>;
}

/** What users copy must work: every `hocon` block of the README is read with the connector's own schemas. */
export function readmeTests<T extends SuiteTarget>(
  definition: ConnectorDefinition,
  options: ConnectorSuiteOptions<T>,
): void {
  test('the examples of the README are valid', () => {
    const blocks = [...readFileSync(options.readme, 'utf8').matchAll(/^```hocon\n([^]*?)^```/gm)].map(
      (found) => found[1] ?? '',
    );
    assert.ok(blocks.length > 0, 'the README shows no configuration');

    for (const block of blocks) validate(definition, options.parseHocon(block));
  });
}

function validate(definition: ConnectorDefinition, config: unknown): void {
  for (const connector of Object.values(section(config, 'connectors', definition.type))) {
    resourceOptions().parse(connector['resource_opts'] ?? {});
    definition.config.parse(Object.fromEntries(Object.entries(connector).filter(([name]) => !COMMON_FIELDS.has(name))));
  }
  for (const action of Object.values(section(config, 'actions', definition.type))) {
    resourceOptions().parse(action['resource_opts'] ?? {});
    definition.sink?.parameters.parse(action['parameters'] ?? {});
  }
  for (const source of Object.values(section(config, 'sources', definition.type))) {
    definition.source?.parameters.parse(source['parameters'] ?? {});
  }
}

function section(config: unknown, root: string, type: string): Named {
  return (config as Readonly<Record<string, Readonly<Record<string, Named>>>>)[root]?.[type] ?? {};
}

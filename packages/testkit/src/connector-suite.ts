import { after, before, describe } from 'node:test';
import type { ConnectorDefinition } from '@millrace/contract';
import { SuiteBench } from './suite/bench.ts';
import { deliveryTests } from './suite/delivery-tests.ts';
import { linkTests } from './suite/link-tests.ts';
import type { Capability, ConnectorSuiteOptions, SuiteTarget } from './suite/options.ts';
import { readmeTests } from './suite/readme-tests.ts';

/**
 * Declares the tests that every connector with a sink passes against its real system. What a connector cannot do is
 * said in `cannot`, with the reason, and shows as skipped.
 */
export function testConnector<T extends SuiteTarget>(
  definition: ConnectorDefinition,
  options: ConnectorSuiteOptions<T>,
): void {
  describe(`${definition.title} connector`, () => {
    let bench: SuiteBench<T>;
    before(async () => {
      bench = await SuiteBench.start(definition, options);
    });
    after(() => bench[Symbol.asyncDispose]());
    const skip = (capability: Capability): { skip?: string } => {
      const reason = options.cannot?.[capability];
      return reason === undefined ? {} : { skip: `cannot ${capability} (${definition.title}): ${reason}` };
    };

    linkTests(() => bench, skip);
    deliveryTests(() => bench, skip);
    readmeTests(definition, options);
  });
}

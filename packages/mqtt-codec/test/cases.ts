import type { Case } from './case.ts';
import { connackCases, connectCases } from './connect-cases.ts';
import { acknowledgementCases, publishCases } from './publish-cases.ts';
import { sessionCases } from './session-cases.ts';
import { subscribeCases, unsubscribeCases } from './subscription-cases.ts';

/** Every packet, version and property. */
export const CASES: readonly Case[] = [
  ...connectCases(),
  ...connackCases(),
  ...publishCases(),
  ...acknowledgementCases(),
  ...subscribeCases(),
  ...unsubscribeCases(),
  ...sessionCases(),
];

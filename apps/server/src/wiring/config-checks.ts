import type { ConfigCheck } from '@millrace/config';
import { checkRule, type RuleConfig } from '@millrace/rules';

/** Rules whose SQL or actions cannot be used. */
export const checkRules: ConfigCheck = (config) =>
  Object.entries(config.rule_engine.rules).flatMap(([id, rule]) =>
    checkRule(rule as RuleConfig).map(({ path, reason }) => ({ path: ['rule_engine', 'rules', id, ...path], reason })),
  );

/**
 * Authenticators that this release does not run. A node that ignored them would let everyone in, so it does not start.
 */
export const checkAuthentication: ConfigCheck = ({ authentication, authorization }) => {
  const chain = Array.isArray(authentication) ? authentication : [authentication];
  const authenticators = chain.flatMap((authenticator, index) =>
    authenticator.enable ? [{ path: ['authentication', String(index + 1)], reason: NO_AUTHENTICATOR }] : [],
  );
  const denies =
    authorization.no_match === 'deny' ? [{ path: ['authorization', 'no_match'], reason: NO_AUTHORIZATION }] : [];
  return [...authenticators, ...denies];
};

const NO_AUTHENTICATOR =
  'this release has no authenticators yet, and ignoring one would let everyone in; remove it (or set enable = false) and keep listeners on loopback';
const NO_AUTHORIZATION =
  'this release has no authorization sources yet, and ignoring them would allow everything; remove this line';

import { type ApiClock, systemClock } from '../ports.ts';
import { ApiKeyStore } from './api-key-store.ts';
import { TokenStore } from './token-store.ts';
import { UserStore } from './user-store.ts';

export interface AccountsOptions {
  /** Users, API keys and tokens are kept below this directory, readable by their owner only. */
  readonly dataDir: string;
  readonly defaultUsername?: string;
  /** Without it the first password is random; see `UserStore.initialPasswordFile`. */
  readonly defaultPassword?: string | undefined;
  /** Life of a token without use. */
  readonly tokenLifetimeMs?: number;
  /** File of `key:secret[:role]` lines, read now. */
  readonly apiKeyBootstrapFile?: string | undefined;
  readonly clock?: ApiClock;
}

/** Who may use the API: dashboard users, their logins, and API keys. */
export class Accounts {
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly apiKeys: ApiKeyStore;

  private constructor(users: UserStore, tokens: TokenStore, apiKeys: ApiKeyStore) {
    this.users = users;
    this.tokens = tokens;
    this.apiKeys = apiKeys;
  }

  static async open(options: AccountsOptions): Promise<Accounts> {
    const {
      dataDir,
      defaultUsername = 'admin',
      defaultPassword,
      tokenLifetimeMs = 3_600_000,
      clock = systemClock,
    } = options;
    const users = await UserStore.open({ dataDir, defaultUsername, defaultPassword });
    const apiKeys = new ApiKeyStore({ dataDir, clock });
    if (options.apiKeyBootstrapFile !== undefined) apiKeys.bootstrap(options.apiKeyBootstrapFile);
    return new Accounts(users, new TokenStore({ dataDir, lifetimeMs: tokenLifetimeMs, clock }), apiKeys);
  }
}

import type { ConfigError } from '../config-error.ts';
import { type Bind, formatBind } from '../schema/fields.ts';
import type { Config } from '../schema/root-schema.ts';

type Listeners = Config['listeners'];
type Listener = Listeners['tcp'][string];
type Place = (path: readonly string[]) => Pick<ConfigError, 'origin' | 'path'>;

const TYPES = ['tcp', 'ssl', 'ws', 'wss'] as const;
const EVERY_ADDRESS = '0.0.0.0';
const LOOPBACK = '127.0.0.1';

/** True when at least one authenticator is switched on. */
export function hasAuthentication(authentication: Config['authentication']): boolean {
  return authentication.some(({ enable }) => enable);
}

/**
 * Gives listeners that name only a port their address, loopback while clients need not authenticate and nobody said that
 * this is intended, and switches off those that lack the certificate they need.
 */
export function finishListeners(listeners: Listeners, isAuthenticated: boolean): Listeners {
  const finished: Record<string, unknown> = { ...listeners };
  for (const type of TYPES) {
    const entries = Object.entries<Listener>(listeners[type]).map(([name, listener]) => {
      const bind = withAddress(listener.bind, isAuthenticated || listener.enable_authn === false);
      return [name, { ...listener, bind, enable: listener.enable && !lacksCertificate(type, listener) }];
    });
    finished[type] = Object.fromEntries(entries);
  }
  return finished as Listeners;
}

/** The dashboard asks everyone to log in, so it may listen on every address. */
export function finishDashboard(dashboard: Config['dashboard']): Config['dashboard'] {
  const { http, https } = dashboard.listeners;
  const isHttps = https.enable && https.ssl_options.certfile !== undefined;
  const listeners = {
    http: { ...http, bind: withAddress(http.bind, true) },
    https: { ...https, bind: withAddress(https.bind, true), enable: isHttps },
  };
  return { ...dashboard, listeners };
}

/** TLS listeners that stay closed because they have no certificate, although nobody has switched them off. */
export function closedListeners(listeners: Listeners, isSwitchedOff: (path: readonly string[]) => boolean): string[] {
  return TYPES.flatMap((type) =>
    Object.entries<Listener>(listeners[type])
      .filter(([name, listener]) => lacksCertificate(type, listener) && !isSwitchedOff(['listeners', type, name]))
      .map(([name]) => `listeners.${type}.${name}`),
  );
}

/** Mistakes that only show between listeners and the rest of the configuration. */
export function checkListeners(
  listeners: Listeners,
  zones: Config['zones'],
  isAuthenticated: boolean,
  place: Place,
): ConfigError[] {
  const errors: ConfigError[] = [];
  const taken = new Map<string, string>();
  for (const { path, listener } of openListeners(listeners)) {
    const at = (field: string) => place([...path, field]);
    if (!isAuthenticated && listener.enable_authn !== false && isExposed(listener.bind)) {
      errors.push({ ...at('bind'), reason: exposed(listener.bind) });
    }
    if (listener.zone !== 'default' && !Object.hasOwn(zones, listener.zone)) {
      errors.push({
        ...at('zone'),
        reason: `there is no zone "${listener.zone}"; define zones.${listener.zone}, or remove this line`,
      });
    }
    const address = formatBind(listener.bind);
    const other = listener.bind.port === 0 ? undefined : taken.get(address);
    if (other !== undefined)
      errors.push({ ...at('bind'), reason: `${address} is also the address of ${other}; choose another port` });
    taken.set(address, path.join('.'));
  }
  return errors;
}

function openListeners(listeners: Listeners): { path: readonly string[]; listener: Listener }[] {
  return TYPES.flatMap((type) =>
    Object.entries<Listener>(listeners[type])
      .filter(([, listener]) => listener.enable && !lacksCertificate(type, listener))
      .map(([name, listener]) => ({ path: ['listeners', type, name], listener })),
  );
}

function exposed(bind: Bind): string {
  return (
    `would let anyone on the network in: it listens on ${formatBind(bind)} and no authentication is configured; ` +
    'configure authentication, bind it to 127.0.0.1, or set enable_authn = false to allow anonymous clients'
  );
}

function withAddress(bind: Bind, isOpen: boolean): Bind {
  return bind.host === '' ? { host: isOpen ? EVERY_ADDRESS : LOOPBACK, port: bind.port } : bind;
}

/** A bind without address is no exposure: it follows the authentication. */
function isExposed({ host }: Bind): boolean {
  return host !== '' && host !== 'localhost' && host !== '::1' && !/^(::ffff:)?127\./.test(host);
}

function lacksCertificate(type: (typeof TYPES)[number], listener: Listener): boolean {
  if (type !== 'ssl' && type !== 'wss') return false;
  const { certfile, keyfile } = (listener as Listeners['ssl'][string]).ssl_options;
  return certfile === undefined || keyfile === undefined;
}

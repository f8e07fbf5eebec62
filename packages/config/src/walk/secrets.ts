import { mapScalars, type TextPlace } from './map-texts.ts';
import { isLoose, memberOf, metaOf, type Schema } from './schema-walk.ts';

/** Stands for a secret in every answer; sent back, it means "unchanged". */
export const MASK = '******';

/** Names that hold secrets where no schema says so: in maps, and in roots that are kept without an implementation. */
const SECRET_NAME =
  /^(password|passwd|secret|token|jwt|cookie|authorization|proxy-authorization|account_key|api_key|private_key|secret_(access_)?key|.*[_-](password|secret|secret_key|secret_access_key|token))$/i;

/** The value with its secrets masked. References to files stay readable: they are no secrets. */
export function maskSecrets(schema: Schema, value: unknown): unknown {
  return mapScalars(schema, value, (scalar, place) => (isSecret(place) && !isOpen(scalar) ? MASK : scalar));
}

/** The value with every mask replaced by what is stored at the same place; `onMissing` hears of masks that hide nothing. */
export function unmaskSecrets(
  schema: Schema,
  value: unknown,
  stored: unknown,
  onMissing: (path: readonly string[]) => void,
): unknown {
  return mapScalars(schema, value, (scalar, place) => {
    if (scalar !== MASK || !isSecret(place)) return scalar;
    const kept = place.path.reduce<unknown>(memberOf, stored);
    if (kept === undefined) onMissing(place.path);
    return kept ?? scalar;
  });
}

function isSecret({ schema, key, isFreeName }: TextPlace): boolean {
  const { format, writeOnly } = metaOf(schema);
  return format === 'password' || writeOnly === true || ((isFreeName || isLoose(schema)) && SECRET_NAME.test(key));
}

function isOpen(scalar: string | number): boolean {
  return scalar === '' || (typeof scalar === 'string' && scalar.startsWith('file://'));
}

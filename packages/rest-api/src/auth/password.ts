import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const SCHEME = 'scrypt';
const KEY_BYTES = 32;
/** About 50 ms and 16 MiB for each check: cheap for a login, dear for somebody who guesses. */
const COST = 16_384;

/** `scrypt$cost$salt$key`, salt and key in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return [SCHEME, COST, salt.toString('base64'), key.toString('base64')].join('$');
}

/** Takes as long for a user that does not exist (`undefined`) as for one that does. */
export async function passwordMatches(password: string, hash: string | undefined): Promise<boolean> {
  const [scheme, cost, salt, key] = (hash ?? `${SCHEME}$${COST}$AAAA$`).split('$');
  if (scheme !== SCHEME || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), Number(cost));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** What is wrong with a new password, or undefined when it is good. */
export function passwordProblem(password: string): string | undefined {
  if (password.length < 8 || password.length > 64) return 'The range of password length is 8~64';
  if (!/^[\x21-\x7e]+$/.test(password)) return 'only ascii characters are allowed in the password';
  const kinds = [/[A-Za-z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length;
  return kinds >= 2 ? undefined : 'must contain at least two of letters, numbers, and special characters';
}

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N: cost, r: 8, p: 1 }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

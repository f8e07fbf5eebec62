/** Levels of arrays and objects that a JSON text may nest; recursive code downstream relies on it. */
export const MAX_DEPTH = 512;
/** Up to this length a decimal number is told from every other by its JavaScript value. */
const SAFE_LENGTH = 15;

/**
 * True when JavaScript's own JSON parser must not read this text: it would change a number or lose its kind (integral
 * with a point, with an exponent, the integer -0, more than fifteen digits), or the text nests too deep. One pass; what
 * stands inside strings is skipped. May say true without need for a text that is not JSON.
 */
export function needsPreciseParser(text: string): boolean {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
    } else if (isDigit(code) || code === 0x2d) {
      const end = endOfNumber(text, at);
      if (isDelicate(text, at, end)) return true;
      at = end;
    } else {
      if (code === 0x5b || code === 0x7b) depth += 1;
      else if (code === 0x5d || code === 0x7d) depth -= 1;
      if (depth > MAX_DEPTH) return true;
      at += 1;
    }
  }
  return false;
}

/** The place behind the closing quote. */
function endOfString(text: string, opening: number): number {
  let closing = text.indexOf('"', opening + 1);
  while (closing !== -1 && isEscaped(text, closing)) closing = text.indexOf('"', closing + 1);
  return closing === -1 ? text.length : closing + 1;
}

/** True when an odd number of backslashes stands before the place. */
function isEscaped(text: string, place: number): boolean {
  let start = place;
  while (text.charCodeAt(start - 1) === 0x5c) start -= 1;
  return (place - start) % 2 === 1;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isNumberPart(text.charCodeAt(at))) at += 1;
  return at;
}

function isDelicate(text: string, start: number, end: number): boolean {
  if (end - start > SAFE_LENGTH) return true;
  // -0 is two characters, -0.5 is more.
  if (text.charCodeAt(start) === 0x2d && end - start === 2) return text.charCodeAt(start + 1) === 0x30;
  let isIntegral = true;
  for (let at = end - 1; at > start; at -= 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) return isIntegral;
    if (!isDigit(code)) return true;
    if (code !== 0x30) isIntegral = false;
  }
  return false;
}

/** Digits, point, exponent letter, signs. */
function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

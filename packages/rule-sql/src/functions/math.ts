import { Float, integerOf, isInteger, type Value } from '@millrace/values';
import { ARITHMETIC, finite, negate, toNumber } from '../evaluate/arithmetic.ts';
import { inOrder } from '../evaluate/compare.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { any, number } from './params.ts';

const define = familyOf('math');

/** Functions from a number to a float; outside their domain they fail. */
const FLOAT_FUNCTIONS: readonly (readonly [string, (x: number) => number, string, string, string])[] = [
  ['sqrt', Math.sqrt, 'Square root', '9', '3.0'],
  ['exp', Math.exp, 'e to the power of x', '0', '1.0'],
  ['log', Math.log, 'Natural logarithm', '1', '0.0'],
  ['log10', Math.log10, 'Logarithm to base 10', '1000', '3.0'],
  ['log2', Math.log2, 'Logarithm to base 2', '8', '3.0'],
  ['sin', Math.sin, 'Sine of an angle in radians', '0', '0.0'],
  ['cos', Math.cos, 'Cosine of an angle in radians', '0', '1.0'],
  ['tan', Math.tan, 'Tangent of an angle in radians', '0', '0.0'],
  ['asin', Math.asin, 'Inverse sine, in radians', '0', '0.0'],
  ['acos', Math.acos, 'Inverse cosine, in radians', '1', '0.0'],
  ['atan', Math.atan, 'Inverse tangent, in radians', '0', '0.0'],
  ['sinh', Math.sinh, 'Hyperbolic sine', '0', '0.0'],
  ['cosh', Math.cosh, 'Hyperbolic cosine', '0', '1.0'],
  ['tanh', Math.tanh, 'Hyperbolic tangent', '0', '0.0'],
  ['asinh', Math.asinh, 'Inverse hyperbolic sine', '0', '0.0'],
  ['acosh', Math.acosh, 'Inverse hyperbolic cosine', '1', '0.0'],
  ['atanh', Math.atanh, 'Inverse hyperbolic tangent', '0', '0.0'],
];

const floatFunctions = FLOAT_FUNCTIONS.map(([name, compute, summary, argument, result]) =>
  define({
    signature: `${name}(x)`,
    summary: `${summary}, as a float.`,
    examples: [[`${name}(${argument})`, result]],
    params: [number],
    run: ([x]) => finite(compute(toNumber(x))),
  }),
);

export const mathFunctions: readonly SqlFunction[] = [
  define({
    signature: 'abs(x)',
    summary: 'Absolute value; an integer of an integer, a float of a float.',
    examples: [
      ['abs(-3)', '3'],
      ['abs(-1.5)', '1.5'],
    ],
    params: [number],
    run: ([x]) => (Number(x instanceof Float ? x.value : x) < 0 ? negate(x) : x),
  }),
  define({
    signature: 'ceil(x)',
    summary: 'Smallest integer that is not less.',
    examples: [['ceil(1.2)', '2']],
    params: [number],
    run: ([x]) => toInteger(x, Math.ceil),
  }),
  define({
    signature: 'floor(x)',
    summary: 'Largest integer that is not greater.',
    examples: [['floor(-1.2)', '-2']],
    params: [number],
    run: ([x]) => toInteger(x, Math.floor),
  }),
  define({
    signature: 'round(x)',
    summary: 'Nearest integer; halves go away from zero.',
    examples: [
      ['round(2.5)', '3'],
      ['round(-2.5)', '-3'],
    ],
    params: [number],
    run: ([x]) => toInteger(x, roundAway),
  }),
  ...floatFunctions,
  define({
    signature: 'power(x, y)',
    summary: 'x to the power of y, as a float.',
    examples: [['power(2, 10)', '1024.0']],
    params: [number, number],
    run: ([x, y]) => finite(toNumber(x) ** toNumber(y)),
  }),
  define({
    signature: 'fmod(x, y)',
    summary: 'Remainder of floats, with the sign of x.',
    examples: [['fmod(-7, 2.5)', '-2.0']],
    params: [number, number],
    run: ([x, y]) => finite(toNumber(x) % toNumber(y)),
  }),
  define({
    signature: 'random()',
    summary: 'Random float, at least 0 and less than 1.',
    examples: [],
    params: [],
    run: () => finite(Math.random()),
  }),
  define({
    signature: 'div(a, b)',
    summary: 'Quotient of integers, truncated toward zero.',
    examples: [['div(-7, 2)', '-3']],
    params: [any, any],
    run: ([a, b]) => ARITHMETIC.div(a, b),
  }),
  define({
    signature: 'mod(a, b)',
    summary: 'Remainder of integers, with the sign of a.',
    examples: [['mod(-7, 2)', '-1']],
    params: [any, any],
    run: ([a, b]) => ARITHMETIC.mod(a, b),
  }),
  define({
    signature: 'eq(a, b)',
    summary: 'True when the values are equal; numbers by value, strings never equal numbers.',
    examples: [
      ['eq(1, 1.0)', 'true'],
      ["eq(1, '1')", 'false'],
    ],
    params: [any, any],
    run: ([a, b]) => inOrder(a, b) === 0,
  }),
];

/** The integer that a rounding gives, exact at any size. */
export function toInteger(x: number | bigint | Float, rounding: (x: number) => number): Value {
  if (isInteger(x)) return x;
  const rounded = rounding(x instanceof Float ? x.value : Number(x));
  return Number.isFinite(rounded) ? integerOf(BigInt(rounded)) : refuse('the number has no integer part');
}

/** Adding a half would round up the largest float below a half. */
function roundAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

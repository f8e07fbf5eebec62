import { isSame } from '../evaluate/compare.ts';
import { familyOf, refuse } from './define.ts';
import type { SqlFunction } from './function.ts';
import { any, array, smallInteger } from './params.ts';

const define = familyOf('array');

export const arrayFunctions: readonly SqlFunction[] = [
  define({
    signature: 'nth(n, array)',
    summary: 'Element at a position, which counts from 1; outside the array it fails.',
    examples: [["nth(2, ['a', 'b'])", '"b"']],
    params: [smallInteger, array],
    run: ([n, list]) => (n >= 1 && n <= list.length ? list[n - 1] : refuse('nth is outside the array')),
  }),
  define({
    signature: 'length(array)',
    summary: 'Number of elements.',
    examples: [['length([1, 2])', '2']],
    params: [array],
    run: ([list]) => list.length,
  }),
  define({
    signature: 'first(array)',
    summary: 'First element; of an empty array it fails.',
    examples: [['first([1, 2])', '1']],
    params: [array],
    run: ([list]) => (list.length > 0 ? list[0] : refuse('first of an empty array')),
  }),
  define({
    signature: 'last(array)',
    summary: 'Last element; of an empty array it fails.',
    examples: [['last([1, 2])', '2']],
    params: [array],
    run: ([list]) => (list.length > 0 ? list.at(-1) : refuse('last of an empty array')),
  }),
  define({
    signature: 'sublist(length, array)',
    summary: 'The first elements.',
    examples: [['sublist(2, [1, 2, 3])', '[1,2]']],
    params: [smallInteger, array],
    run: ([length, list]) =>
      length >= 0 ? list.slice(0, length) : refuse('sublist takes a length that is not negative'),
  }),
  define({
    signature: 'sublist(start, length, array)',
    summary: 'Elements from a position, which counts from 1.',
    examples: [['sublist(2, 2, [1, 2, 3, 4])', '[2,3]']],
    params: [smallInteger, smallInteger, array],
    run: ([start, length, list]) =>
      start >= 1 && length >= 0
        ? list.slice(start - 1, start - 1 + length)
        : refuse('sublist takes a start from 1 and a length'),
  }),
  define({
    signature: 'contains(x, array)',
    summary: 'True when an element is exactly x; integer 2 is not float 2.0.',
    examples: [
      ['contains(2, [1, 2])', 'true'],
      ['contains(2.0, [1, 2])', 'false'],
    ],
    params: [any, array],
    run: ([x, list]) => list.some((element) => isSame(element, x)),
  }),
];

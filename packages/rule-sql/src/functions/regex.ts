import { regexOf } from '../evaluate/regex.ts';
import { limited } from '../evaluate/text.ts';
import { familyOf } from './define.ts';
import type { SqlFunction } from './function.ts';
import { bytes, text } from './params.ts';

const define = familyOf('string');

export const regexFunctions: readonly SqlFunction[] = [
  define({
    signature: 'regex_match(s, pattern)',
    summary: 'True when the regular expression matches somewhere.',
    examples: [
      ["regex_match('device-42', '^device-[0-9]+$')", 'true'],
      ["regex_match('ABC', '(?i)b')", 'true'],
    ],
    params: [bytes, text],
    run: ([s, pattern]) => regexOf(pattern).test(s),
  }),
  define({
    signature: 'regex_replace(s, pattern, replacement)',
    summary: 'Text with every match replaced; & stands for the match, \\1 for its first group.',
    examples: [
      ["regex_replace('a1b22', '[0-9]+', '<&>')", '"a<1>b<22>"'],
      ["regex_replace('ab', '(a)(b)', '\\2\\1')", '"ba"'],
    ],
    params: [bytes, text, bytes],
    run: ([s, pattern, replacement]) => limited(regexOf(pattern).replace(s, replacement)),
  }),
  define({
    signature: 'regex_extract(s, pattern)',
    summary: 'Groups of the first match, as an array of strings.',
    examples: [["regex_extract('id:42,x', '(\\w+):(\\d+)')", '["id","42"]']],
    params: [bytes, text],
    run: ([s, pattern]) => {
      const groups = regexOf(pattern).groups(s) ?? [];
      const last = groups.findLastIndex((group) => group !== undefined);
      return groups.slice(0, last + 1).map((group) => group ?? '');
    },
  }),
];

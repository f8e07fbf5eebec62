import { isText, textOf, type Value } from '@millrace/values';
import { familyOf, refuseArgument } from './define.ts';
import type { SqlFunction } from './function.ts';
import { array, text } from './params.ts';
import { sprintf } from './sprintf.ts';

const define = familyOf('string');

export const formattingFunctions: readonly SqlFunction[] = [
  {
    name: 'sprintf',
    family: 'string',
    arity: { min: 1, max: Number.POSITIVE_INFINITY },
    signature: 'sprintf(format, a1, …)',
    summary:
      'Text from a format: ~s string, ~p any value, ~b integer, ~f ~e ~g float, ~c character, ~n line end, ~~ tilde.',
    examples: [
      { sql: "sprintf('~s has ~b%', 'lock', 7)", result: '"lock has 7%"' },
      { sql: "sprintf('~5..0B', 42)", result: '"00042"' },
      { sql: "sprintf('~.2f', 3.14159)", result: '"3.14"' },
    ],
    call: (args) => sprintf(formatOf(args), args.slice(1)),
  },
  define({
    signature: 'sprintf_s(format, array)',
    summary: 'The same as sprintf, with the arguments in an array.',
    examples: [["sprintf_s('~s-~s', ['a', 'b'])", '"a-b"']],
    params: [text, array],
    run: ([format, args]) => sprintf(format, args),
  }),
];

function formatOf(args: readonly Value[]): string {
  const [format] = args;
  return isText(format) ? textOf(format) : refuseArgument('sprintf', args, 0, 'a string');
}

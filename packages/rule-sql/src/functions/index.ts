import { arrayFunctions } from './arrays.ts';
import { bitFunctions } from './bits.ts';
import { columnFunctions } from './columns.ts';
import { conversionFunctions } from './conversion.ts';
import { dateFunctions } from './dates.ts';
import { encodingFunctions } from './encoding.ts';
import { formattingFunctions } from './formatting.ts';
import { type FunctionTable, functionTable } from './function.ts';
import { hashFunctions } from './hash.ts';
import { mathFunctions } from './math.ts';
import { objectFunctions } from './objects.ts';
import { otherFunctions } from './other.ts';
import { regexFunctions } from './regex.ts';
import { stringFunctions } from './strings.ts';
import { typeFunctions } from './types.ts';

/** Every function that Millrace brings. */
export const builtinFunctions: FunctionTable = functionTable([
  ...mathFunctions,
  ...typeFunctions,
  ...conversionFunctions,
  ...stringFunctions,
  ...regexFunctions,
  ...formattingFunctions,
  ...objectFunctions,
  ...arrayFunctions,
  ...hashFunctions,
  ...bitFunctions,
  ...encodingFunctions,
  ...dateFunctions,
  ...otherFunctions,
  ...columnFunctions,
]);

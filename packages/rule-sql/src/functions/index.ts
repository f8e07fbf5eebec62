import { type FunctionTable, functionTable, type SqlFunction } from './function.ts';

const functions: readonly SqlFunction[] = [];

/** Every function that Millrace brings. */
export const builtinFunctions: FunctionTable = functionTable(functions);

import { floatOf, stringifyJson } from '@millrace/values';
import type {
  Argument,
  ArithmeticOperator,
  Binary,
  Case,
  Condition,
  Expression,
  Field,
  Path,
  Statement,
  Step,
} from './ast.ts';
import { KEYWORDS, WORD_OPERATORS } from './token.ts';

/** Writes a statement in one line; `parse` reads it back as the same statement. */
export function print(statement: Statement): string {
  const parts =
    statement.kind === 'select'
      ? [`SELECT ${fields(statement.fields)}`]
      : [
          `FOREACH ${fields(statement.fields)}`,
          ...(statement.each === undefined ? [] : [`DO ${fields(statement.each)}`]),
          ...(statement.incase === undefined ? [] : [`INCASE ${condition(statement.incase)}`]),
        ];
  parts.push(`FROM ${statement.from.map(topic).join(', ')}`);
  if (statement.where !== undefined) parts.push(`WHERE ${condition(statement.where)}`);
  return parts.join(' ');
}

function fields(list: readonly Field[]): string {
  return list.map(field).join(', ');
}

function field(item: Field): string {
  if (item.kind === 'all') return '*';
  return item.alias === undefined ? argument(item.value) : `${argument(item.value)} AS ${path(item.alias)}`;
}

function topic(filter: string): string {
  return filter.includes('"') ? `'${filter}'` : `"${filter}"`;
}

/** How tightly a condition binds: a looser one inside a tighter one needs parentheses. */
const LEVEL = { OR: 1, AND: 2, not: 3, predicate: 4 } as const;

function condition(node: Condition, outer = 0): string {
  const level = levelOf(node);
  const text = conditionText(node);
  return level < outer ? `(${text})` : text;
}

function levelOf(node: Condition): number {
  if (node.kind === 'logic') return LEVEL[node.operator];
  return node.kind === 'not' ? LEVEL.not : LEVEL.predicate;
}

function conditionText(node: Condition): string {
  switch (node.kind) {
    case 'logic': {
      const level = LEVEL[node.operator];
      // Left-associative: an equal one on the right came from parentheses.
      return `${condition(node.left, level)} ${node.operator} ${condition(node.right, level + 1)}`;
    }
    case 'not':
      return `NOT ${condition(node.operand, LEVEL.not)}`;
    case 'in':
      return `${expression(node.value)} ${node.isNegated ? 'NOT IN' : 'IN'} (${node.items.map(expression).join(', ')})`;
    default:
      return argument(node);
  }
}

function argument(node: Argument): string {
  if (node.kind === 'case') return caseText(node);
  if (node.kind === 'comparison') return `${expression(node.left)} ${node.operator} ${expression(node.right)}`;
  return expression(node);
}

function caseText(node: Case): string {
  const subject = node.subject === undefined ? '' : ` ${expression(node.subject)}`;
  const branches = node.branches.map(({ when, value }) => ` WHEN ${condition(when)} THEN ${argument(value)}`).join('');
  const otherwise = node.otherwise === undefined ? '' : ` ELSE ${argument(node.otherwise)}`;
  return `CASE${subject}${branches}${otherwise} END`;
}

function expression(node: Expression): string {
  switch (node.kind) {
    case 'string':
      return `'${node.value}'`;
    case 'integer':
    case 'boolean':
      return String(node.value);
    case 'float':
      return float(node.value);
    case 'range':
      return `[${node.first}..${node.last}]`;
    case 'array':
      return `[${node.items.map(expression).join(', ')}]`;
    case 'path':
      return path(node);
    case 'slice':
      return path(node.path) + expression(node.range);
    case 'call':
      return `${[...(node.module?.split('.') ?? []), node.name].map(functionName).join('.')}(${node.args.map(argument).join(', ')})`;
    case 'unary':
      return `${node.operator}${wrap(node.operand, node.operand.kind === 'binary' || node.operand.kind === 'unary')}`;
    default:
      return binary(node);
  }
}

/** A float with a point before its exponent, which rule SQL demands. */
function float(value: number): string {
  const text = stringifyJson(floatOf(value));
  return text.includes('.') ? text : text.replace('e', '.0e');
}

function binary(node: Binary): string {
  const level = precedence(node.operator);
  const left = wrap(node.left, node.left.kind === 'binary' && precedence(node.left.operator) < level);
  const right = wrap(node.right, node.right.kind === 'binary' && precedence(node.right.operator) <= level);
  return `${left} ${node.operator} ${right}`;
}

function precedence(operator: ArithmeticOperator): number {
  return operator === '+' || operator === '-' ? 1 : 2;
}

function wrap(node: Expression, needed: boolean): string {
  return needed ? `(${expression(node)})` : expression(node);
}

function path(node: Path): string {
  return name(node.head, node.isQuoted) + node.steps.map(step).join('');
}

function step(item: Step): string {
  switch (item.kind) {
    case 'key':
      return `.${name(item.name, false)}`;
    case 'index':
      return `[${Object.is(item.index, -0) ? '-0' : item.index}]`;
    default:
      return `[${path(item.path)}]`;
  }
}

function functionName(word: string): string {
  return WORD_OPERATORS.has(word) ? word : name(word, false);
}

function name(word: string, isQuoted: boolean): string {
  const isPlain =
    /^[A-Za-z][A-Za-z0-9_$@~]*$/.test(word) && !KEYWORDS.has(word.toUpperCase()) && !WORD_OPERATORS.has(word);
  if (isPlain && !isQuoted) return word;
  return word.includes('"') ? `'${word}'` : `"${word}"`;
}

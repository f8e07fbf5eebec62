import type { Condition, Field, Path, Statement } from './ast.ts';

/** Visits every value and condition of a statement, outer ones first. Aliases are not values. */
export function walk(statement: Statement, visit: (node: Condition) => void): void {
  for (const field of statement.fields) walkField(field, visit);
  if (statement.kind === 'foreach') {
    for (const field of statement.each ?? []) walkField(field, visit);
    if (statement.incase !== undefined) walkNode(statement.incase, visit);
  }
  if (statement.where !== undefined) walkNode(statement.where, visit);
}

function walkField(field: Field, visit: (node: Condition) => void): void {
  if (field.kind === 'value') walkNode(field.value, visit);
}

function walkNode(node: Condition, visit: (node: Condition) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walkNode(child, visit);
}

function childrenOf(node: Condition): readonly Condition[] {
  switch (node.kind) {
    case 'logic':
    case 'comparison':
    case 'binary':
      return [node.left, node.right];
    case 'not':
    case 'unary':
      return [node.operand];
    case 'in':
      return [node.value, ...node.items];
    case 'case':
      return [node.subject, node.otherwise, ...node.branches.flatMap(({ when, value }) => [when, value])].filter(
        (child) => child !== undefined,
      );
    case 'array':
      return node.items;
    case 'call':
      return node.args;
    case 'slice':
      return [node.path];
    case 'path':
      return indexPaths(node);
    default:
      return [];
  }
}

function indexPaths(path: Path): readonly Path[] {
  return path.steps.flatMap((step) => (step.kind === 'variable' ? [step.path] : []));
}

/** Turns a selector's tree into a function of labels. An absent label is not an empty one. */

import type { SelectorNode } from './ast.js'

/** Label names to values. Only own members count. */
export type Labels = Readonly<Record<string, string>>
/** A selector turned into a question to ask of labels. */
export type Matcher = (labels: Labels) => boolean

/** `!=` and `not in` hold where the label is absent, every other comparison fails there. */
export function compileSelector(node: SelectorNode): Matcher {
  switch (node.kind) {
    case 'all':
    case 'global':
      return () => true
    case 'has':
      return (labels) => Object.hasOwn(labels, node.label)
    case 'compare':
      return compileComparison(node)
    case 'set': {
      const values = new Set(node.values)
      const present = node.operator === 'in'
      return (labels) => {
        const value = ownValue(labels, node.label)
        return value === undefined ? !present : values.has(value) === present
      }
    }
    case 'not': {
      const operand = compileSelector(node.operand)
      return (labels) => !operand(labels)
    }
    case 'and': {
      const operands = node.operands.map(compileSelector)
      return (labels) => {
        for (const operand of operands) if (!operand(labels)) return false
        return true
      }
    }
    case 'or': {
      const operands = node.operands.map(compileSelector)
      return (labels) => {
        for (const operand of operands) if (operand(labels)) return true
        return false
      }
    }
  }
}

function compileComparison({ label, operator, value }: Extract<SelectorNode, { kind: 'compare' }>): Matcher {
  switch (operator) {
    case '==':
      return (labels) => ownValue(labels, label) === value
    case '!=':
      return (labels) => ownValue(labels, label) !== value
    case 'contains':
      return (labels) => ownValue(labels, label)?.includes(value) ?? false
    case 'starts with':
      return (labels) => ownValue(labels, label)?.startsWith(value) ?? false
    case 'ends with':
      return (labels) => ownValue(labels, label)?.endsWith(value) ?? false
  }
}

/** Only the object's own members count: a label may be called `constructor`. */
function ownValue(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined
}

/** The fields whose place is asked for, as a tree that a parser follows while it reads. */

import type { FieldPath } from '../findings/finding.js'

export interface WantedNode {
  readonly below: Map<string | number, WantedNode>
  /** Offset in the text once the parser has met it. */
  offset: number | undefined
}

export function wantedNode(): WantedNode {
  return { below: new Map(), offset: undefined }
}

export function addWanted(root: WantedNode, path: FieldPath): void {
  let node = root
  for (const part of path) {
    let next = node.below.get(part)
    if (next === undefined) {
      next = wantedNode()
      node.below.set(part, next)
    }
    node = next
  }
}

/** The offset of the field, or of its nearest ancestor that the text holds. */
export function offsetOf(root: WantedNode, path: FieldPath): number | undefined {
  let node: WantedNode | undefined = root
  let offset = root.offset
  for (const part of path) {
    node = node.below.get(part)
    if (node?.offset === undefined) break
    offset = node.offset
  }
  return offset
}

/** A runbook read: steps in their order, each with what it does and where it is written. */

import type { Family } from '../../address/address.js'
import type { ReadKind } from '../../cluster/inventory.js'
import type { Finding } from '../../findings/finding.js'
import type { Manifest } from '../../manifests/resource.js'
import type { Change, Client } from '../change/change.js'

/** What a read-only command asks, for the report to print at that point of the runbook. */
export type Query =
  /** `calicoctl get`, `kubectl get`, `describe`; `output` as behind `-o`, `describe` for that. */
  | {
      readonly ask: 'resources'
      readonly client: Client
      readonly kind: ReadKind
      readonly namespace?: string
      readonly names: readonly string[]
      readonly selector?: string
      readonly output: string
    }
  /** `calicoctl node status`, `birdcl show protocols`; the node where the command says it. */
  | { readonly ask: 'nodeStatus'; readonly node?: string }
  /** `ip route`, `route -n`. */
  | { readonly ask: 'routes'; readonly node?: string; readonly family: Family }
  /** `birdcl show route`. */
  | { readonly ask: 'rib'; readonly node?: string; readonly prefix?: string; readonly family: Family }
  /** `calicoctl ipam show`. */
  | { readonly ask: 'ipam'; readonly blocks: boolean; readonly ip?: string }
  /** `ping`, `traceroute`, `curl`; `from` is the pod of `kubectl exec`, absent for the machine of the operator. */
  | {
      readonly ask: 'reach'
      readonly from?: { readonly namespace: string; readonly pod: string }
      readonly node?: string
      readonly to: string
    }
  /** Reads, and nothing that the model knows. */
  | { readonly ask: 'other' }

export type Action =
  /** `remarks`: what the reader has to say of it besides. */
  | { readonly type: 'change'; readonly change: Change; readonly remarks?: readonly Finding[] }
  | { readonly type: 'query'; readonly query: Query }
  /** `expect` of a kind: Runbook document: an Expectation's spec, to be checked at this point. */
  | { readonly type: 'expect'; readonly expectation: Manifest }
  /** The real command would refuse these words, whatever the world. */
  | { readonly type: 'refused'; readonly findings: readonly Finding[] }
  /** Not understood, or not part of the model; `findings` say why. */
  | { readonly type: 'notSimulated'; readonly findings: readonly Finding[] }

export interface RunbookStep {
  /** From 0. */
  readonly index: number
  /** The nearest heading, comment or given name; the command itself when there is none. */
  readonly name: string
  /** The command as it is written, here-document included. */
  readonly command: string
  readonly file: string
  /** From 1; undefined for a step of a document whose lines are not known. */
  readonly line?: number
  readonly action: Action
}

export interface Runbook {
  readonly name: string
  readonly steps: readonly RunbookStep[]
  /** About the runbook as a text: what could not be read. */
  readonly findings: readonly Finding[]
}

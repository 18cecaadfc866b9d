/** One Kubernetes-style object as it was read, and where it was read from. Nothing here knows YAML. */

import type { FieldPath, ResourceRef } from '../findings/finding.js'

export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly uid?: string
}

/** `spec`, `status` and kind-specific top-level fields (`data` of a ConfigMap, `endpoints`) stay as they were read. */
export interface Resource<Spec = unknown, Status = unknown> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly spec?: Spec
  readonly status?: Status
  readonly [field: string]: unknown
}

/** The document that a resource stands in, and its path inside it when it is an item of a List. */
export interface Origin {
  readonly file: string
  /** Zero-based number of the document in its file. */
  readonly document: number
  readonly path: FieldPath
}

export interface Manifest {
  readonly resource: Resource
  /** Absent for a resource that was made by a program, not read. */
  readonly origin?: Origin
}

/** The group part of an apiVersion: `projectcalico.org/v3` gives `projectcalico.org`, `v1` gives ``. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** True for both of Calico's groups, the v3 API and the CRDs behind it. */
export function isCalicoGroup(apiVersion: string): boolean {
  const group = groupOf(apiVersion)
  return group === 'projectcalico.org' || group === 'crd.projectcalico.org'
}

export function refOf(resource: Resource): ResourceRef {
  const { name, namespace } = resource.metadata
  return namespace === undefined ? { kind: resource.kind, name } : { kind: resource.kind, namespace, name }
}

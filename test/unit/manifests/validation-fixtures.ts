/** Resources for the tests of validation. */

import type { Finding } from '../../../src/findings/finding.js'
import { formatFieldPath } from '../../../src/findings/finding.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { validateResource } from '../../../src/manifests/validation/validate-resource.js'

export const V3 = 'projectcalico.org/v3'
export const CRD = 'crd.projectcalico.org/v1'
export const OWN = 'calico-plan/v1'

export function resource(apiVersion: string, kind: string, spec: unknown, name = 'default'): Resource {
  return { apiVersion, kind, metadata: { name }, spec }
}

export const v3 = (kind: string, spec: unknown, name?: string): Resource => resource(V3, kind, spec, name)

export const pool = (spec: Readonly<Record<string, unknown>>, name = 'pool-a'): Resource =>
  v3('IPPool', { cidr: '10.65.0.0/16', ...spec }, name)

/** `CODE path` of each finding, sorted. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ code, path }) => `${code} ${formatFieldPath(path ?? [])}`).sort()
}

/** `CODE path` of what is wrong with a resource. */
export function faults(given: Resource): string[] {
  return told(validateResource(given))
}

/** `severity CODE` of what is wrong with a resource. */
export function judged(given: Resource): string[] {
  return validateResource(given).map(({ severity, code }) => `${severity} ${code}`)
}

export const kubernetesNode = (
  name: string,
  annotations: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): Resource => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, annotations, labels } })

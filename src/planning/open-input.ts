/** Reads an input from end to end: texts, validation, Cluster; with a place for whatever is found. */

import { type BuildOptions, buildCluster } from '../cluster/build-cluster.js'
import type { Cluster } from '../cluster/cluster.js'
import { compareFindings, type Finding, InputError } from '../findings/finding.js'
import { placeFindings } from '../manifests/locate.js'
import { type ManifestSet, manifestSetOf, readManifests } from '../manifests/read-manifests.js'
import type { Manifest, Resource } from '../manifests/resource.js'
import { validateResource } from '../manifests/validation/validate-resource.js'
import { validateTogether } from '../manifests/validation/validate-together.js'
import { createSimulation, type Simulation } from './simulation.js'

export interface OpenOptions {
  /** The release to predict, such as `v3.28`. */
  readonly calico?: string
  readonly seed?: number
}

export interface OpenedInput {
  readonly cluster: Cluster
  readonly simulation: Simulation
  /** False when the API server or calicoctl would refuse part of the input, or when it cannot be read. */
  readonly valid: boolean
  /** What reading and judging each resource alone found, placed and sorted. */
  readonly inputFindings: readonly Finding[]
  /** Those, and every hazard of the cluster as a whole. */
  check(): readonly Finding[]
}

/** Never throws for what the input holds. */
export function openInput(paths: readonly string[], options: OpenOptions = {}): OpenedInput {
  return openManifests(readManifests(paths), options)
}

export function openManifests(set: ManifestSet, options: OpenOptions = {}): OpenedInput {
  const alone = set.manifests.flatMap(({ resource }) => validateResource(resource))
  const inputFindings = distinct(placeFindings(set, [...set.findings, ...alone])).sort(compareFindings)
  const cluster = buildCluster(set.manifests, { ...options, skipped: set.skipped })
  const simulation = createSimulation(cluster)
  return {
    cluster,
    simulation,
    valid: !inputFindings.some(({ severity }) => severity === 'error'),
    inputFindings,
    check: () => {
      const together = validateTogether(set.manifests.map(({ resource }) => resource))
      const hazards = placeFindings(set, [...together, ...simulation.hazards()])
      return distinct([...inputFindings, ...hazards]).sort(compareFindings)
    },
  }
}

/**
 * Two rooms may come upon one fault: the first to name its code, resource and field is heard, and so is the first of
 * two that say the same of one resource, because the other knows the field less exactly.
 */
function distinct(findings: readonly Finding[]): Finding[] {
  const heard = new Set<string>()
  return findings.filter((finding) => {
    const { code, resource, path, message } = finding
    const keys =
      resource === undefined
        ? [JSON.stringify(finding)]
        : [JSON.stringify([code, resource, path ?? []]), JSON.stringify([code, resource, message])]
    const known = keys.some((key) => heard.has(key))
    for (const key of keys) heard.add(key)
    return !known
  })
}

/**
 * A Cluster from resources, or from files and directories. Throws InputError with every finding when the API server
 * or calicoctl would refuse part of it.
 */
export function loadCluster(input: readonly Resource[] | readonly string[], options: BuildOptions = {}): Cluster {
  const set = isPaths(input) ? readManifests(input) : manifestSetOf(asManifests(input))
  const findings = [...set.findings, ...set.manifests.flatMap(({ resource }) => validateResource(resource))]
  const refused = findings.filter(({ severity }) => severity === 'error')
  if (refused.length > 0) throw new InputError([...placeFindings(set, refused)].sort(compareFindings))
  return buildCluster(set.manifests, { skipped: set.skipped, ...options })
}

function isPaths(input: readonly Resource[] | readonly string[]): input is readonly string[] {
  return input.length > 0 && typeof input[0] === 'string'
}

/** Lists among them are opened, as when they are read from a file. */
function asManifests(resources: readonly Resource[]): readonly Manifest[] {
  return resources.flatMap((resource) => {
    const { items } = resource
    return resource.kind === 'List' && Array.isArray(items) ? asManifests(items as Resource[]) : [{ resource }]
  })
}

/** What the installation says outside of Calico's own resources: the calico-node DaemonSet and calico-config. */

import type { Manifest } from '../manifests/resource.js'
import type { Inventory } from './inventory.js'
import { at, listOf, textMapOf, textOf } from './read-fields.js'

/** The environment of the calico-node container. */
export interface Environment {
  /** The DaemonSet; undefined when the input holds none. */
  readonly daemonSet?: Manifest
  /** The value of a variable by exact name; undefined when it is absent or empty. */
  readonly get: (name: string) => string | undefined
  /** Variables by upper-case name: Felix reads FELIX_ ones without regard to case (felix/config/env_var_loader.go). */
  readonly felix: ReadonlyMap<string, string>
  /** The tag of the container's image, `v3.28.1`. */
  readonly imageTag?: string
}

const NAMESPACES = ['kube-system', 'calico-system']

/** Variables of calico-node, given by a caller or found in the DaemonSet; the caller's win. */
export function readEnvironment(inventory: Inventory, given: Readonly<Record<string, string>> = {}): Environment {
  const daemonSet = findDaemonSet(inventory)
  const container = daemonSet === undefined ? undefined : calicoNodeContainer(daemonSet)
  const variables = new Map<string, string>()
  for (const entry of listOf(at(container, 'env'))) {
    const [name, value] = [textOf(at(entry, 'name')), at(entry, 'value') ?? referred(entry, inventory, daemonSet)]
    if (name !== undefined && value !== undefined) variables.set(name, String(value))
  }
  for (const [name, value] of Object.entries(given)) variables.set(name, value)
  const imageTag = tagOf(textOf(at(container, 'image')))
  return {
    ...(daemonSet === undefined ? {} : { daemonSet }),
    ...(imageTag === undefined ? {} : { imageTag }),
    get: (name) => variables.get(name) || undefined,
    felix: new Map(
      [...variables]
        .map(([name, value]) => [name.toUpperCase(), value] as const)
        .filter(([n]) => n.startsWith('FELIX_')),
    ),
  }
}

function findDaemonSet(inventory: Inventory): Manifest | undefined {
  const all = inventory.of('apps/DaemonSet').filter((manifest) => manifest.resource.metadata.name === 'calico-node')
  return all.find(({ resource }) => NAMESPACES.includes(resource.metadata.namespace ?? '')) ?? all[0]
}

function calicoNodeContainer(daemonSet: Manifest): unknown {
  const containers = listOf(at(daemonSet.resource.spec, 'template', 'spec', 'containers'))
  return containers.find((container) => at(container, 'name') === 'calico-node') ?? containers[0]
}

/** A value taken from a ConfigMap of the input; references to anything else (fields of the pod) count as unset. */
function referred(entry: unknown, inventory: Inventory, daemonSet: Manifest | undefined): string | undefined {
  const name = at(entry, 'valueFrom', 'configMapKeyRef', 'name')
  const key = textOf(at(entry, 'valueFrom', 'configMapKeyRef', 'key'))
  if (key === undefined) return undefined
  const namespace = daemonSet?.resource.metadata.namespace
  const map = inventory
    .of('core/ConfigMap')
    .find(({ resource }) => resource.metadata.name === name && resource.metadata.namespace === namespace)
  return textOf(at(map?.resource.data, key))
}

/** `docker.io/calico/node:v3.28.1@sha256:...` gives `v3.28.1`. */
function tagOf(image: string | undefined): string | undefined {
  return /:([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:@.*)?$/.exec(image ?? '')?.[1]
}

/** The data of ConfigMap `calico-config`; empty when the input holds none. */
export function calicoConfig(inventory: Inventory): Readonly<Record<string, string>> {
  const maps = inventory.of('core/ConfigMap').filter(({ resource }) => resource.metadata.name === 'calico-config')
  const map = maps.find(({ resource }) => NAMESPACES.includes(resource.metadata.namespace ?? '')) ?? maps[0]
  return textMapOf(map?.resource.data)
}

/** Installation `default` of the operator, its `spec`; undefined when the input holds none. */
export function installation(inventory: Inventory): Manifest | undefined {
  const all = inventory.of('operator.tigera.io/Installation')
  return all.find(({ resource }) => resource.metadata.name === 'default') ?? all[0]
}

/** Routers of an Underlay: interfaces, static routes and their own BGP. */

import type { FieldPath } from '../findings/finding.js'
import type { Manifest } from '../manifests/resource.js'
import { asNumberOf, at, flagOf, listOf, textOf, wholeWithin, wordOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { shortly } from './spec-reader.js'
import type { Router, RouterBgp, RouterInterface, RouterNeighbor, RouteSource, Subnet } from './underlay.js'
import { addressAt, type Entry, interfaceAddressIn, readStaticRoutes, remarkUnderlay } from './underlay-documents.js'

export function readRouters(
  entries: readonly Entry[],
  subnets: readonly Subnet[],
  remarks: Remarks,
): readonly Router[] {
  const byName = new Map(subnets.map((subnet) => [subnet.name, subnet]))
  return entries.map((entry, index): Router => {
    const bgp = readBgp(entry, remarks)
    return {
      index,
      name: entry.name,
      interfaces: readInterfaces(entry, byName, remarks),
      staticRoutes: readStaticRoutes(entry, remarks),
      ...(bgp === undefined ? {} : { bgp }),
    }
  })
}

/** Interfaces are eth0, eth1 and so on in their order, unless they have a name. */
function readInterfaces(
  entry: Entry,
  subnets: ReadonlyMap<string, Subnet>,
  remarks: Remarks,
): readonly RouterInterface[] {
  return listOf(at(entry.fields, 'interfaces')).flatMap((fields, i) => {
    const path: FieldPath = [...entry.path, 'interfaces', i]
    const subnet = subnets.get(String(at(fields, 'subnet')))
    if (subnet === undefined) {
      const message = `Router ${entry.name} has an interface in the subnet ${shortly(at(fields, 'subnet'))}, which is not there.`
      remarkUnderlay(remarks, entry.about, [...path, 'subnet'], message)
      return []
    }
    const address = interfaceAddressIn(subnet, at(fields, 'address'))
    if (address === undefined) {
      const message = `Router ${entry.name} has the interface address ${shortly(at(fields, 'address'))}, which is none.`
      remarkUnderlay(remarks, entry.about, [...path, 'address'], message)
      return []
    }
    return [{ name: textOf(at(fields, 'name')) ?? `eth${i}`, subnet: subnet.index, address }]
  })
}

function readBgp(entry: Entry, remarks: Remarks): RouterBgp | undefined {
  const bgp = at(entry.fields, 'bgp')
  if (bgp === undefined || bgp === null) return undefined
  const asNumber = asNumberOf(at(bgp, 'asNumber'))
  if (asNumber === undefined) {
    const message = `The BGP of router ${entry.name} has the asNumber ${shortly(at(bgp, 'asNumber'))} and is left out.`
    remarkUnderlay(remarks, entry.about, [...entry.path, 'bgp', 'asNumber'], message)
    return undefined
  }
  const [routerID, clusterID] = [textOf(at(bgp, 'routerID')), textOf(at(bgp, 'clusterID'))]
  return {
    asNumber,
    ...(routerID === undefined ? {} : { routerID }),
    ...(clusterID === undefined ? {} : { clusterID }),
    addPaths: flagOf(at(bgp, 'addPaths')) ?? false,
    neighbors: listOf(at(bgp, 'neighbors')).flatMap((fields, i) => {
      return readNeighbor(fields, asNumber, entry.about, [...entry.path, 'bgp', 'neighbors', i], remarks) ?? []
    }),
  }
}

const SOURCES: readonly RouteSource[] = ['connected', 'static', 'kernel', 'bgp']

/** A neighbour without an asNumber has the router's own. */
function readNeighbor(
  fields: unknown,
  ownAS: number,
  about: Manifest,
  path: FieldPath,
  remarks: Remarks,
): RouterNeighbor | undefined {
  const address = addressAt(fields, 'address', about, path, remarks)
  if (address === undefined) return undefined
  const port = wholeWithin(at(fields, 'port'), 1, 65535)
  const password = textOf(at(fields, 'password'))
  const advertise = at(fields, 'advertise')
  const sources = listOf(advertise).map((word) => wordOf(word, SOURCES))
  for (const [i, source] of sources.entries()) {
    if (source !== undefined) continue
    const message = `A router advertises connected, static, kernel and bgp; ${shortly(listOf(advertise)[i])} is none of them.`
    remarkUnderlay(remarks, about, [...path, 'advertise', i], message)
  }
  return {
    address,
    asNumber: asNumberOf(at(fields, 'asNumber')) ?? ownAS,
    routeReflectorClient: flagOf(at(fields, 'routeReflectorClient')) ?? false,
    nextHopSelf: flagOf(at(fields, 'nextHopSelf')) ?? false,
    multihop: flagOf(at(fields, 'multihop')) ?? false,
    passive: flagOf(at(fields, 'passive')) ?? false,
    ...(port === undefined ? {} : { port }),
    ...(password === undefined ? {} : { password }),
    advertise: Array.isArray(advertise) ? sources.filter((source) => source !== undefined) : SOURCES,
  }
}

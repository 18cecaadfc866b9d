/** A family's speakers and sessions with their roles: what every prefix has in common. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { perContext } from '../config/per-context.js'
import { understoodFilters } from '../plain/build-input.js'
import type { FiltersByName } from '../policy/bgp-filter.js'
import { baseColours } from './base-colours.js'
import { colourTable, type EndColour, type Ends, explicitEnds } from './ends.js'
import { type Mesh, meshOf } from './mesh.js'
import { mergedRacks, type Places } from './places.js'
import { refine } from './refine.js'
import { type Speakers, speakersOf } from './speakers.js'

export interface RoleNetwork {
  readonly context: BgpContext
  readonly family: Family
  /** Number of speakers. */
  readonly size: number
  readonly filters: FiltersByName
  readonly colours: readonly EndColour[]
  readonly ends: Ends
  readonly mesh: Mesh
  /** Racks whose nodes share roles; undefined where every rack is itself. */
  readonly places: Places | undefined
  readonly speakers: Speakers
  /** Role of each speaker. */
  readonly roleOf: Int32Array
  /** Speakers of each role, ascending. */
  readonly members: readonly (readonly number[])[]
}

/** Worked out once for a context. Throws NeedsPlain where roles do not tell enough. */
export function roleNetwork(context: BgpContext, family: Family, felix: boolean): RoleNetwork {
  const held = networks(context)
  const key = `${family} ${felix}`
  const known = held.get(key)
  if (known !== undefined) return known
  const fresh = networkOf(context, family, felix)
  held.set(key, fresh)
  return fresh
}

const networks = perContext(() => new Map<string, RoleNetwork>())

function networkOf(context: BgpContext, family: Family, felix: boolean): RoleNetwork {
  const table = colourTable()
  const told = {
    mesh: meshOf(context, family, table),
    ends: explicitEnds(context, family, table),
    colours: table.colours,
  }
  const merged = mergedRacks(context, family, told)
  const { mesh, ends, colours } = merged ?? told
  const places = merged?.places
  const roleOf = refine(baseColours(context, family, mesh, places), ends, places)
  const members: number[][] = []
  for (const [speaker, role] of roleOf.entries()) {
    const list = members[role]
    if (list === undefined) members[role] = [speaker]
    else list.push(speaker)
  }
  return {
    context,
    family,
    size: context.speakers.length,
    filters: understoodFilters(context),
    colours,
    ends,
    mesh,
    places,
    speakers: speakersOf(context, family, felix, ends),
    roleOf,
    members,
  }
}

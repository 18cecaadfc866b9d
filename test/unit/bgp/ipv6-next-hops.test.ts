import { describe, expect, test } from 'vitest'
import type { PlainSession, PlainSpeaker } from '../../../src/bgp/plain/input.js'
import { delivered } from '../../../src/bgp/plain/send.js'
import type { BgpAttributes } from '../../../src/bgp/policy/route.js'
import { address, prefix } from './config-fixture.js'
import { attributes, config, EXTERNAL, session } from './policy-fixture.js'

/** A router with a host's /64 on eth0, and the session to one neighbour there; without a link it is multihop. */
const speaker: PlainSpeaker = {
  config: config({}),
  routerID: 1,
  interfaces: [{ name: 'eth0', address: address('fd00:1::1'), network: prefix('fd00:1::/64') }],
  routes: [],
  unlearnt: [],
  sessions: [],
}

function to(peerIP: string, link?: string): PlainSession {
  return {
    options: session({ ...EXTERNAL, peerIP }),
    peer: 1,
    peerSession: 0,
    remoteID: 2,
    source: address('fd00:1::1'),
    addPaths: false,
    ...(link === undefined ? {} : { link }),
  }
}

const route = (nextHop: string, more: Partial<BgpAttributes> = {}) => attributes({ nextHop: address(nextHop), ...more })
const reaches = (peer: PlainSession, wire: BgpAttributes) => delivered(speaker, peer, wire)

describe('IPv6 next hops on one link', () => {
  test('a router names itself where the next hop came without its link-local address', () => {
    expect(reaches(to('fd00:1::12', 'eth0'), route('fd00:1::11'))).toMatchObject({
      nextHop: address('fd00:1::1'),
      linkLocal: true,
    })
  })

  test('a next hop that came with its link-local address is passed on', () => {
    const wire = route('fd00:1::11', { linkLocal: true })
    expect(reaches(to('fd00:1::12', 'eth0'), wire)).toBe(wire)
  })

  test('the own address goes out with the own link-local address', () => {
    expect(reaches(to('fd00:1::12', 'eth0'), route('fd00:1::1'))).toMatchObject({ linkLocal: true })
  })

  test('a next hop on another link goes out as it is, alone', () => {
    expect(reaches(to('fd00:1::12', 'eth0'), route('fd00:9::9', { linkLocal: true }))).toMatchObject({
      nextHop: address('fd00:9::9'),
      linkLocal: false,
    })
  })

  test('multihop sessions never carry a link-local address', () => {
    expect(reaches(to('fd00:1::12'), route('fd00:1::11', { linkLocal: true }))).toMatchObject({ linkLocal: false })
    const plain = route('fd00:1::11')
    expect(reaches(to('fd00:1::12'), plain)).toBe(plain)
  })

  test('the next hop itself is sent nothing, before anything is rewritten', () => {
    expect(reaches(to('fd00:1::11', 'eth0'), route('fd00:1::11'))).toBeUndefined()
  })

  test('in IPv4 the next hop of somebody else on the link stays', () => {
    const wire = attributes({ nextHop: address('172.16.1.11') })
    expect(delivered(speaker, { ...to('fd00:1::12', 'eth0'), options: session({ ...EXTERNAL }) }, wire)).toBe(wire)
  })
})

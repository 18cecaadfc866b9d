/** BGPPeers, fields parsed and defaults filled in (api v3 bgppeer.go; confd client.go updatePeersV1). */

import { type Address, parseAddress } from '../address/address.js'
import type { Manifest } from '../manifests/resource.js'
import type { BgpPeer } from './bgp-settings.js'
import { byName } from './inventory.js'
import type { PasswordReader } from './passwords.js'
import { asNumberOf, at, durationSecondsOf, flagOf, textOf, textsOf, wholeWithin, wordOf } from './read-fields.js'
import type { Remarks } from './remarks.js'
import { createSpecReader, remarkIgnored, type SelectorReader } from './spec-reader.js'

export function readBgpPeers(
  manifests: readonly Manifest[],
  remarks: Remarks,
  selector: SelectorReader,
  password: PasswordReader,
): readonly BgpPeer[] {
  return byName(manifests).map((manifest) => readBgpPeer(manifest, remarks, selector, password))
}

function readBgpPeer(
  manifest: Manifest,
  remarks: Remarks,
  selector: SelectorReader,
  password: PasswordReader,
): BgpPeer {
  const { metadata, spec } = manifest.resource
  const read = createSpecReader(remarks, manifest)
  const select = (name: string) => {
    const text = textOf(at(spec, name))
    return text === undefined ? undefined : selector(text, manifest, ['spec', name])
  }
  const node = textOf(at(spec, 'node'))
  const [nodeSelector, peerSelector] = [select('nodeSelector'), select('peerSelector')]
  const localWorkloadSelector = select('localWorkloadSelector')
  const peerIP = textOf(at(spec, 'peerIP'))
  const peer = peerIP === undefined ? undefined : parsePeerIP(peerIP)
  if (peerIP !== undefined && peer?.address === undefined) remarkIgnored(remarks, manifest, ['spec', 'peerIP'], peerIP)
  const localASNumber = read('localASNumber', asNumberOf)
  const nextHopMode = read('nextHopMode', (value) => wordOf(value, ['Auto', 'Self', 'Keep']))
  const reachableBy = read('reachableBy', (value) => (typeof value === 'string' ? parseAddress(value) : undefined))
  const secret = password(at(spec, 'password'), manifest, ['spec', 'password', 'secretKeyRef'])
  const [maxRestartTime, keepaliveTime] = [
    read('maxRestartTime', durationSecondsOf),
    read('keepaliveTime', durationSecondsOf),
  ]
  return {
    name: metadata.name,
    ...(node === undefined ? {} : { node }),
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(peer === undefined ? {} : { peerIP: peer.text }),
    ...(peer?.address === undefined ? {} : { peerAddress: peer.address }),
    ...(peer?.port === undefined ? {} : { peerPort: peer.port }),
    ...(peerSelector === undefined ? {} : { peerSelector }),
    ...(localWorkloadSelector === undefined ? {} : { localWorkloadSelector }),
    asNumber: read('asNumber', asNumberOf) ?? 0,
    ...(localASNumber === undefined ? {} : { localASNumber }),
    numAllowedLocalASNumbers: read('numAllowedLocalASNumbers', (value) => wholeWithin(value, 0, 0x7fffffff)) ?? 0,
    ...(nextHopMode === undefined ? {} : { nextHopMode }),
    keepOriginalNextHop: read('keepOriginalNextHop', flagOf) ?? false,
    sourceAddress: read('sourceAddress', (value) => wordOf(value, ['UseNodeIP', 'None'])) ?? 'UseNodeIP',
    ...(reachableBy === undefined ? {} : { reachableBy }),
    ttlSecurity: read('ttlSecurity', (value) => wholeWithin(value, 0, 255)) ?? 0,
    reversePeering: read('reversePeering', (value) => wordOf(value, ['Auto', 'Manual'])) ?? 'Auto',
    filters: textsOf(at(spec, 'filters')),
    ...(secret === undefined ? {} : { password: secret }),
    ...(maxRestartTime === undefined ? {} : { maxRestartTime }),
    ...(keepaliveTime === undefined ? {} : { keepaliveTime }),
  }
}

/**
 * The address and the port of a peerIP: `192.0.2.1`, `192.0.2.1:8179`, `2001:db8::1` or `[2001:db8::1]:8179`
 * (confd client.go parseIPPort). The text is the address as written: confd looks nodes up by it, not by its value.
 */
export function parsePeerIP(text: string): {
  readonly text: string
  readonly address?: Address
  readonly port?: number
} {
  const whole = parseAddress(text)
  if (whole !== undefined) return { text, address: whole }
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const address = parseAddress(host)
  const port = wholeWithin(match?.[3], 1, 65535)
  return address === undefined || port === undefined ? { text } : { text: host, address, port }
}

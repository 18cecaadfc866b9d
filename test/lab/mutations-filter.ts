/** BGPFilters on BGPPeers, and communities. */

import type { Family } from '../../src/address/address.js'
import type { Dice } from './dice.js'
import { add, configuration, type Draft, type Fields, kindOf, specOf } from './draft.js'

type Mutation = (draft: Draft, dice: Dice, family: Family) => void

export const filterMutations: Readonly<Record<string, Mutation>> = {
  filter: (draft, dice, family) => {
    const name = `filter-${dice.roll(1000)}${dice.chance(0.1) ? '-with-a-name-that-is-much-longer-than-bird-takes' : ''}`
    const rules = (): readonly Fields[] => Array.from({ length: 1 + dice.roll(3) }, () => rule(dice, family))
    const imported = dice.chance(0.6) ? { [`importV${family}`]: rules() } : {}
    const exported = dice.chance(0.6) ? { [`exportV${family}`]: rules() } : {}
    add(draft, 'BGPFilter', name, { ...imported, ...exported })
    for (const peer of dice.some(kindOf(draft, 'BGPPeer'), 0.7)) {
      const spec = specOf(peer)
      spec['filters'] = [...((spec['filters'] as readonly string[] | undefined) ?? []), name]
    }
  },
  communities: (draft, dice, family) => {
    const spec = configuration(draft)
    spec['communities'] = [
      { name: 'one', value: '64512:100' },
      { name: 'large', value: '64512:1:2' },
    ]
    spec['prefixAdvertisements'] = Array.from({ length: 1 + dice.roll(2) }, () => ({
      cidr: cidr(dice, family),
      communities: dice.some(['one', 'large', '64512:7', '65535:65281', '65535:65282', '100:1'], 0.4),
    }))
  },
}

function cidr(dice: Dice, family: Family): string {
  if (family === 6) return dice.pick(['fd00:10:65::/48', 'fd00:10:65:1::/64', 'fd00:10:65:1::/122', '::/0'])
  return dice.pick([
    '10.65.0.0/16',
    '10.65.1.0/24',
    '10.65.2.0/26',
    '10.65.0.0/17',
    '172.16.0.0/12',
    '0.0.0.0/0',
    '10.66.0.0/16',
  ])
}

function rule(dice: Dice, family: Family): Fields {
  const most = family === 4 ? 32 : 128
  const accept = dice.chance(0.5)
  return {
    action: accept ? 'Accept' : 'Reject',
    ...(dice.chance(0.7)
      ? {
          cidr: cidr(dice, family),
          matchOperator: dice.pick(['In', 'NotIn', 'Equal', 'NotEqual']),
          ...(dice.chance(0.3) ? { prefixLength: { min: most - 8 + dice.roll(4), max: most - dice.roll(4) } } : {}),
        }
      : {}),
    ...(dice.chance(0.15) ? { source: 'RemotePeers' } : {}),
    ...(dice.chance(0.15) ? { interface: dice.pick(['eth0', 'eth*', '*', 'cali*', 'tunl0']) } : {}),
    ...(dice.chance(0.2) ? { peerType: dice.pick(['eBGP', 'iBGP']) } : {}),
    ...(dice.chance(0.15) ? { communities: { values: [dice.pick(['64512:100', '64512:1:2'])] } } : {}),
    ...(dice.chance(0.15) ? { asPathPrefix: dice.pick([[64512], [64601], [64700, 64601], [64701]]) } : {}),
    ...(dice.chance(0.15) ? { priority: dice.pick([1024, 512, 0]) } : {}),
    ...(accept && dice.chance(0.4)
      ? { operations: Array.from({ length: 1 + dice.roll(2) }, () => operation(dice)) }
      : {}),
  }
}

function operation(dice: Dice): Fields {
  switch (dice.roll(3)) {
    case 0:
      return { addCommunity: { value: dice.pick(['64512:100', '64512:1:2', '65535:65281', '64512:9']) } }
    case 1:
      return { prependASPath: { prefix: dice.pick([[64512], [64999, 64998], [64601]]) } }
    default:
      return { setPriority: { value: dice.pick([512, 1024, 2048, 100]) } }
  }
}

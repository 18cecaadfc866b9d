/** How the addresses of a pool are used. */

import type { PagePool } from '../../page-data.js'
import type { Share } from '../parts.js'

export function poolShares({ addresses }: PagePool): readonly Share[] {
  const { pods, tunnels, other, free, reserved } = addresses
  const all: readonly Share[] = [
    { name: 'pods', value: pods, colour: '#0072b2' },
    { name: 'tunnels', value: tunnels, colour: '#56b4e9' },
    { name: 'other', value: other, colour: '#cc79a7' },
    { name: 'reserved', value: reserved, colour: '#e69f00' },
    { name: 'free', value: free, colour: 'var(--empty)' },
  ]
  return all.filter(({ name, value }) => value > 0 || name === 'free' || name === 'pods')
}

/** The cells of a pool's map: which block stands in each, and where it is drawn. */

import type { PagePool } from '../../page-data.js'
import { formatIPv4, parseIPv4, parsePrefix4 } from '../ipv4.js'

export interface Cells {
  readonly count: number
  /** Place in the columns of the map; -1 where no block is. */
  entry(cell: number): number
  reserved(cell: number): boolean
  /** The block's CIDR, whether it exists or not; empty where it cannot be told. */
  cidr(cell: number): string
  /** The cell of a block or of the block that holds an address; -1 for none. */
  find(text: string): number
}

export function cellsOf({ map, blocks, cidr, addressesPerBlock }: PagePool): Cells {
  const count = map.sparse ? map.place.length : blocks.total
  const entries = new Int32Array(count).fill(-1)
  for (const [entry, place] of map.place.entries()) if (place < count) entries[place] = entry
  const reserved = new Uint8Array(count)
  for (const [first, length] of map.reserved) reserved.fill(1, first, first + length)
  const start = map.sparse ? undefined : parseIPv4(cidr.split('/')[0] ?? '')
  const cidrOf = (cell: number): string => {
    const entry = entries[cell] ?? -1
    if (entry >= 0) return map.cidr[entry] ?? ''
    if (start === undefined) return ''
    return `${formatIPv4(start + cell * addressesPerBlock)}/${32 - Math.log2(addressesPerBlock)}`
  }
  return {
    count,
    entry: (cell) => entries[cell] ?? -1,
    reserved: (cell) => reserved[cell] === 1,
    cidr: cidrOf,
    find: (text) => {
      const wanted = text.trim()
      const entry = map.cidr.indexOf(wanted)
      if (entry >= 0) return map.place[entry] ?? -1
      const address = parseIPv4(wanted.split('/')[0] ?? '')
      if (address === undefined) return -1
      if (start !== undefined) {
        const cell = Math.floor((address - start) / addressesPerBlock)
        return cell >= 0 && cell < count ? cell : -1
      }
      const holder = map.cidr.findIndex((block) => parsePrefix4(block)?.holds(address))
      return holder < 0 ? -1 : (map.place[holder] ?? -1)
    },
  }
}

/** Smallest side of a cell that a finger finds, in pixels. */
const EASY_CELL = 9

/**
 * Columns for so many cells in so many pixels: a power of two, so that a row begins at a round address; about twice as
 * wide as high, unless the room is narrow.
 */
export function columnsFor(count: number, room: number): number {
  if (count <= 8) return Math.max(1, count)
  let columns = Math.min(256, 2 ** Math.ceil(Math.log2(count * 2) / 2))
  while (columns > 16 && room / columns < EASY_CELL && count / (columns / 2) < columns * 2) columns /= 2
  return columns
}

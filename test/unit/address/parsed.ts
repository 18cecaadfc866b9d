import { type Address, parseAddress } from '../../../src/address/address.js'
import { type Prefix, parsePrefix } from '../../../src/address/prefix.js'

/** The address of a text that is one. */
export function address(text: string): Address {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(`no address: ${text}`)
  return parsed
}

/** The prefix of a text that is one. */
export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (parsed === undefined) throw new Error(`no prefix: ${text}`)
  return parsed
}

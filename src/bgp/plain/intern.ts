/** One object for each distinct set of attributes, so that equal ones are the same and are held once. */

import type { BgpAttributes } from '../policy/route.js'

export function attributeTable(): (attributes: BgpAttributes) => BgpAttributes {
  const held = new Map<string, BgpAttributes>()
  return (attributes) => {
    const key = keyOfAttributes(attributes)
    const known = held.get(key)
    if (known !== undefined) return known
    held.set(key, attributes)
    return attributes
  }
}

/** Text that is the same for equal attributes and no others. */
export function keyOfAttributes(a: BgpAttributes): string {
  const lists = `${a.asPath.join(' ')}|${a.clusterList.join(' ')}|${a.communities.join(' ')}`
  return `${a.nextHop.value}|${a.localPref}|${a.origin}|${a.med}|${a.originatorID}|${lists}${a.linkLocal === true ? '|link' : ''}`
}

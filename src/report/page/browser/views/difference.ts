/** What differs from another input. */

import { changeOf, type DifferenceDocument } from '../documents.js'
import { append } from '../dom.js'
import { verdict } from '../parts.js'
import type { View } from '../view.js'
import { differenceParts } from './difference-parts.js'

export const difference: View = {
  id: 'difference',
  title: 'Difference',
  group: 'Change',
  present: (data) => changeOf(data, 'difference') !== undefined,
  open: (section, { data }) => {
    const change = changeOf(data, 'difference')
    if (change === undefined) return { show: () => undefined }
    const document = change.document as unknown as DifferenceDocument
    append(section, [verdict(change.sentence.tone, change.sentence.text), differenceParts(document)])
    return { show: () => undefined }
  },
}

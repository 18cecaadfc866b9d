/** What a reader who reads nothing else should know. */

import { append, h, link } from '../dom.js'
import { stackedBar, toneSign } from '../parts.js'
import { hashOf } from '../place.js'
import type { View } from '../view.js'
import { poolShares } from './pool-shares.js'

const MOST_POOLS = 6

export const summary: View = {
  id: 'summary',
  title: 'Summary',
  present: () => true,
  open: (section, { data }) => {
    const { figures, sentences } = data.summary
    append(section, [
      h(
        'ul',
        { class: 'figures' },
        figures.map(({ label, value, note, tone, view }) =>
          h(
            'li',
            { class: tone },
            link(
              hashOf({ view }),
              h('span', { class: 'label' }, label, ' ', tone === 'plain' ? null : toneSign(tone)),
              h('span', { class: 'value' }, value),
              h('span', { class: 'note' }, note),
            ),
          ),
        ),
      ),
      h(
        'ul',
        { class: 'sentences' },
        sentences.map(({ text, tone, view }) =>
          h('li', {}, toneSign(tone), ' ', h('span', {}, text, ' ', link(hashOf({ view }), 'More'))),
        ),
      ),
      data.pools.length === 0 ? null : h('h3', {}, 'How full the pools are'),
      data.pools
        .slice(0, MOST_POOLS)
        .map((pool) =>
          h(
            'div',
            { class: 'pool-line' },
            h(
              'h4',
              {},
              link(hashOf({ view: 'addresses', item: pool.name }), pool.name),
              ' ',
              h('span', { class: 'quiet' }, pool.cidr),
            ),
            stackedBar(`Addresses of ${pool.name}`, poolShares(pool)),
          ),
        ),
    ])
    return { show: () => undefined }
  },
}

/** Small line drawings that stand beside words, never in place of them. */

import { svg } from './dom.js'

/** Strokes on a field of 24 by 24. */
const STROKES: Readonly<Record<string, readonly string[]>> = {
  summary: ['M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z'],
  rehearsal: ['M7 5l12 7-12 7z'],
  difference: ['M8 4v16M4 8l4-4 4 4M16 20V4M12 16l4 4 4-4'],
  failures: ['M13 3L5 14h6l-1 7 8-11h-6z'],
  topology: ['M12 4v6M12 10L6 15M12 10l6 5', 'M9.5 2.5h5v4h-5zM3 15h6v5H3zM15 15h6v5h-6z'],
  sessions: ['M7 8h13l-3-3M17 16H4l3 3'],
  addresses: ['M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z'],
  nodes: ['M4 5h16v6H4zM4 13h16v6H4z', 'M7.5 8h.01M7.5 16h.01'],
  routes: ['M5 20V9a4 4 0 0 1 4-4h10M15 1l4 4-4 4M5 14h9'],
  reach: ['M4 4h16v16H4zM4 9.3h16M4 14.6h16M9.3 4v16M14.6 4v16'],
  findings: ['M12 3l9.5 17h-19zM12 9.5v5M12 17.5h.01'],
  search: ['M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5'],
  system: ['M12 3a9 9 0 1 0 0 18z', 'M12 3a9 9 0 0 1 0 18'],
  light: ['M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M5 19l2-2'],
  dark: ['M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z'],
}

export function icon(name: string): SVGElement {
  return svg(
    'svg',
    {
      viewBox: '0 0 24 24',
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 1.8,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
      'aria-hidden': 'true',
    },
    (STROKES[name] ?? []).map((d) => svg('path', { d })),
  )
}

/** The mark of the product: two racks below a router. */
export function brandMark(): SVGElement {
  const dot = (cx: number, cy: number, fill: string): SVGElement => svg('circle', { cx, cy, r: 4.2, fill })
  return svg(
    'svg',
    { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svg('path', { d: 'M16 8L7 23h18z', fill: 'none', stroke: '#6fbcf5', 'stroke-width': 2.2 }),
    dot(16, 8, '#f2a541'),
    dot(7, 23, '#6fbcf5'),
    dot(25, 23, '#6fbcf5'),
  )
}

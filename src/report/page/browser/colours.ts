/**
 * Colours that people with any colour vision tell apart: Okabe and Ito's eight for kinds, viridis for amounts. Those of
 * the page's own text and surfaces are read from the style sheet, so that canvases follow light and dark.
 */

export const OKABE_ITO = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442'] as const

const VIRIDIS = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725',
]

/** Colour of a share between 0 and 1. */
export function viridis(share: number): string {
  const i = Math.round(Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1))
  return VIRIDIS[i] ?? '#440154'
}

/** One of the eight, the same one for a number every time. */
export function kindColour(i: number): string {
  return OKABE_ITO[((i % OKABE_ITO.length) + OKABE_ITO.length) % OKABE_ITO.length] ?? '#0072b2'
}

const PROBE = document.createElement('span')

/** The present value of a colour of the style sheet, such as `--ink`. */
export function themeColour(name: string): string {
  if (PROBE.parentNode === null) {
    PROBE.hidden = true
    document.body.append(PROBE)
  }
  PROBE.style.setProperty('color', `var(${name})`)
  return getComputedStyle(PROBE).color
}

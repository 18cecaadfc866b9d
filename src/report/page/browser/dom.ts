/** Elements, made without markup: every text goes in as text, every style by property. */

export type Child = Node | string | number | null | undefined | readonly Child[]

export interface Attributes {
  /** Set as attributes; true for an empty one, false and undefined for none. */
  readonly [name: string]: string | number | boolean | undefined
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  setAttributes(element, attributes)
  append(element, children)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag)
  setAttributes(element, attributes)
  append(element, children)
  return element
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
}

export function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined) continue
    if (typeof child === 'string' || typeof child === 'number')
      parent.appendChild(document.createTextNode(String(child)))
    else if (child instanceof Node) parent.appendChild(child)
    else append(parent, child)
  }
}

export function replace(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren()
  append(parent, children)
}

/** Adds a listener and gives the element back. */
export function on<E extends HTMLElement, K extends keyof HTMLElementEventMap>(
  element: E,
  event: K,
  act: (event: HTMLElementEventMap[K]) => void,
): E {
  element.addEventListener(event, act)
  return element
}

export function button(label: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return on(h('button', { type: 'button', ...attributes }, label), 'click', act)
}

export function link(href: string, ...children: readonly Child[]): HTMLAnchorElement {
  return h('a', { href }, ...children)
}

/** Sets style properties, which a policy that forbids style attributes allows. */
export function styled<E extends HTMLElement | SVGElement>(element: E, style: Readonly<Record<string, string>>): E {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value)
  return element
}

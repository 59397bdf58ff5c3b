/** Makes elements. Strings become text, never markup. */

export function part<E extends Element = HTMLElement> (id: string): E {
  return document.getElementById(id) as unknown as E
}

type Properties = Record<string, string | number | boolean | null | undefined>

function fill<E extends Element> (created: E, attributes: Properties, children: ReadonlyArray<Node | string>): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) created.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) created.setAttribute(name, String(value))
  }
  created.append(...children)
  return created
}

/** @param attributes those that are false, null or undefined are left out */
export function element<Name extends keyof HTMLElementTagNameMap> (name: Name, attributes: Properties = {}, ...children: Array<Node | string>): HTMLElementTagNameMap[Name] {
  return fill(document.createElement(name), attributes, children)
}

const SVG = 'http://www.w3.org/2000/svg'

export function svg (name: string, attributes: Properties = {}, ...children: Array<Node | string>): SVGElement {
  return fill(document.createElementNS(SVG, name), attributes, children)
}

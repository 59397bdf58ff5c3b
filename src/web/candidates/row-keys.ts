/** Arrow keys inside a table go from link to link. */

export function moveByArrows (body: HTMLTableSectionElement): void {
  body.addEventListener('keydown', event => {
    const { key, target, ctrlKey, altKey, metaKey } = event
    if (ctrlKey || altKey || metaKey || !(target instanceof HTMLElement)) return
    const links = [...body.querySelectorAll<HTMLElement>('th a')]
    const here = links.indexOf(target)
    if (here < 0) return
    const to = { ArrowDown: here + 1, j: here + 1, ArrowUp: here - 1, k: here - 1, Home: 0, End: links.length - 1 }[key]
    const link = to === undefined ? undefined : links[to]
    if (!link) return
    event.preventDefault()
    link.focus()
  })
}

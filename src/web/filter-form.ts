/** The filter: two numbers in a form, kept in the page's address so that it can be shared and survives a reload. */
import type { Filter } from './api.ts'

const NAMES = ['minProbability', 'minEpochs'] as const

/** How long typing may pause before the list is asked for again [ms]. */
const PAUSE = 300

const field = (form: HTMLFormElement, name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement

/** Puts the address's filter into the form; what the form does not accept is dropped. */
export function restoreFilter (form: HTMLFormElement): void {
  const query = new URLSearchParams(location.search)
  for (const name of NAMES) {
    const input = field(form, name)
    input.value = query.get(name) ?? ''
    if (!input.validity.valid) input.value = ''
  }
  rememberFilter(readFilter(form))
}

export function readFilter (form: HTMLFormElement): Filter {
  const filter: Filter = {}
  for (const name of NAMES) {
    const { valueAsNumber, validity } = field(form, name)
    if (validity.valid && !Number.isNaN(valueAsNumber)) filter[name] = valueAsNumber
  }
  return filter
}

function rememberFilter (filter: Filter): void {
  const address = new URL(location.href)
  for (const name of NAMES) {
    if (filter[name] === undefined) address.searchParams.delete(name)
    else address.searchParams.set(name, String(filter[name]))
  }
  if (address.href !== location.href) history.replaceState(null, '', address)
}

/** Calls `apply` with each new filter; a value that the form marks as invalid changes nothing. */
export function watchFilter (form: HTMLFormElement, apply: (filter: Filter) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const changed = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!form.checkValidity()) return
      const filter = readFilter(form)
      rememberFilter(filter)
      apply(filter)
    }, PAUSE)
  }
  form.addEventListener('input', changed)
  form.addEventListener('reset', () => queueMicrotask(changed))
  form.addEventListener('submit', event => {
    event.preventDefault()
    changed()
  })
}

/** The filter's form, kept in the page's address so that it can be shared and survives a reload. */
import { isOrder, NUMBERS, queryOf, type Filter, type NumberName } from './filter.ts'

/** Pause in typing after which the list is requested again [ms]. */
const PAUSE = 300

const CONE = ['ra', 'dec', 'radius'] as const

type Fields = Record<NumberName, HTMLInputElement> & { sort: HTMLSelectElement }

/** Turns the form's fields into a filter, and the address's filter into the form's fields. */
export class FilterForm {
  readonly #form: HTMLFormElement
  readonly #fields: Fields

  constructor (form: HTMLFormElement) {
    this.#form = form
    this.#fields = form.elements as unknown as Fields
  }

  /** Puts the address's filter into the form; values that the form does not accept are dropped. */
  restore (): void {
    const query = new URLSearchParams(location.search)
    for (const name of NUMBERS) {
      const input = this.#fields[name]
      input.value = query.get(name) ?? ''
      if (!input.validity.valid) input.value = ''
    }
    if (this.#number('minProbability') > this.#number('maxProbability')) this.#fields.maxProbability.value = ''
    if (CONE.some(name => this.#fields[name].value === '')) for (const name of CONE) this.#fields[name].value = ''
    const sort = query.get('sort') ?? ''
    this.#fields.sort.value = isOrder(sort) && (sort !== 'separation' || this.#fields.ra.value !== '') ? sort : 'recency'
    const place = this.#fields.ra.closest('details')
    if (place) place.open = this.#fields.ra.value !== ''
    this.#remember()
  }

  #number (name: NumberName): number {
    return this.#fields[name].valueAsNumber
  }

  read (): Filter {
    const sort = this.#fields.sort.value
    const filter: Filter = { sort: isOrder(sort) ? sort : 'recency' }
    for (const name of NUMBERS) if (!Number.isNaN(this.#number(name))) filter[name] = this.#number(name)
    return filter
  }

  /** Rules between fields, which the browser shows as it shows its own. */
  #check (): boolean {
    const { maxProbability } = this.#fields
    maxProbability.setCustomValidity(this.#number('minProbability') > this.#number('maxProbability') ? 'Not below "P(Ia) from"' : '')
    const given = CONE.filter(name => this.#fields[name].value !== '').length
    for (const name of CONE) this.#fields[name].setCustomValidity(given > 0 && this.#fields[name].value === '' ? 'RA, Dec and radius are needed together' : '')
    const { sort } = this.#fields
    sort.setCustomValidity(sort.value === 'separation' && given < CONE.length ? 'Nearest to which place? Give a position' : '')
    return this.#form.checkValidity()
  }

  #remember (): void {
    const address = new URL(location.href)
    for (const name of [...NUMBERS, 'sort']) address.searchParams.delete(name)
    for (const [name, value] of queryOf(this.read())) address.searchParams.set(name, value)
    if (address.href !== location.href) history.replaceState(null, '', address)
  }

  /** Orders by another column, as if it had been chosen in the form. */
  sortBy (name: string): void {
    if (!isOrder(name) || this.#fields.sort.value === name) return
    this.#fields.sort.value = name
    this.#form.dispatchEvent(new Event('input'))
  }

  /** Calls `apply` after each change; one with a value that the form marks as invalid is passed over. */
  watch (apply: () => void): void {
    let timer: ReturnType<typeof setTimeout> | undefined
    const changed = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (!this.#check()) return
        this.#remember()
        apply()
      }, PAUSE)
    }
    this.#form.addEventListener('input', changed)
    this.#form.addEventListener('reset', () => queueMicrotask(changed))
    this.#form.addEventListener('submit', event => {
      event.preventDefault()
      changed()
    })
  }
}

/** The field in the header that opens an object by its id. */
import { objectAddress } from './api.ts'
import { part } from './elements.ts'

part<HTMLFormElement>('find').addEventListener('submit', event => {
  event.preventDefault()
  const id = part<HTMLInputElement>('find-id').value.trim()
  if (id !== '') location.assign(objectAddress('objects', id))
})

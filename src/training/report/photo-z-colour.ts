/** With and without the host's photo-z, told apart by colour. */
import { colour } from '../../report/theme.ts'
import type { PhotoZ } from '../evaluation/playback.ts'
import { PHOTO_Z } from './facts.ts'

export const colourOf = (photoZ: PhotoZ): string => colour(photoZ === 'known' ? 'one' : 'other')

export const photoZColour = {
  field: 'photoZ',
  type: 'nominal',
  title: 'host photo-z',
  scale: { domain: PHOTO_Z, range: PHOTO_Z.map(colourOf) }
} as const

/** Builds the image of this checkout before the first test that wants it. */
import { buildImage } from './built-image.ts'

await buildImage()

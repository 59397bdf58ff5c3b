/** Links to the same object or place at other services; the page itself sends them no request. */
import { element } from '../elements.ts'

const LSST = /^\d{9,19}$/
const ZTF = /^ZTF\d{2}[a-z]{7}$/

/** @returns name and address of an object's pages at brokers; none where the id is not of a survey that they read */
export function brokers (diaObjectId: string): Array<[name: string, address: string]> {
  if (LSST.test(diaObjectId)) {
    return [
      ['Fink', `https://lsst.fink-portal.org/${diaObjectId}`],
      ['ALeRCE', `https://lsst.alerce.online/object/${diaObjectId}?survey=lsst`],
      ['Lasair', `https://lasair.lsst.ac.uk/objects/${diaObjectId}/`]
    ]
  }
  if (ZTF.test(diaObjectId)) {
    return [
      ['Fink', `https://ztf.fink-portal.org/${diaObjectId}`],
      ['ALeRCE', `https://alerce.online/object/${diaObjectId}`],
      ['Lasair', `https://lasair-ztf.lsst.ac.uk/objects/${diaObjectId}/`]
    ]
  }
  return []
}

/** Around a place, within half an arc minute [deg]. */
export const catalogues = (ra: number, dec: number): Array<[name: string, address: string]> => [
  ['SIMBAD', `https://simbad.cds.unistra.fr/simbad/sim-coo?Coord=${ra}%20${dec}&Radius=0.5&Radius.unit=arcmin`],
  ['Legacy Surveys', `https://www.legacysurvey.org/viewer?ra=${ra}&dec=${dec}&zoom=16&layer=ls-dr10`]
]

/** The link hides from the other service where the reader comes from. */
export const link = ([name, address]: [name: string, address: string]): HTMLAnchorElement =>
  element('a', { href: address, rel: 'noreferrer external', target: '_blank' }, name)

/** Where each service has the light curve of an object. */
import type { Announcement, ServiceName } from '../../../../alert/announcement.ts'
import type { FollowUpSettings } from './settings.ts'

/** Bases of the public services; ALeRCE has one for each survey. */
const PUBLIC: Readonly<Record<Exclude<ServiceName, 'alerce'>, string>> = {
  antares: 'https://api.antares.noirlab.edu/v2',
  lasair: 'https://api.lasair.lsst.ac.uk/api'
}
const PUBLIC_ALERCE_ZTF = 'https://api.alerce.online'
const PUBLIC_ALERCE_LSST = 'https://api-lsst.alerce.online'

/** An address is asked as it stands: nothing in it is secret. */
export function addressOf ({ id, survey }: Announcement, { service, url }: Pick<FollowUpSettings, 'service' | 'url'>): string {
  const name = encodeURIComponent(id)
  if (service === 'antares') return `${url ?? PUBLIC.antares}/loci/${name}/alerts`
  // Without the pictures and what Lasair adds, which fails for objects with old sources.
  if (service === 'lasair') return `${url ?? PUBLIC.lasair}/object/?objectId=${name}&lasair_added=false`
  if (survey === 'LSST') return `${url ?? PUBLIC_ALERCE_LSST}/lightcurve_api/lightcurve?survey_id=lsst&oid=${name}`
  return `${url ?? PUBLIC_ALERCE_ZTF}/ztf/v1/objects/${name}/lightcurve`
}

export const headersOf = ({ token }: Pick<FollowUpSettings, 'token'>): Record<string, string> =>
  ({ accept: 'application/json', ...token !== '' && { authorization: `Token ${token}` } })

/** The Avro schema of archives; `npm run schemas` writes it to schemas/archive.avsc. */

const optional = (name: string, type: unknown, doc: string) => ({ name, type: ['null', type], default: null, doc })

export const archiveSchema = {
  type: 'record',
  name: 'ArchivedObject',
  namespace: 'candela',
  doc: 'An object that left the state store of Candela. The first columns are for any reader of Avro; the packed ones are what candela restore reads. The header\'s metadata have candela.format, the data format of the packed columns, candela.objects, the number of records, and candela.archivedAt (ISO 8601, UTC).',
  fields: [
    { name: 'diaObjectId', type: 'string', doc: 'The survey\'s id of the object' },
    { name: 'ra', type: 'double', doc: 'Right ascension of the newest alert that has one [deg, ICRS]; NaN where none has' },
    { name: 'dec', type: 'double', doc: 'Its declination [deg, ICRS]; NaN where none has one' },
    optional('lastMjdTai', 'double', 'Time of the newest photometric point or alert, whichever is later [d, MJD TAI]'),
    { name: 'points', type: 'int', doc: 'Photometric points, in all bands' },
    { name: 'publications', type: 'int', doc: 'Entries of the published history' },
    optional('probabilityIa', 'double', 'Newest published P(Ia), calibrated; null where there is none'),
    optional('epochs', 'int', 'Network steps that it rests on'),
    optional('revision', 'int', 'Its revision'),
    optional('classifierName', 'string', 'The model that said so'),
    optional('classifierVersion', 'string', 'Its version'),
    optional('publishedAt', { type: 'long', logicalType: 'timestamp-millis' }, 'When it was published [ms since 1970, UTC]'),
    { name: 'record', type: 'bytes', doc: 'The object record, packed' },
    { name: 'pointBlocks', type: { type: 'array', items: 'bytes' }, doc: 'Closed blocks of its light curve, packed, oldest first' },
    { name: 'publicationBlocks', type: { type: 'array', items: 'bytes' }, doc: 'Closed blocks of its published history, packed, oldest first' },
    optional('settled', 'bytes', 'Its settled hidden states, packed'),
    { name: 'checksum', type: 'long', doc: 'CRC-32 of diaObjectId, record, pointBlocks, publicationBlocks and settled, one after the other' }
  ]
}
